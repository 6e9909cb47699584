from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.records import Record, validate, validate_lenient
from callguard.records.fields import RAW_FIELDS
from callguard.records.values import NUMBER_KEYS
from tests.made.read_results import CHECKED, LEAST

FULL = {
    **LEAST,
    "call_id": "a@b",
    "calling_party_number": "+8613800138000",
    "nature_of_address": "international",
    "presentation": "restricted",
    "screening": "not_verified",
    "asserted_identity": "",
    "redirecting_number": "anonymous",
    "display_name": "某银行",
    "user_agent": "x\x00y",
    "source_ip": "192.0.2.1",
    "ingress": "on_net",
    "trunk_group": "tg1",
    "attestation": "A",
    "verstat": "No-TN-Validation",
    "origid": "o",
    "roaming": "no",
    "priority": "psap-callback",
    "cause": 16,
    "duration_s": 0.5,
    "ring_s": 3,
    "text": "hello",
}


def test_a_record_with_every_key_stays_as_it_is() -> None:
    assert set(RAW_FIELDS) == set(FULL)
    record = validate(FULL, "calls.jsonl:1")
    assert (FULL, "calls.jsonl:1", ()) == (record, record.source, record.faults)
    assert isinstance(record, Record)


def test_the_least_record_gets_unknown_roaming() -> None:
    assert validate(LEAST) == CHECKED


def test_the_mapping_given_is_not_changed() -> None:
    mapping = {**LEAST, "event": "SETUP", "text": None}
    validate(mapping)
    assert mapping == {**LEAST, "event": "SETUP", "text": None}


def test_null_is_absent() -> None:
    assert validate({**LEAST, "cause": None, "text": None, "roaming": None, "x": None}) == CHECKED


def test_unknown_keys_are_kept_as_they_are() -> None:
    strange = {"calling.e164": 5, "Event": ["x"], "x_vendor": {"a": None}}
    assert validate({**LEAST, **strange}) == {**CHECKED, **strange}


@pytest.mark.parametrize(
    ("key", "given", "stored"),
    [
        ("event", "SetUp", "setup"),
        ("attestation", "a", "A"),
        ("verstat", "tn-validation-passed", "TN-Validation-Passed"),
        ("roaming", "YES", "yes"),
        ("cause", 16.0, 16),
        ("duration_s", 0, 0),
        ("display_name", "a\ud800b", "a\ufffdb"),
        ("display_name", "\ud83d\ude00", "\U0001f600"),
    ],
)
def test_values_are_stored_in_the_spelling_of_the_record(
    key: str, given: object, stored: object
) -> None:
    record = validate({**LEAST, key: given})
    assert (stored, type(stored)) == (record[key], type(record[key]))


def test_subclasses_of_text_are_text() -> None:
    class Word(str):
        __slots__ = ()

    record = validate({**LEAST, "event": Word("setup"), "text": Word("t")})
    assert [str, str] == [type(record["event"]), type(record["text"])]


WRONG = [
    ("event", "ring", "event: found 'ring', expected one of setup, answer, release, sms"),
    ("event", 3, "event: found 3, expected one of setup, answer, release, sms"),
    (
        "called_party_number",
        8613800138000,
        (
            "called_party_number: found 8613800138000, expected the number as signalled, a string "
            "(quote it, so that its + or 0 survives)"
        ),
    ),
    (
        "at",
        "yesterday",
        (
            "at: found 'yesterday', expected seconds since 1970 UTC (not milliseconds) or an "
            "RFC 3339 time with offset such as 2024-05-01T08:30:00+08:00"
        ),
    ),
    ("cause", "16", "cause: found '16', expected a whole number from 0 to 999"),
    ("cause", 16.5, "cause: found 16.5, expected a whole number from 0 to 999"),
    ("cause", True, "cause: found True, expected a whole number from 0 to 999"),
    (
        "cause",
        10**400,
        "cause: found an integer beyond 64 bits, expected a whole number from 0 to 999",
    ),
    ("duration_s", -1, "duration_s: found -1, expected a number of seconds, 0 or more"),
    ("ring_s", math.nan, "ring_s: found nan, expected a number of seconds, 0 or more"),
    ("roaming", False, "roaming: found False, expected one of yes, no, unknown"),
    ("text", b"x", "text: found a value of type bytes, expected a string"),
    ("text", ["x"], "text: found a value of type list, expected a string"),
    ("display_name", 5, "display_name: found 5, expected a string"),
    (5, "x", "key: found 5, expected a string"),
]


@pytest.mark.parametrize(("key", "value", "reason"), WRONG)
def test_a_wrong_value_is_named_with_what_was_expected(
    key: Any, value: object, reason: str
) -> None:
    with pytest.raises(RecordError) as caught:
        validate({**LEAST, key: value}, "f:1")
    assert (reason, "f:1") == (caught.value.reason, caught.value.source)


@pytest.mark.parametrize(("key", "value", "reason"), [row for row in WRONG if row[0] not in LEAST])
def test_leniently_a_wrong_optional_value_is_dropped_and_named(
    key: Any, value: object, reason: str
) -> None:
    record, faults = validate_lenient({**LEAST, key: value, "call_id": "c"}, "f:1")
    assert ({**CHECKED, "call_id": "c"}, (reason,)) == (record, faults)
    assert (faults, "f:1") == (record.faults, record.source)


@pytest.mark.parametrize(("key", "value", "reason"), [row for row in WRONG if row[0] in LEAST])
def test_even_leniently_nothing_is_judged_without_the_required_keys(
    key: str, value: object, reason: str
) -> None:
    with pytest.raises(RecordError) as caught:
        validate_lenient({**LEAST, key: value, "text": 5})
    assert reason == caught.value.reason


def test_every_fault_is_said_at_once() -> None:
    with pytest.raises(RecordError) as caught:
        validate({**LEAST, "cause": "x", "text": 5})
    assert ["cause", "text"] == [part.split(":")[0] for part in caught.value.reason.split("; ")]


@pytest.mark.parametrize("mapping", [{}, {"event": None, "at": None, "x": 1}])
def test_missing_keys_are_all_named(mapping: dict[str, object]) -> None:
    with pytest.raises(RecordError) as caught:
        validate(mapping)
    assert [
        "event: missing",
        "at: missing",
        "called_party_number: missing",
    ] == [part.split(",")[0] for part in caught.value.reason.split("; ")]


@pytest.mark.parametrize("value", [None, 5, "text", [("event", "setup")], [1, 2], object()])
def test_what_is_no_mapping_is_refused(value: Any) -> None:
    with pytest.raises(RecordError, match="expected a mapping from record keys to values"):
        validate(value)


def test_copies_and_pickles_keep_source_and_faults() -> None:
    record, _ = validate_lenient({**LEAST, "text": 5}, "f:1")
    pickled = pickle.loads(pickle.dumps(record))  # noqa: S301 - pickled on the line before
    for other in (pickled, copy.copy(record), copy.deepcopy(record)):
        assert (record, "f:1", record.faults) == (other, other.source, other.faults)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=3,
)


@given(
    st.dictionaries(st.sampled_from([*RAW_FIELDS, "x"]) | st.integers(), ANYTHING, max_size=6),
    st.booleans(),
)
def test_any_mapping_is_a_clean_record_or_a_record_error(
    mapping: dict[Any, Any], complete: bool
) -> None:
    mapping = {**mapping, **LEAST} if complete else mapping
    try:
        record, faults = validate_lenient(mapping)
    except RecordError:
        assert not complete
        return
    assert validate(record) == record
    assert len(record) + len(faults) >= len(
        {key for key, value in mapping.items() if value is not None}
    )


AS_TEXT = (
    "expected the number as signalled, a string (quote it, so that its + or 0 survives); "
    "format the column as text"
)
REWRITTEN = [
    ("13812345678.0", "a fraction"),
    ("13812345678.00", "a fraction"),
    ("13812345678,00", "a fraction"),
    ("+8613812345678.0", "a fraction"),
    ("sip:13812345678.0@192.0.2.1", "a fraction"),
    ("1.38E+10", "an exponent"),
    ("1.3812345678e10", "an exponent"),
    ("8,613812345678E+12", "an exponent"),
]


@pytest.mark.parametrize("key", sorted(NUMBER_KEYS))
@pytest.mark.parametrize(("number", "found"), REWRITTEN)
def test_a_number_that_a_spreadsheet_rewrote_is_refused_and_not_quoted(
    key: str, number: str, found: str
) -> None:
    with pytest.raises(RecordError) as caught:
        validate({**LEAST, key: number})
    assert f"{key}: found {found}, {AS_TEXT}" == caught.value.reason


@pytest.mark.parametrize("key", sorted(NUMBER_KEYS))
@pytest.mark.parametrize(("number", "found"), REWRITTEN)
def test_leniently_such_a_number_stays_for_the_rules(key: str, number: str, found: str) -> None:
    record, faults = validate_lenient({**LEAST, key: number})
    assert ({**CHECKED, key: number}, (f"{key}: found {found}, {AS_TEXT}",)) == (record, faults)


@pytest.mark.parametrize("number", ["138.1234.5678", "02.161.234.567", "+86.13812345678", "1E2"])
def test_dots_that_separate_are_no_fraction(number: str) -> None:
    assert () == validate({**LEAST, "calling_party_number": number}).faults
