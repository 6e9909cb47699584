from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import orjson
from hypothesis import given
from hypothesis import strategies as st

from callguard.takedown.journal.sheets import file_name, guarded, unguarded, write_sheets

CARRIERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(CARRIERS)
def test_any_carrier_has_a_safe_file_name(carrier: str) -> None:
    name = f".{file_name(carrier)}-restore-0123456789ab.jsonl.partial"
    assert len(os.fsencode(name)) < 200
    assert not set(name) & set('/\\:*?"<>|\0\n\r\t ')
    assert name.isprintable()


@given(CARRIERS, CARRIERS)
def test_no_two_carriers_share_a_file(one: str, other: str) -> None:
    assert (one == other) == (file_name(one) == file_name(other))


@given(st.text())
def test_guarding_is_undone(text: str) -> None:
    assert text == unguarded(guarded(text))
    assert guarded(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_sheets_are_read_back(tmp_path_factory: object, texts: list[str]) -> None:
    folder = tmp_path_factory.mktemp("sheets")  # type: ignore[attr-defined]
    rows = [{"number": "+8613800000001", "carrier": text} for text in texts]
    table, lines = write_sheets(folder, "x", ("number", "carrier"), {"c": rows})
    found = list(csv.DictReader(io.StringIO(table.read_bytes().decode(), newline="")))
    assert rows == [{**row, "carrier": unguarded(row["carrier"])} for row in found]
    assert rows == [orjson.loads(line) for line in lines.read_bytes().splitlines()]


def test_formulas_are_guarded_and_numbers_stay_exact(tmp_path: Path) -> None:
    row = {"number": "+8613800000001", "carrier": '=HYPERLINK("http://x")', "case_id": "-1+1"}
    table, _ = write_sheets(tmp_path, "x", tuple(row), {"c": [row]})
    expected = (
        b'"number","carrier","case_id"\r\n'
        b'"+8613800000001","\'=HYPERLINK(""http://x"")","\'-1+1"\r\n'
    )
    assert expected == table.read_bytes()


def test_a_name_too_long_is_cut_between_characters() -> None:
    assert file_name("移" * 200).startswith("移" * 26 + "-")
    assert file_name("///").startswith("carrier-")
