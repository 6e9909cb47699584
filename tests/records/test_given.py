from __future__ import annotations

from pathlib import Path

import pytest

from callguard.errors import RecordError
from callguard.records import RAW_FIELDS, Record, UnknownKeys, field_value, filled, read_records


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("ingress", "Interconnect", "interconnect"),
        ("event", "sms", "sms"),
        ("calling_party_number", "+8613812345678", "+8613812345678"),
        ("trunk_group", " t1 ", "t1"),
        ("cause", "16", 16),
        ("duration_s", "2.5", 2.5),
        ("at", "1795395600", 1795395600.0),
        ("at", "2026-11-23T01:00:00+00:00", 1795395600.0),
        ("roaming", "no", "no"),
    ],
)
def test_a_value_is_what_the_field_holds(field: str, text: str, value: object) -> None:
    assert value == field_value(field, text)


@pytest.mark.parametrize(
    ("field", "text", "fault"),
    [
        ("ingres", "on_net", "'ingres' is no field of a record; did you mean 'ingress'?"),
        ("x", "1", "'x' is no field of a record"),
        (
            "calling.kind",
            "mobile",
            "'calling.kind' is worked out from the record; set what it comes from",
        ),
        (
            "ingress",
            "abroad",
            "ingress: found 'abroad', expected one of international, interconnect, on_net",
        ),
        ("cause", "x", "cause: found 'x', expected a whole number from 0 to 999"),
        ("duration_s", "-1", "duration_s: found '-1', expected a number of seconds, 0 or more"),
        ("trunk_group", "", "trunk_group: found '', expected a string"),
    ],
)
def test_what_no_record_can_hold_is_refused(field: str, text: str, fault: str) -> None:
    with pytest.raises(RecordError) as caught:
        field_value(field, text)
    assert fault == str(caught.value)


def test_every_field_of_a_record_can_be_given() -> None:
    values = {"cause": "1", "duration_s": "1", "ring_s": "1", "at": "1"}
    words = {
        "event": "setup",
        "nature_of_address": "national",
        "presentation": "allowed",
        "screening": "passed",
        "ingress": "on_net",
        "attestation": "a",
        "verstat": "no-tn-validation",
        "roaming": "yes",
    }
    for field in RAW_FIELDS:
        assert field_value(field, (values | words).get(field, "10.0.0.1")) is not None


def test_only_what_is_absent_is_filled() -> None:
    given = {"ingress": "on_net", "roaming": "no"}
    assert {"ingress": "international", "roaming": "no"} == filled(
        {"ingress": "international", "roaming": None}, given
    )


FORMS = {
    "calls.jsonl": b'{"at": 1, "called_party_number": "110"}\n{"at": 2, "event": "sms"}\n',
    "calls.csv": b"at,called_party_number\n1,110\n2,\n",
    "calls.msgpack": b"\x82\xa2at\x01\xb3called_party_number\xa3110\x81\xa2at\x02",
}


@pytest.mark.parametrize("name", FORMS)
def test_required_fields_can_be_given_to_every_format(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FORMS[name])
    found = list(read_records(path, given={"event": "setup", "ingress": "on_net"}))
    first, second = found
    assert isinstance(first, Record)
    assert ("setup", "on_net", "110") == tuple(
        first[key] for key in ("event", "ingress", "called_party_number")
    )
    assert isinstance(second, RecordError)


def test_a_wrong_value_is_dropped_and_not_filled(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(
        b'{"at": 1, "event": "setup", "called_party_number": "110", "ingress": "abroad"}'
    )
    (record,) = read_records(path, lenient=True, given={"ingress": "on_net"})
    assert isinstance(record, Record)
    assert "ingress" not in record
    assert record.faults


def test_an_unknown_key_is_named_once() -> None:
    unknown = UnknownKeys()
    record = {"calling_number": "1", "Trunk-Group": "t", "event": "setup", "zzz": 1, "cell": "c"}
    said = list(unknown.said_of(record, "a.csv:2"))
    assert [
        (
            "a.csv:2: 'Trunk-Group' is no field of a record and is not read; "
            "did you mean 'trunk_group'?"
        ),
        (
            "a.csv:2: 'calling_number' is no field of a record and is not read; "
            "did you mean 'calling_party_number'?"
        ),
        "a.csv:2: 'zzz' is no field of a record and is not read",
    ] == said
    assert [] == list(unknown.said_of(record, "a.csv:3"))
    assert 1 == len(list(unknown.said_of({"other": 1}, "a.csv:4")))


def test_made_up_keys_end_being_named() -> None:
    unknown = UnknownKeys()
    said = [one for n in range(1000) for one in unknown.said_of({f"key {n}": 1}, "x")]
    assert 101 == len(said)
