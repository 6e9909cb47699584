"""Columns: for one field, which clauses does its value not refute.

Scoring is one look-up and one ``&`` a column. A column is built at load from all literals of all
rules on that field; it keeps one look-up structure for each kind of test that the rules use.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callguard.engine.atoms import AtomTable
from callguard.engine.intervals import network_table, number_table, prefix_table, suffix_table
from callguard.engine.scans import pattern_table, substring_table
from callguard.records.fields import FIELDS, PARTIES, FieldType
from callguard.rules.model import (
    Absent,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)

# A literal and the bit of the clause that it belongs to.
Use = tuple[int, Literal]
_PARTY_OF = {key: party for party, key in PARTIES.items()}
LONGEST_TEXT = 4096
_MEMO_SIZE = 2048
_MEMO_TEXT = 256


@dataclass(frozen=True, slots=True)
class Lists:
    """The members of every list, by name: numbers in E.164 form, or text."""

    numbers: Mapping[str, Container[str]] = field(default_factory=dict)
    texts: Mapping[str, Container[str]] = field(default_factory=dict)

    def of(self, name: str, list_name: str) -> Container[str]:
        """The members that values of the field ``name`` are compared with."""
        of_numbers = FIELDS[name] is FieldType.NUMBER_TEXT
        return (self.numbers if of_numbers else self.texts)[list_name]


@dataclass(frozen=True, slots=True)
class Column:
    """One look-up of the scoring walk.

    ``fields`` names the one field read, or the two compared. ``involved`` are the clauses that
    have a literal here; ``absent`` is the mask for an absent value; ``look_up`` takes the value
    (or both) and gives the mask for it. ``name`` is how a verdict's ``degraded`` calls it.
    """

    name: str
    fields: tuple[str, ...]
    involved: int
    absent: int
    look_up: Callable[..., int]

    def mask(self, values: Mapping[str, Any]) -> int:
        """The clauses that the record with these field values does not refute."""
        found = [values.get(name) for name in self.fields]
        if any(value is None for value in found):
            return self.absent
        return self.look_up(*found)


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
        if plain:
            columns.append(_field_column(name, plain, everything))
        for list_name, members in listed.items():
            container = lists.of(name, list_name)
            columns.append(_list_column(name, list_name, members, everything, container))
        for pair, members in paired.items():
            columns.append(_pair_column(name, pair, members, everything))
    return columns


def _field_column(name: str, uses: list[Use], everything: int) -> Column:
    absent = present = everything
    involved = 0
    tables: dict[tuple[str, bool], AtomTable] = {}
    for bit, literal in uses:
        clause = 1 << bit
        involved |= clause
        if isinstance(literal.test, Absent):
            if literal.negated:
                absent &= ~clause
            else:
                present &= ~clause
            continue
        if not literal.negated:
            absent &= ~clause
        test = _non_empty(literal.test)
        table = tables.setdefault(_structure(name, test), AtomTable(everything))
        table.need(bit, test, literal.negated)
    for table in tables.values():
        table.freeze()
    look_up = _one_look_up([_look_up(kind, table) for kind, table in tables.items()], present)
    if FIELDS[name] in (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS):
        look_up = _short_text(name, look_up)
    return Column(f"field {name}", (name,), involved, absent, look_up)


def _non_empty(test: Test) -> Test:
    """Every text contains the empty one, but the automaton knows no empty pattern."""
    if isinstance(test, Contains) and "" in test.values:
        return StartsWith(("",), test.cased)
    return test


def _structure(name: str, test: Test) -> tuple[str, bool]:
    """Which structure answers ``test``, and whether it reads the value folded to lower case."""
    if FIELDS[name] is FieldType.NUMERIC:
        return "number", False
    if FIELDS[name] is FieldType.BOOLEAN:
        return "flag", False
    match test:
        case Equals(cased=cased) | StartsWith(cased=cased):
            return "prefix", not cased
        case EndsWith(cased=cased):
            return "suffix", not cased
        case Contains(cased=cased):
            return "substring", not cased
        case Wildcard(cased=cased):
            return "pattern", not cased
        case Matches():
            return "pattern", False
        case InNetwork():
            return "network", False
    raise AssertionError(f"{name}: no structure for {test}")


def _look_up(kind: tuple[str, bool], table: AtomTable) -> tuple[bool, Callable[..., int]]:
    """(reads the folded value, closure) for one structure."""
    name, folds = kind
    if name == "number":
        return False, number_table(table)
    if name == "flag":
        return False, _flag_table(table)
    if name == "network":
        return False, network_table(table)
    build = {
        "prefix": prefix_table,
        "suffix": suffix_table,
        "substring": substring_table,
        "pattern": pattern_table,
    }[name]
    return folds, build(table, str.lower if folds else str)


def _flag_table(table: AtomTable) -> Callable[[bool], int]:
    both = {
        flag: table.mask(
            atom
            for test, atom in table.atoms.items()
            if isinstance(test, Equals) and flag in test.values
        )
        for flag in (True, False)
    }
    return both.__getitem__


def _one_look_up(parts: list[tuple[bool, Callable[..., int]]], present: int) -> Callable[..., int]:
    """One closure for all structures of a field; each reads the value as it is or folded."""
    written = tuple(look_up for folds, look_up in parts if not folds)
    folded = tuple(look_up for folds, look_up in parts if folds)
    if not written and not folded:
        return lambda _: present
    if len(written) == 1 and not folded:
        only = written[0]
        return lambda value: only(value) & present
    if len(folded) == 1 and not written:
        lone = folded[0]
        return lambda value: lone(value.lower()) & present

    def look_up(value: str) -> int:
        mask = present
        for part in written:
            mask &= part(value)
        if folded:
            low = value.lower()
            for part in folded:
                mask &= part(low)
        return mask

    return look_up


def _short_text(name: str, look_up: Callable[[str], int]) -> Callable[[str], int]:
    """Refuse what is no text, or so long that one record would cost as much as thousands.

    Lone surrogates are refused too (UnicodeEncodeError): no encoding can carry them.
    """

    def checked(value: str) -> int:
        if value.__class__ is not str or len(value) > LONGEST_TEXT:
            raise ValueError(f"{name}: expected text of at most {LONGEST_TEXT} characters")
        if not value.isascii():
            value.encode()
        return look_up(value)

    return checked


def _list_column(
    name: str, list_name: str, uses: list[Use], everything: int, members: Container[str]
) -> Column:
    """Listed values in their own container, their clauses in two masks shared by all of them."""
    source = f"{_PARTY_OF[name]}.e164" if name in _PARTY_OF else name
    involved, listed, unlisted = _yes_no(uses, everything)
    return Column(
        f"list {list_name}",
        (source,),
        involved,
        unlisted,
        lambda value: listed if value in members else unlisted,
    )


def _pair_column(name: str, test: SameAs, uses: list[Use], everything: int) -> Column:
    """Two fields of one record compared with each other."""
    involved, same, different = _yes_no(uses, everything)

    def look_up(left: Any, right: Any) -> int:
        if not test.cased and isinstance(left, str) and isinstance(right, str):
            return same if left.lower() == right.lower() else different
        kinds_agree = isinstance(left, bool | str) is isinstance(right, bool | str)
        return same if kinds_agree and left == right else different

    return Column(f"field {name}", (name, test.other), involved, different, look_up)


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


def with_memo(column: Column) -> tuple[Callable[[Any], int | None], Callable[[str], int]]:
    """(get, look up and remember) for a column whose values repeat from call to call.

    Callers choose the values, so the memo is bounded in entries and in their length: at worst it
    is emptied and filled again. It holds the absent mask under ``None``.
    """
    memo: dict[str | None, int] = {None: column.absent}
    look_up, absent = column.look_up, column.absent

    def remember(value: str) -> int:
        mask = look_up(value)
        if len(value) <= _MEMO_TEXT:
            if len(memo) >= _MEMO_SIZE:
                memo.clear()
                memo[None] = absent
            memo[value] = mask
        return mask

    return memo.get, remember
