from __future__ import annotations

from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RecordError
from callguard.integrations.redis_stream.entries import Entry, read_record
from callguard.records import Record
from callguard.records.codecs.check import lenient
from callguard.records.codecs.msgpack import MAX_ITEMS, MAX_RECORD, read_msgpack
from tests.strategies.records import records

GOOD = {"event": "setup", "at": 1.5, "called_party_number": "110"}


def _entry(value: Any) -> Entry:
    return Entry("5-0", [b"record", msgpack.packb(value)])


def test_the_record_in_an_entry_is_checked_and_names_its_source() -> None:
    record = read_record(_entry({**GOOD, "roaming": "perhaps", "x": 1}))
    assert {**GOOD, "roaming": "unknown", "x": 1} == record
    assert "5-0" == record.source
    assert 1 == len(record.faults)


def test_other_fields_of_an_entry_do_not_matter() -> None:
    entry = Entry("5-0", [b"from", b"switch 7", *(_entry(GOOD).fields or ())])
    assert {**GOOD, "roaming": "unknown"} == read_record(entry)


def test_a_timestamp_of_messagepack_is_a_time() -> None:
    record = read_record(_entry({**GOOD, "at": msgpack.Timestamp(7, 500_000_000)}))
    assert 7.5 == record["at"]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (Entry("5-0", None), "the entry was deleted from the stream before it was scored"),
        (Entry("5-0", []), "no field 'record'; found "),
        (Entry("5-0", [b"rec", b"", b"\xff", b""]), "no field 'record'; found 'rec', '\ufffd'"),
        (Entry("5-0", [b"record", b""]), "not MessagePack"),
        (Entry("5-0", [b"record", b"\xc1"]), "not MessagePack"),
        (Entry("5-0", [b"record", b"\x81"]), "not MessagePack"),
        (Entry("5-0", [b"record", b"\x80\x80"]), "not MessagePack"),
        (Entry("5-0", [b"record", b"\x91" * 5_000]), "not MessagePack"),
        (_entry([1]), "found a value of type list, expected a map"),
        (_entry({1: 2}), "not MessagePack"),
        (_entry({}), "event: missing"),
        (_entry({**GOOD, "at": "yesterday"}), "at: found"),
        (_entry({**GOOD, "x": [0] * (MAX_ITEMS + 1)}), "more than 4096 items"),
        (_entry({**GOOD, "x": "x" * MAX_RECORD}), "expected at most 1048576"),
    ],
)
def test_what_is_no_record_is_said(entry: Entry, expected: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(entry)
    assert expected in caught.value.reason
    assert "5-0" == caught.value.source


@given(records())
def test_an_entry_is_read_as_a_file_of_one_record(record: dict[str, Any]) -> None:
    data = msgpack.packb(record, unicode_errors="surrogatepass", default=repr)
    [expected] = read_msgpack([data], "file", lenient)
    actual = _outcome(Entry("5-0", [b"record", data]))
    if isinstance(expected, RecordError):
        assert isinstance(actual, RecordError)
        assert expected.reason == actual.reason
    else:
        assert isinstance(actual, Record)
        assert (expected, expected.faults) == (actual, actual.faults)


@given(st.binary() | st.lists(st.binary(max_size=20), max_size=5).map(b"".join))
def test_any_bytes_are_a_record_or_an_error_of_ours(data: bytes) -> None:
    assert isinstance(_outcome(Entry("5-0", [b"record", data])), Record | RecordError)


def _outcome(entry: Entry) -> Record | RecordError:
    try:
        return read_record(entry)
    except RecordError as error:
        return error
