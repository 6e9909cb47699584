from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records import RAW_FIELDS
from callguard.records.codecs import check
from callguard.records.codecs.msgpack import read_msgpack
from tests.made.read_results import CHECKED, LEAST, Results
from tests.records.conftest import Read

PACKED = msgpack.packb(LEAST)


def test_records_and_their_sources(read: Read) -> None:
    results = read("calls.msgpack", PACKED * 3)
    assert ([CHECKED] * 3, [f"calls.msgpack:{number}" for number in (1, 2, 3)]) == (
        results.records,
        results.sources,
    )


def test_a_value_that_is_no_record_is_an_error_in_its_place(read: Read) -> None:
    strange = [msgpack.packb(value) for value in (5, [1], None, {}, {b"event": "setup"})]
    results = read("calls.msgpack", PACKED + b"".join(strange) + PACKED)
    assert (2, 7) == (len(results.records), len(results.all))
    assert [
        "found a value of type int, expected a map",
        "found a value of type list, expected a map",
        "found a value of type NoneType, expected a map",
    ] == results.reasons[:3]


@pytest.mark.parametrize("cut", range(1, len(PACKED)))
def test_a_truncated_end_is_an_error(read: Read, cut: int) -> None:
    results = read("calls.msgpack", PACKED + PACKED[:cut])
    assert ([CHECKED], ["the stream ends within a record"], "calls.msgpack:2") == (
        results.records,
        results.reasons,
        results.sources[-1],
    )


@pytest.mark.parametrize(
    "corrupt",
    [
        b"\xc1",
        b"\xdb\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc9\xff\xff\xff\xff\x01",
        b"\x91" * 5000,
        b"\x81\x01\x01",
        msgpack.packb({"x": "y" * (1024 * 1024 + 1)}),
        msgpack.packb({str(number): 1 for number in range(5000)}),
        msgpack.packb({str(number): "y" * 600_000 for number in range(5)}),
    ],
)
def test_corrupt_and_excessive_streams_end_with_one_error(read: Read, corrupt: bytes) -> None:
    results = read("calls.msgpack", PACKED + corrupt + PACKED)
    assert ([CHECKED], 1, "calls.msgpack:2") == (
        results.records,
        len(results.errors),
        results.sources[-1],
    )


def test_text_that_is_not_utf8_does_not_lose_the_record(read: Read) -> None:
    packed = msgpack.packb({**LEAST, "display_name": "ab"}).replace(b"ab", b"a\xff")
    [record] = read("calls.msgpack", packed).records
    assert "a\ufffd" == record["display_name"]


def test_a_timestamp_is_a_time(read: Read) -> None:
    moment = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    packed = msgpack.packb({**LEAST, "at": moment}, datetime=True)
    [record] = read("calls.msgpack", packed).records
    assert 1_700_000_000.0 == record["at"]


@given(
    st.lists(
        st.dictionaries(st.text(), st.text() | st.integers(-(2**63), 2**63), max_size=3),
        max_size=4,
    ),
    st.integers(1, 50),
)
def test_what_is_packed_is_read_wherever_chunks_end(
    extras: list[dict[str, Any]], size: int
) -> None:
    content = b"".join(msgpack.packb({**extra, **LEAST}) for extra in extras)
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    results = Results(read_msgpack(chunks, "f", check.lenient))
    assert ([], len(extras)) == (results.errors, len(results.records))
    for extra, record in zip(extras, results.records, strict=True):
        # Values of the record's own keys are checked, and may be changed or dropped.
        kept = {key: value for key, value in extra.items() if key not in RAW_FIELDS}
        assert kept == {key: record[key] for key in kept}


@given(st.binary(max_size=300))
def test_no_bytes_break_it(noise: bytes) -> None:
    results = Results(read_msgpack([PACKED, noise], "f", check.strict))
    assert CHECKED == results.all[0]
