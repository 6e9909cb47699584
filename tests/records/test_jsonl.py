from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records import RAW_FIELDS
from callguard.records.codecs import check
from callguard.records.codecs.jsonl import read_jsonl
from tests.made.read_results import CHECKED, LEAST, Results
from tests.records.conftest import Read

LINE = orjson.dumps(LEAST)


def test_records_blank_lines_line_ends_and_byte_order_mark(read: Read) -> None:
    content = b"\xef\xbb\xbf" + LINE + b"\r\n\n  \n" + LINE
    results = read("calls.jsonl", content)
    assert ([CHECKED, CHECKED], ["calls.jsonl:1", "calls.jsonl:4"]) == (
        results.records,
        results.sources,
    )


def test_a_bad_line_is_an_error_in_its_place(read: Read) -> None:
    results = read("calls.jsonl", b"\n".join([LINE, b"{", b"[1]", b"5", b"{}", LINE]))
    assert [f"calls.jsonl:{line}" for line in range(1, 7)] == results.sources
    assert results.reasons[0].startswith("not JSON: ")
    assert [
        "found an array, expected one JSON object a line",
        "found the bare value 5, expected one JSON object a line",
    ] == results.reasons[1:3]
    assert results.reasons[3].startswith("event: missing")


def test_a_wrong_optional_value_is_an_error_unless_leniently_read(read: Read) -> None:
    content = orjson.dumps({**LEAST, "cause": "x"})
    fault = "cause: found 'x', expected a whole number from 0 to 999"
    assert [fault] == read("calls.jsonl", content).reasons
    [record] = read("calls.jsonl", content, lenient=True).records
    assert (CHECKED, (fault,)) == (record, record.faults)


def test_a_line_beyond_the_limit_is_skipped(read: Read) -> None:
    long = b'{"x": "' + b"y" * (1024 * 1024) + b'"}'
    results = read("calls.jsonl", b"\n".join([LINE, long, LINE, long * 5]))
    assert ["the line is longer than 1048576 bytes"] * 2 == results.reasons
    assert ["calls.jsonl:1", "calls.jsonl:2", "calls.jsonl:3", "calls.jsonl:4"] == results.sources


@given(st.binary(max_size=200), st.integers(1, 7), st.integers(1, 30))
def test_where_chunks_end_makes_no_difference(noise: bytes, size: int, limit: int) -> None:
    content = b"\xef\xbb\xbf" + LINE + b"\n" + noise + b"\n" + LINE
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    for most in (limit, 1000):
        pieces = Results(read_jsonl(chunks, "f", check.strict, most))
        whole = Results(read_jsonl([content], "f", check.strict, most))
        assert (whole.sources, whole.records, whole.reasons) == (
            pieces.sources,
            pieces.records,
            pieces.reasons,
        )


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers(-(2**53), 2**53), max_size=3)))
def test_what_is_written_is_read(extras: list[dict[str, Any]]) -> None:
    content = b"".join(json.dumps({**extra, **LEAST}).encode() + b"\n" for extra in extras)
    results = Results(read_jsonl([content], "f", check.lenient))
    assert len(extras) == len(results.records)
    for extra, record in zip(extras, results.records, strict=True):
        # Values of the record's own keys are checked, and may be changed or dropped.
        kept = {key: value for key, value in extra.items() if key not in RAW_FIELDS}
        assert kept == {key: record[key] for key in kept}


def test_the_json_test_suite(shared: Path) -> None:
    folder = shared / "data/bad-input-corpora/JSONTestSuite/test_parsing"
    accepted: list[str] = []
    refused: list[str] = []
    for path in sorted(folder.glob("*.json")):
        text = path.read_bytes()
        # A JSON line has no line ends inside it.
        line = b'{"event": "setup", "at": 1, "called_party_number": "1", "x": %b}' % text.replace(
            b"\n", b" "
        ).replace(b"\r", b" ")
        results = Results(read_jsonl([line], path.name, check.strict))
        assert 1 == len(results.all)
        (accepted if results.records else refused).append(path.name)
    assert len(accepted) + len(refused) > 300
    assert [] == [name for name in refused if name.startswith("y_")]
    # Its fault is a line end in a string, which cannot be inside one line.
    assert ["n_string_unescaped_newline.json"] == [
        name for name in accepted if name.startswith("n_")
    ]


def test_naughty_strings_come_through_unharmed(shared: Path, read: Read) -> None:
    [path] = (shared / "data/bad-input-corpora/blns").glob("**/blns.json")
    strings = [text for text in json.loads(path.read_bytes()) if text]
    lines = [
        orjson.dumps({**LEAST, "call_id": text, "display_name": text, "calling_party_number": text})
        for text in strings
    ]
    results = read("calls.jsonl", b"\n".join(lines))
    assert strings == [record["display_name"] for record in results.records]


@pytest.mark.parametrize("depth", [10, 100_000])
def test_deep_nesting_is_no_crash(read: Read, depth: int) -> None:
    line = LINE[:-1] + b',"x":' + b"[" * depth + b"]" * depth + b"}"
    assert 1 == len(read("calls.jsonl", line).all)
