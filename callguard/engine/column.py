"""A column: for one field, which clauses does its value not refute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from callguard.engine.intervals import StringTable
from callguard.rules.predicates import Literal

# A literal and the bit of the clause that it belongs to.
Use = tuple[int, Literal]
LONGEST_TEXT: Final = 4096


@dataclass(frozen=True, slots=True)
class Column:
    """One look-up of the scoring walk.

    ``fields`` names the one field read, or the two compared. ``involved`` are the clauses that
    have a literal here; ``absent`` is the mask for an absent value; ``look_up`` takes the value
    (or both) and gives the mask for it. ``name`` is how a verdict's ``degraded`` calls it.
    Before an ``expensive`` look-up it is worth asking whether a clause that needs it is still in.
    Where one table of strings answers all, ``table`` is that table.
    """

    name: str
    fields: tuple[str, ...]
    involved: int
    absent: int
    look_up: Callable[..., int]
    expensive: bool = False
    table: StringTable | None = None

    def mask(self, values: Mapping[str, Any]) -> int:
        """The clauses that the record with these field values does not refute."""
        found = [values.get(name) for name in self.fields]
        if any(value is None for value in found):
            return self.absent
        return self.look_up(*found)
