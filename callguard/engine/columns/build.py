"""Build the columns of a rule set from the literals of its clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from callguard.engine.columns.data import Column, ListColumn, PairColumn
from callguard.engine.columns.field_columns import Use, field_columns, is_e164
from callguard.engine.degraded import field_fault, list_fault
from callguard.records.fields import PARTIES
from callguard.rules.predicates import InList, SameAs

_PARTY_OF: Final = {key: party for party, key in PARTIES.items()}


def build_columns(uses: Mapping[str, Iterable[Use]], everything: int) -> list[Column]:
    """The columns for all literals, by field.

    ``everything`` is the mask with every clause's bit set.
    """
    columns: list[Column] = []
    for name, of_field in uses.items():
        plain: list[Use] = []
        listed: dict[str, list[Use]] = {}
        paired: dict[SameAs, list[Use]] = {}
        for use in of_field:
            test = use[1].test
            if isinstance(test, InList):
                listed.setdefault(test.name, []).append(use)
            elif isinstance(test, SameAs):
                paired.setdefault(test, []).append(use)
            else:
                plain.append(use)
        columns += field_columns(name, plain, everything)
        for list_name, members in listed.items():
            columns.append(_list_column(name, list_name, members, everything))
        for pair, members in paired.items():
            columns.append(_pair_column(name, pair, members, everything))
    return columns


def _list_column(name: str, list_name: str, uses: list[Use], everything: int) -> ListColumn:
    """Listed values share one mask and all others another.

    A number as signalled is looked up in its E.164 form.
    """
    source = f"{_PARTY_OF[name]}.e164" if name in _PARTY_OF else name
    involved, listed, unlisted = _yes_no(uses, everything)
    return ListColumn(
        name=list_fault(list_name),
        field=source,
        list_name=list_name,
        involved=involved,
        listed=listed,
        unlisted=unlisted,
        limited=not is_e164(source),
    )


def _pair_column(name: str, test: SameAs, uses: list[Use], everything: int) -> PairColumn:
    involved, same, different = _yes_no(uses, everything)
    return PairColumn(
        name=field_fault(name),
        field=name,
        other=test.other,
        cased=test.cased,
        involved=involved,
        same=same,
        different=different,
    )


def _yes_no(uses: list[Use], everything: int) -> tuple[int, int, int]:
    """(clauses involved, mask if the one test of these literals is true, mask if it is false)."""
    involved, if_true, if_false = 0, everything, everything
    for bit, literal in uses:
        clause = 1 << bit
        involved |= clause
        if literal.negated:
            if_true &= ~clause
        else:
            if_false &= ~clause
    return involved, if_true, if_false
