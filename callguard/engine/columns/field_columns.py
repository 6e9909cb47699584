"""The columns of one field: its tests sorted by the table that answers them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from callguard.engine.columns.atoms import Atoms
from callguard.engine.columns.data import FieldColumn, Table
from callguard.engine.columns.intervals import flags, networks, numbers, strings, suffixes
from callguard.engine.columns.scans import patterns, substrings
from callguard.engine.degraded import field_fault
from callguard.records.fields import FIELDS, FieldType
from callguard.rules.predicates import (
    Absent,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Literal,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)

# A clause's bit, and one of its literals.
Use = tuple[int, Literal]
# Fields whose text the caller chooses.
_FREE: Final = (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)
# Which function builds a table; the flag says that it reads the value in lower case.
_Kind = tuple[Callable[[Atoms, bool], Table], bool]


def field_columns(name: str, uses: list[Use], everything: int) -> list[FieldColumn]:
    """One column, or two where free text is also scanned for substrings and expressions."""
    quick: list[Use] = []
    scans: list[Use] = []
    for use in uses:
        (scans if FIELDS[name] in _FREE and is_scan(use[1].test) else quick).append(use)
    columns = [_field_column(name, quick, everything)] if quick else []
    if scans:
        columns.append(replace(_field_column(name, scans, everything), expensive=True))
    return columns


def is_scan(test: Test) -> bool:
    """Whether the whole text has to be read for the answer."""
    return isinstance(test, Matches | Wildcard) or (
        isinstance(test, Contains) and "" not in test.values
    )


def _field_column(name: str, uses: list[Use], everything: int) -> FieldColumn:
    absent = present = everything
    involved = 0
    by_kind: dict[_Kind, Atoms] = {}
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
        atoms = by_kind.setdefault(_kind(name, test), Atoms(everything))
        atoms.need(bit, test, literal.negated)
    return FieldColumn(
        name=field_fault(name),
        field=name,
        involved=involved,
        absent=absent,
        present=present,
        limited=FIELDS[name] in _FREE and not is_e164(name),
        expensive=False,
        tables=tuple(build(atoms, folded) for (build, folded), atoms in by_kind.items()),
    )


def _non_empty(test: Test) -> Test:
    """Every text contains the empty one, but the automaton knows no empty pattern."""
    if isinstance(test, Contains) and "" in test.values:
        return StartsWith(("",), test.cased)
    return test


def _kind(name: str, test: Test) -> _Kind:
    """Which table answers ``test``, and whether it reads the value in lower case."""
    if FIELDS[name] is FieldType.NUMERIC:
        return numbers, False
    if FIELDS[name] is FieldType.BOOLEAN:
        return flags, False
    has_case = not is_e164(name)  # a plus and digits have none
    match test:
        case Equals(cased=cased) | StartsWith(cased=cased):
            return strings, has_case and not cased
        case EndsWith(cased=cased):
            return suffixes, has_case and not cased
        case Contains(cased=cased):
            return substrings, has_case and not cased
        case Wildcard(cased=cased):
            return patterns, has_case and not cased
        case Matches():
            return patterns, False
        case InNetwork():
            return networks, False
    raise AssertionError(f"{name}: no table answers {test}")


def is_e164(name: str) -> bool:
    """Whether the field is a number in E.164 form, which callguard itself makes."""
    return name.endswith(".e164")
