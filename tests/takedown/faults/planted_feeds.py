"""Feeds and reports with planted documents: in their own column, in bad rows, in wrong columns."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from tests.takedown.faults.command_cases import FEED, REPORTS
from tests.takedown.faults.planted_documents import Planted

Row = dict[str, str]
_COLUMNS: Final = ("number", "owner_id", *FEED[1:])


def good(place: int, document: str) -> Row:
    """A row of which nothing is wrong; ``place`` makes its number."""
    return {
        "number": f"139{place:08d}",
        "owner_id": "",
        "owner_document": document,
        "owner_kind": "person",
        "service": "mobile",
        "registered_at": "2025-06-01T10:00:00",
        "activated_at": "2025-06-02",
        "closed_at": "",
        "carrier": "中国电信",
        "agent": "",
        "status": "active",
    }


# What may be wrong with a row that has its document where it belongs.
WRONG: Final[Mapping[str, Callable[[Row], Row]]] = {
    "no number": lambda row: {**row, "number": ""},
    "letters for a number": lambda row: {**row, "number": "unknown"},
    "an emergency number": lambda row: {**row, "number": "110"},
    "unknown kind": lambda row: {**row, "owner_kind": "persona"},
    "unknown service": lambda row: {**row, "service": "pager"},
    "no time": lambda row: {**row, "registered_at": ""},
    "no such time": lambda row: {**row, "registered_at": "2025-02-30"},
    "closed first": lambda row: {**row, "closed_at": "2025-01-01"},
    "closed never": lambda row: {**row, "status": "closed"},
    "no carrier": lambda row: {**row, "carrier": ""},
    "two owners": lambda row: {**row, "owner_id": "customer 17"},
    "control characters": lambda row: {**row, "owner_document": row["owner_document"] + "\x07"},
    "document repeated": lambda row: {**row, "owner_document": 20 * row["owner_document"]},
    "carrier too long": lambda row: {**row, "carrier": 300 * "c"},
    "carrier with control characters": lambda row: {**row, "carrier": "C\x1bT"},
}


def rows_of_wrong_columns(planted: Planted, count: int) -> list[Row]:
    """Rows with an identity number in every column in turn."""
    columns = [name for name in _COLUMNS if name != "owner_document"]
    found = []
    for place in range(count):
        name = columns[place % len(columns)]
        row = good(5_000_000 + place, planted.new("owner_document beside a wrong column"))
        if name == "owner_id":
            row["owner_document"] = ""
        row[name] = planted.number(f"column {name}")
        if place % 3 == 0 and name in {"carrier", "agent", "owner_id"}:
            row[name] = f"客户 {row[name]}, CT"
        found.append(row)
    return found


def rows_with_faults(planted: Planted, count: int) -> list[Row]:
    names = list(WRONG)
    return [
        WRONG[name](good(6_000_000 + place, planted.new(f"row with {name}")))
        for place in range(count)
        for name in [names[place % len(names)]]
    ]


def good_rows(planted: Planted, first: int, count: int, where: str) -> list[Row]:
    return [good(first + place, planted.new(where)) for place in range(count)]


def csv_bytes(rows: list[Row], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def broken_lines(planted: Planted, count: int) -> bytes:
    """CSV whose rows have cells too many or too few, quotes in wrong places, or quoted lines."""
    lines = [",".join(_COLUMNS)]
    for place in range(count):
        row = good(7_000_000 + place, planted.new("broken line"))
        cells = list(row.values())
        lines.append(
            {
                0: ",".join([*cells, row["owner_document"]]),
                1: ",".join(cells[:5]),
                2: ",".join(cells).replace("person", 'per"son"'),
                3: ",".join(
                    [*cells[:8], f'"{cells[8]}\n{planted.number("quoted line")}"', "", "x"]
                ),
                4: "",
                5: row["owner_document"],
            }[place % 6]
        )
    return "\n".join(lines).encode()


def parquet_bytes(rows: list[Row], types: Mapping[str, pa.DataType] | None = None) -> bytes:
    """The rows as a Parquet file; ``types`` are of columns that are not text."""
    columns: dict[str, Any] = {}
    for name in _COLUMNS:
        column = pa.array([row[name] or None for row in rows], pa.string())
        wanted = (types or {}).get(name)
        columns[name] = column if wanted is None else column.cast(wanted)
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink, use_dictionary=False, compression="none")
    return bytes(sink.getvalue())


def write_feeds(folder: Path, planted: Planted) -> list[Path]:
    """Feeds of every form that can be read, with documents in all of them."""
    folder.mkdir(parents=True)
    mixed = rows_with_faults(planted, 1500) + rows_of_wrong_columns(planted, 1500)
    files = {
        "good.csv": csv_bytes(good_rows(planted, 0, 1200, "UTF-8")),
        "chinese.csv": csv_bytes(good_rows(planted, 10_000, 600, "GB18030"), "gb18030", "\t"),
        "wide.csv": csv_bytes(good_rows(planted, 20_000, 600, "UTF-16"), "utf-16", ";"),
        "packed.csv.gz": gzip.compress(csv_bytes(good_rows(planted, 30_000, 600, "gzip"))),
        "bad.csv": csv_bytes(mixed),
        "broken.csv": broken_lines(planted, 300),
        "good.parquet": parquet_bytes(good_rows(planted, 40_000, 600, "Parquet")),
        "bad.parquet": parquet_bytes(
            rows_with_faults(planted, 450) + rows_of_wrong_columns(planted, 450)
        ),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in files]


def write_reports(path: Path, planted: Planted) -> None:
    """Reports with an identity number in each column in turn, but for the ids."""
    told = ["2025-08-01T12:00:00", "case 1", "police of Haidian", "Li Si", "traced", "fraud"]
    sound = [f"13900{place:06d}" for place in range(40)]
    rows = [[f"r{place}", number, *told] for place, number in enumerate(sound)]
    for place in range(120):
        row = [f"w{place}", f"13900{place:06d}", *told]
        column = (1, 2, 4, 5, 6, 7)[place % 6]
        row[column] = planted.number(f"reports, column {REPORTS[column]}")
        rows.append(row)
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([REPORTS, *rows])
