"""What a record that does not say its ingress could have matched, had it said it.

A capture, or a table of calls, often lacks the ingress, and then most rules cannot match: such a
record must not look as if it had been judged by them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from callguard.engine.codegen_columns import ColumnWriter, LookUpOf
from callguard.engine.columns import Column
from callguard.engine.degraded import absent_field
from callguard.engine.field_reading import FieldReader
from callguard.engine.generated import run_source
from callguard.engine.layout import Layout
from callguard.engine.outcomes import bits_of
from callguard.records.fields import CHOICES

INGRESS: Final = "ingress"
NO_INGRESS: Final = absent_field(INGRESS)

# Whether a record without ingress, with the mask of its clauses, could have matched another rule.
CouldMatch = Callable[[Mapping[str, Any], int], bool]


def write_could_match(
    start: Sequence[str],
    layout: Layout,
    columns: Sequence[Column],
    look_up_of: LookUpOf,
    names: Mapping[str, Any],
) -> CouldMatch | None:
    """The function for records of the layout's event; None if no rule needs an ingress.

    ``start`` are the lines before the columns in every function of a record; the other arguments
    are those of :func:`~callguard.engine.codegen.write_score`.
    """
    own = [column for column in columns if column.fields == (INGRESS,)]
    reachable, absent = 0, layout.everything
    for word in CHOICES[INGRESS]:
        mask = layout.everything
        for column in own:
            mask &= look_up_of(column)(word)
        reachable |= mask
    for column in own:
        absent &= column.absent
    reachable &= ~absent
    if not reachable:
        return None
    functions = dict(names)
    reader = FieldReader(layout.event, functions)
    others = [column for column in columns if column.fields != (INGRESS,)]
    writer = ColumnWriter(reader, layout.everything, others, look_up_of, (), functions)
    lines = ["def others(record):", *start, *writer.lines(), " return mask"]
    functions["start_mask"] &= reachable
    run_source("\n".join(lines), f"{layout.event} without ingress", functions, ("others",))
    find = functions["others"]

    def could_match(record: Mapping[str, Any], mask: int) -> bool:
        return other_rules(layout, find(record), mask)

    return could_match


def other_rules(layout: Layout, could: int, mask: int) -> bool:
    """Whether a clause in ``could`` belongs to a rule that has none in ``mask``."""
    if not could:
        return False
    owners = layout.owners
    return bool({owners[bit] for bit in bits_of(could)} - {owners[bit] for bit in bits_of(mask)})
