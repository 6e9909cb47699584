from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs import check
from callguard.records.codecs.csv import read_csv
from tests.made.read_results import CHECKED, Results
from tests.records.conftest import Read

HEADER = b"event,at,called_party_number,text\n"


def test_rows_numbers_and_empty_cells(read: Read) -> None:
    content = (
        b"\xef\xbb\xbfevent, at ,called_party_number,calling_party_number,cause,duration_s,x,\r\n"
        b"setup,1,110,+8613800138000,16,2.5,7,ignored\r\n"
        b"\r\n"
        b"SETUP,1970-01-01T00:00:01Z,110,,,,,\r\n"
    )
    results = read("calls.csv", content)
    first = {"calling_party_number": "+8613800138000", "cause": 16, "duration_s": 2.5, "x": "7"}
    assert ([{**CHECKED, **first}, CHECKED], ["calls.csv:2", "calls.csv:4"]) == (
        results.records,
        results.sources,
    )


def test_a_quoted_cell_may_hold_commas_quotes_and_line_ends(read: Read) -> None:
    content = HEADER + b'setup,1,110,"a ""b"",\r\nc"\nsetup,1,110,d\n'
    results = read("calls.csv", content)
    assert (['a "b",\r\nc', "d"], ["calls.csv:2", "calls.csv:4"]) == (
        [record["text"] for record in results.records],
        results.sources,
    )


def test_a_wrong_row_is_an_error_in_its_place(read: Read) -> None:
    rows = [
        b"setup,1,110",
        b"setup,1,110,a,b",
        b'setup,1,110,"a"b',
        b"setup,soon,110,a",
        b"setup,1.71E+09,110,a",
        b"setup,1,110,\xff\xff",
        b"setup,1,110,fine",
    ]
    results = read("calls.csv", HEADER + b"\n".join(rows))
    assert [f"calls.csv:{line}" for line in range(2, 9)] == results.sources
    assert [
        "found 3 cells, expected 4",
        "found 5 cells, expected 4",
        "not CSV: ',' expected after '\"'",
    ] == results.reasons[:3]
    assert ["at: found 'soon'", "at: found '1.71E+09'"] == [
        reason.split(",")[0] for reason in results.reasons[3:5]
    ]
    assert "the line is neither UTF-8 nor GB18030" == results.reasons[5]
    assert "fine" == results.records[0]["text"]


@pytest.mark.parametrize("rows", [2, 63, 64, 65, 500])
def test_a_quote_that_is_never_closed_costs_one_row(read: Read, rows: int) -> None:
    content = HEADER + b'setup,1,110,"open\n' + b"setup,1,110,a\n" * rows
    results = read("calls.csv", content)
    assert ([f"calls.csv:{line}" for line in range(2, rows + 3)], rows) == (
        results.sources,
        len(results.records),
    )
    assert ['not CSV: a cell opened with " is not closed'] == results.reasons


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (
            b"event,at\n",
            (
                "the header lacks the column called_party_number; expected record keys, "
                "separated by commas, on the first line"
            ),
        ),
        (b"event,at,called_party_number,at\n", "the header names the column at twice; remove one"),
        (b'event,at,called_party_number,"x\n', 'not CSV: a cell opened with " is not closed'),
        (b"\xff\xff\n", "the line is neither UTF-8 nor GB18030"),
    ],
)
def test_a_header_that_cannot_be_used_is_the_only_error(
    read: Read, header: bytes, reason: str
) -> None:
    results = read("calls.csv", header + b"setup,1,110\n" * 3)
    assert ([reason], ["calls.csv:1"]) == (results.reasons, results.sources)


def test_gb18030_is_read_line_by_line(read: Read) -> None:
    content = HEADER
    for encoding in ("gb18030", "utf-8", "gb18030"):
        content += "setup,1,110,某银行客服😀\n".encode(encoding)
    results = read("calls.csv", content)
    assert ["某银行客服😀"] * 3 == [record["text"] for record in results.records]


def test_a_line_beyond_the_limit_is_skipped(read: Read) -> None:
    content = HEADER + b"setup,1,110," + b"x" * 2_000_000 + b"\nsetup,1,110,a\n"
    results = read("calls.csv", content)
    assert (["the line is longer than 1048576 bytes"], 1) == (results.reasons, len(results.records))


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1)


@given(st.lists(CELLS, max_size=5), st.integers(1, 40))
def test_what_the_standard_library_writes_is_read(texts: list[str], size: int) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["event", "at", "called_party_number", "text"])
    writer.writerows(["setup", "1", "110", text] for text in texts)
    content = written.getvalue().encode()
    chunks = [content[start : start + size] for start in range(0, len(content), size)]
    results = Results(read_csv(chunks, "f", check.strict))
    assert ([], texts) == (results.errors, [record["text"] for record in results.records])


@given(st.binary(max_size=300) | st.text(alphabet='",\n\rae1').map(str.encode))
def test_no_bytes_break_it(noise: bytes) -> None:
    content = HEADER + noise + b"\n" * 70 + b"setup,1,110,last"
    results = Results(read_csv([content], "f", check.strict))
    assert ["last"] == [record["text"] for record in results.records if record["text"] == "last"]
    Results(read_csv([noise], "f", check.strict))
