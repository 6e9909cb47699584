"""Columns: for each field, which clauses does its value not refute.

Scoring is one look-up and one ``&`` a column. A column is built at load from all literals of all
rules on that field; it keeps one look-up structure for each kind of test that the rules use.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from callguard.engine.column import Column, Use
from callguard.engine.degraded import field_fault, list_fault
from callguard.engine.field_columns import field_columns, short_text
from callguard.records.fields import FIELDS, PARTIES, FieldType
from callguard.rules.predicates import InList, SameAs

_PARTY_OF: Final = {key: party for party, key in PARTIES.items()}


@dataclass(frozen=True, slots=True)
class Lists:
    """The members of every list, by name: numbers in E.164 form, or text."""

    numbers: Mapping[str, Container[str]] = field(default_factory=dict)
    texts: Mapping[str, Container[str]] = field(default_factory=dict)

    def of(self, name: str, list_name: str) -> Container[str]:
        """The members that values of the field ``name`` are compared with."""
        of_numbers = FIELDS[name] is FieldType.NUMBER_TEXT
        return (self.numbers if of_numbers else self.texts)[list_name]


def build_columns(uses: Mapping[str, Iterable[Use]], everything: int, lists: Lists) -> list[Column]:
    """The columns for all literals, by field."""
    columns = []
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
            container = lists.of(name, list_name)
            columns.append(_list_column(name, list_name, members, everything, container))
        for pair, members in paired.items():
            columns.append(_pair_column(name, pair, members, everything))
    return columns


def _list_column(
    name: str, list_name: str, uses: list[Use], everything: int, members: Container[str]
) -> Column:
    """Listed values in their own container, their clauses in two masks shared by all of them."""
    source = f"{_PARTY_OF[name]}.e164" if name in _PARTY_OF else name
    involved, listed, unlisted = _yes_no(uses, everything)

    def look_up(value: str) -> int:
        return listed if value in members else unlisted

    return Column(
        list_fault(list_name),
        (source,),
        involved,
        unlisted,
        look_up if source.endswith(".e164") else short_text(name, look_up),
        expensive=True,
    )


def _pair_column(name: str, test: SameAs, uses: list[Use], everything: int) -> Column:
    """Two fields of one record compared with each other."""
    involved, same, different = _yes_no(uses, everything)

    def look_up(left: Any, right: Any) -> int:
        if not test.cased and isinstance(left, str) and isinstance(right, str):
            return same if left.lower() == right.lower() else different
        kinds_agree = isinstance(left, bool | str) is isinstance(right, bool | str)
        return same if kinds_agree and left == right else different

    return Column(
        field_fault(name), (name, test.other), involved, different, look_up, expensive=True
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
