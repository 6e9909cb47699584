"""Parquet feeds: types of columns, damaged files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.fast import Checked
from callguard.takedown.registry.intake.feed import open_feed
from tests.takedown.registry.intake.test_rows import FAST

WORDS: dict[str, list[Any]] = {
    "owner_id": ["C-7", "C-8"],
    "owner_kind": ["person", "iot"],
    "service": ["mobile", "data"],
    "closed_at": [None, None],
    "carrier": ["CM", "CT"],
    "status": ["active", "active"],
}


def checked(folder: Path, **columns: pa.Array) -> Checked:
    path = folder / "f.parquet"
    arrays = {name: pa.array(values, pa.string()) for name, values in WORDS.items()}
    pq.write_table(pa.table({**arrays, **columns}), path)
    (batch,) = open_feed(path, "f.parquet").batches()
    return FAST.check(batch)


@pytest.mark.parametrize(
    "numbers",
    [
        pa.array(["13800138000", "+8613800138001"]),
        pa.array([13800138000, 8613800138001]),
        pa.array([13800138000, 8613800138001], pa.uint64()),
        pa.array(["13800138000", "13800138001"]).dictionary_encode(),
        pa.array(["13800138000", "13800138001"], pa.large_string()),
        pa.array([b"13800138000", b"13800138001"]),
    ],
)
@pytest.mark.parametrize(
    "times",
    [
        pa.array(["2026-01-02", "2026-01-02T00:00:00+08:00"]),
        pa.array([date(2026, 1, 2)] * 2),
        pa.array([datetime(2026, 1, 2)] * 2, pa.timestamp("ms")),  # noqa: DTZ001  local time
        pa.array([datetime(2026, 1, 1, 16, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
        pa.array([datetime(2026, 1, 1, 16, tzinfo=UTC)] * 2, pa.timestamp("ns", "Asia/Tokyo")),
    ],
)
def test_types(tmp_path: Path, numbers: pa.Array, times: pa.Array) -> None:
    found = checked(tmp_path, number=numbers, registered_at=times)
    assert [] == found.rejects
    assert [8613800138000, 8613800138001] == found.rows["number"].to_pylist()
    assert [1767283200] * 2 == found.rows["registered_at"].to_pylist()
    assert [20455] * 2 == found.rows["registered_day"].to_pylist()


def test_rows_are_counted(tmp_path: Path) -> None:
    registered = pa.array([datetime(2026, 1, 2), datetime(1700, 1, 1)])  # noqa: DTZ001
    found = checked(tmp_path, number=pa.array([13800138000, 2]), registered_at=registered)
    assert [(2, "number")] == [(one.line, one.column) for one in found.rejects]
    found = checked(tmp_path, number=pa.array([13800138000] * 2), registered_at=registered)
    assert [(2, "registered_at")] == [(one.line, one.column) for one in found.rejects]


def test_types_that_are_none(tmp_path: Path) -> None:
    times = pa.array(["2026-01-02"] * 2)
    with pytest.raises(RegistryError, match="number is of type double; write it as text or a who"):
        checked(tmp_path, number=pa.array([13800138000.0, 1.0]), registered_at=times)
    with pytest.raises(
        RegistryError, match="registered_at is of type int64; write it as text, a d"
    ):
        checked(tmp_path, number=pa.array(["1", "2"]), registered_at=pa.array([1, 2]))
    with pytest.raises(RegistryError, match="agent is of type bool; write it as text"):
        checked(
            tmp_path,
            number=pa.array(["1", "2"]),
            registered_at=times,
            agent=pa.array([True, False]),
        )


def test_bytes_that_are_no_utf_8(tmp_path: Path) -> None:
    times = pa.array(["2026-01-02"] * 2)
    with pytest.raises(RegistryError, match="number holds bytes that are not UTF-8"):
        checked(tmp_path, number=pa.array([b"138\xff", b"2"]), registered_at=times)


def test_damaged_files(tmp_path: Path) -> None:
    checked(tmp_path, number=pa.array(["1", "2"]), registered_at=pa.array(["2026-01-02"] * 2))
    path = tmp_path / "f.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RegistryError, match="cannot be read as Parquet"):
        open_feed(path, "f")
    path.write_bytes(whole[:4] + b"\xff" * 300 + whole[304:])
    feed = open_feed(path, "f")
    with pytest.raises(RegistryError, match="is damaged behind row 0"):
        list(feed.batches())
