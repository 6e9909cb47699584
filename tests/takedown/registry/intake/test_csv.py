"""Rows of CSV feeds: lines, quotes, delimiters, and rows that are none."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import RegistryError
from callguard.takedown.registry.intake import csvfile
from callguard.takedown.registry.intake.columns import COLUMNS
from callguard.takedown.registry.intake.csvfile import read_csv, read_header
from callguard.takedown.registry.intake.encoding import TextFile

Found = tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]
HEADER = ",".join(COLUMNS)


def read(folder: Path, body: str, delimiter: str = ",") -> Found:
    """Rows by line, and faults by line, of a feed with this body."""
    path = folder / "f.csv"
    path.write_bytes((HEADER.replace(",", delimiter) + body).encode())
    source = TextFile(path, "f.csv", "utf-8")
    columns, found = read_header(source)
    assert delimiter == found
    rows, faults = [], []
    for batch in read_csv(source, columns, found):
        values = zip(*(batch.columns[name].to_pylist() for name in COLUMNS), strict=True)
        rows += list(zip(batch.lines.tolist(), map(list, values), strict=True))
        faults += [(line, fault.reason) for line, fault in batch.faults]
    return rows, faults


def fields(first: str) -> list[str]:
    return [first, *"bcdefghijk"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_delimiters_and_line_ends(tmp_path: Path, delimiter: str, end: str) -> None:
    body = "".join(end + delimiter.join(fields(first)) for first in "xyz")
    expected = [(2, fields("x")), (3, fields("y")), (4, fields("z"))]
    assert (expected, []) == read(tmp_path, body, delimiter)
    assert (expected, []) == read(tmp_path, body + end, delimiter)


def test_lines_are_counted_through_quotes_and_empty_lines(tmp_path: Path) -> None:
    quoted = '\n"a\nb",' + ",".join("bcdefghijk")
    plain = "\n" + ",".join(fields("x"))
    rows, faults = read(tmp_path, f"{quoted}\n{plain}\n{quoted}{plain}")
    assert [(2, fields("a\nb")), (5, fields("x")), (7, fields("a\nb")), (9, fields("x"))] == rows
    assert [] == faults


def test_rows_of_other_widths(tmp_path: Path) -> None:
    good = ",".join(fields("x"))
    rows, faults = read(tmp_path, f"\n1,2\n{good}\n{good},z\n")
    assert [(3, fields("x"))] == rows
    assert [
        (2, "the row has 2 fields, the header has 11"),
        (4, "the row has 12 fields, the header has 11"),
    ] == faults


def test_text_behind_a_closing_quote(tmp_path: Path) -> None:
    good = ",".join(fields("x"))
    rows, faults = read(tmp_path, f'\n"secret"x,1\n{good}\n')
    assert [(3, fields("x"))] == rows
    assert [(2, "the row is no CSV: ',' expected after '\"'")] == faults


def test_a_quote_that_is_never_closed(tmp_path: Path) -> None:
    good = ",".join(fields("x"))
    with pytest.raises(RegistryError, match=r"line 3: a quote is opened here and never closed"):
        read(tmp_path, f'\n{good}\n"{good}\n{good}')
    with pytest.raises(RegistryError, match=r"line 3: the row goes on for more than 50 lines"):
        read(tmp_path, f'\n{good}\n"{good}' + f"\n{good}" * 60)


def test_a_header_alone(tmp_path: Path) -> None:
    assert ([], []) == read(tmp_path, "")
    assert ([], []) == read(tmp_path, "\n")
    assert ([], []) == read(tmp_path, "\n\n\n")


CELL = st.text(st.sampled_from('ab ,";\n\r\t中\x85\u2028\0'), max_size=4)


@given(st.lists(st.lists(CELL, min_size=11, max_size=11), max_size=6), st.integers(1, 60))
def test_what_the_csv_module_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], block: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    folder = tmp_path_factory.mktemp("csv")
    with pytest.MonkeyPatch.context() as patch:
        blocks = TextFile.blocks
        patch.setattr(TextFile, "blocks", lambda self, size=block: blocks(self, size))
        found, faults = read(folder, "\n" + out.getvalue())
    assert (rows, []) == ([row for _, row in found], faults)


QUOTED = st.lists(st.sampled_from(["", "a", '"b"', '""', '"a,b"', '"a""b"', 'a"']), max_size=12)
LINE = st.text(st.sampled_from('a,,,,,b;"\r中'), max_size=24) | QUOTED.map(",".join)


@given(st.lists(LINE, max_size=8))
def test_the_quick_way_reads_as_the_csv_module(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    body = "".join(f"\n{line}" for line in lines)

    def outcome() -> Found | str:
        try:
            return read(folder, body)
        except RegistryError as error:
            return str(error)

    quick = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvfile, "_by_arrow", lambda *_: None)
        assert outcome() == quick
