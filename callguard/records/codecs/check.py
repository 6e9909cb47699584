"""How a decoder checks what it has decoded: strictly, or dropping wrong optional values."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from callguard.records.given import filled
from callguard.records.record import Record, validate, validate_lenient

Check = Callable[[Mapping[str, object], str], Record]


def strict(mapping: Mapping[str, object], source: str) -> Record:
    """Any wrong value makes the record an error."""
    return validate(mapping, source)


def lenient(mapping: Mapping[str, object], source: str) -> Record:
    """Wrong optional values are dropped and listed in ``Record.faults``."""
    return validate_lenient(mapping, source)[0]


def filling(check: Check, given: Mapping[str, object]) -> Check:
    """``check`` of records that have the ``given`` values where they have none."""
    if not given:
        return check
    return lambda mapping, source: check(filled(mapping, given), source)
