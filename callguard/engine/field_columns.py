"""The columns of one field: its tests sorted by the structure that answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from callguard.engine.atoms import AtomTable
from callguard.engine.column import LONGEST_TEXT, Column, Use
from callguard.engine.degraded import field_fault
from callguard.engine.intervals import (
    network_table,
    number_table,
    prefix_table,
    string_table,
    suffix_table,
)
from callguard.engine.scans import pattern_table, substring_table
from callguard.records.fields import FIELDS, FieldType
from callguard.rules.predicates import (
    Absent,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)

# Fields whose text the caller chooses.
_FREE: Final = (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)


def field_columns(name: str, uses: list[Use], everything: int) -> list[Column]:
    """One column, or two where free text is also scanned for substrings and expressions."""
    quick: list[Use] = []
    scans: list[Use] = []
    for use in uses:
        (scans if FIELDS[name] in _FREE and _is_scan(use[1].test) else quick).append(use)
    columns = [_field_column(name, quick, everything)] if quick else []
    if scans:
        columns.append(replace(_field_column(name, scans, everything), expensive=True))
    return columns


def _is_scan(test: Test) -> bool:
    """Whether the whole text has to be read for the answer."""
    return isinstance(test, Matches | Wildcard) or (
        isinstance(test, Contains) and "" not in test.values
    )


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
    if _is_e164(name) and present == everything and list(tables) == [("prefix", False)]:
        strings = string_table(tables["prefix", False], str)
        return Column(
            field_fault(name), (name,), involved, absent, strings.look_up(), table=strings
        )
    look_up = _one_look_up(
        [_look_up(kind, table) for kind, table in tables.items()], present, everything
    )
    if FIELDS[name] in _FREE and not _is_e164(name):
        look_up = short_text(name, look_up)
    return Column(field_fault(name), (name,), involved, absent, look_up)


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
    has_case = not _is_e164(name)  # a plus and digits have none
    match test:
        case Equals(cased=cased) | StartsWith(cased=cased):
            return "prefix", has_case and not cased
        case EndsWith(cased=cased):
            return "suffix", has_case and not cased
        case Contains(cased=cased):
            return "substring", has_case and not cased
        case Wildcard(cased=cased):
            return "pattern", has_case and not cased
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


def _one_look_up(
    parts: list[tuple[bool, Callable[..., int]]], present: int, everything: int
) -> Callable[..., int]:
    """One closure for all structures of a field; each reads the value as it is or folded."""
    written = tuple(look_up for folds, look_up in parts if not folds)
    folded = tuple(look_up for folds, look_up in parts if folds)
    if not written and not folded:
        return lambda _: present
    if len(written) == 1 and not folded:
        only = written[0]
        return only if present == everything else lambda value: only(value) & present
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


def _is_e164(name: str) -> bool:
    return name.endswith(".e164")


def short_text(name: str, look_up: Callable[[str], int]) -> Callable[[str], int]:
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
