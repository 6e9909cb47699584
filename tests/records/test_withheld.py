"""Who withholds a number is not named in messages about the record."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.errors import RecordError
from callguard.records.record import validate, validate_lenient

CALL: dict[str, Any] = {"event": "setup", "at": 1795395600.0, "called_party_number": "110"}
KEYS = ["calling_party_number", "asserted_identity", "display_name", "redirecting_number"]


@pytest.mark.parametrize("presentation", ["restricted", "unavailable", "Restricted", "secret", 1])
@pytest.mark.parametrize("key", KEYS)
def test_a_withheld_number_is_in_no_fault(key: str, presentation: object) -> None:
    _, faults = validate_lenient(CALL | {key: 8613812345678, "presentation": presentation})
    said = "; ".join(faults)
    assert f"{key}: found a withheld value that cannot be used, expected" in said
    assert "8613812345678" not in said


@pytest.mark.parametrize("presentation", [None, "allowed", "Allowed"])
def test_another_number_is_shown(presentation: object) -> None:
    call = CALL | {"calling_party_number": 8613812345678, "presentation": presentation}
    _, faults = validate_lenient(call)
    assert "found 8613812345678, expected" in faults[0]


def test_a_strict_check_does_not_quote_it_either() -> None:
    with pytest.raises(RecordError) as caught:
        validate(CALL | {"calling_party_number": 8613812345678, "presentation": "restricted"})
    assert "8613812345678" not in str(caught.value)


def test_what_does_not_say_who_calls_is_shown() -> None:
    _, faults = validate_lenient(CALL | {"duration_s": "long", "presentation": "restricted"})
    assert ("duration_s: found 'long', expected a number of seconds, 0 or more",) == faults
