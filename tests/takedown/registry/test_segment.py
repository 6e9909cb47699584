from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from callguard.errors import RegistryError
from callguard.takedown.model import row_schema
from callguard.takedown.registry import sinks, writer
from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.segment import clear_leftovers, write_segment
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import feed_schema
from tests.made.registries import DAY, Row, make_registry, row
from tests.oracles import registry as oracle


def feed_of(rows: list[Row], size: int = 1000) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(rows), size):
        part = [{**one, "line": line} for line, one in enumerate(rows[start : start + size], start)]
        yield pa.RecordBatch.from_pylist(part, schema=feed_schema())


def many_rows(count: int, seed: int = 1) -> list[Row]:
    chance = random.Random(seed)
    return [
        {
            **row(
                chance.randrange(count),
                chance.randrange(-count, count),
                chance.randrange(4000),
                chance.choice([None, 4000 + chance.randrange(500)]),
                carrier=chance.choice(["CT", "CM", "CU"]),
                owner_id=chance.choice([None, f"id {chance.randrange(50)}"]),
            ),
            "agent": chance.choice([None, "shop", "hall"]),
        }
        for _ in range(count)
    ]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = many_rows(3000)
    first = write_segment(tmp_path / "one", "base", feed_of(rows))
    second = write_segment(tmp_path / "two", "base", feed_of(rows, 77))
    assert first == second
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_little_memory_and_small_steps_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = many_rows(3000)
    expected = write_segment(tmp_path / "one", "base", feed_of(rows))
    monkeypatch.setattr(writer, "_FETCH", 100)
    monkeypatch.setattr(sinks, "_BUCKET_BITS", 5)
    found = write_segment(tmp_path / "two", "base", feed_of(rows), memory_limit=32 << 20)
    assert expected == found
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_parquet_holds_every_row_in_both_orders(tmp_path: Path) -> None:
    rows = oracle.current(many_rows(2000))
    write_segment(tmp_path, "base", feed_of(many_rows(2000)))
    by_number = pq.read_table(tmp_path / "segments/base/by_number.parquet")
    by_owner = pq.read_table(tmp_path / "segments/base/by_owner.parquet")
    assert row_schema() == by_number.schema == by_owner.schema
    assert rows == by_number.to_pylist()
    order = ("owner_hi", "owner_lo", "number", "registered_at", "carrier")
    assert sorted(rows, key=lambda one: [one[name] for name in order]) == by_owner.to_pylist()


def test_row_groups_have_one_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "GROUP", 128)
    written = write_segment(tmp_path, "base", feed_of(many_rows(1000), 90))
    for name in ("by_number", "by_owner"):
        found = pq.ParquetFile(tmp_path / f"segments/base/{name}.parquet").metadata
        sizes = [found.row_group(place).num_rows for place in range(found.num_row_groups)]
        assert [128] * (written.rows // 128) == sizes[:-1]


def test_of_equal_rows_the_later_line_stays(tmp_path: Path) -> None:
    feed = [
        row(1, 5, 3, None, carrier="CT", owner_id="first"),
        row(1, 5, 3, None, carrier="CM", owner_id="other carrier"),
        row(1, 5, 3, 8, carrier="CT", owner_id="second"),
        row(1, 5, 3, 9, carrier="CT", owner_id="third"),
    ]
    written = write_segment(tmp_path, "base", feed_of(feed))
    assert (2, 2, 2, 1) == (
        written.rows,
        written.replaced,
        written.total_rows,
        written.total_numbers,
    )
    found = pq.read_table(tmp_path / "segments/base/by_number.parquet")
    assert ["other carrier", "third"] == found["owner_id"].to_pylist()


def test_an_older_row_that_a_delta_replaces_is_not_counted(tmp_path: Path) -> None:
    folder = make_registry(tmp_path, [row(1, 5, 3), row(2, 5, 3)])
    with Registry.open(folder) as older:
        written = write_segment(folder, "delta", feed_of([row(1, 5, 3, 9)]), older)
    assert ("delta", 1, 0, 2, 2) == (
        written.kind,
        written.rows,
        written.replaced,
        written.total_rows,
        written.total_numbers,
    )


def test_a_row_that_was_never_open_disputes_nothing(tmp_path: Path) -> None:
    feed = [row(1, 5, 3, 3), row(1, 6, 1, 9), row(1, 7, 9, 12), row(1, 7, 2, 2)]
    write_segment(tmp_path, "base", feed_of(feed))
    found = pq.read_table(tmp_path / "segments/base/by_number.parquet")
    assert [None] * 4 == found["contested_until"].to_pylist()


def test_a_taken_back_row_ends_a_dispute(tmp_path: Path) -> None:
    base = [row(1, 5, 0), row(1, 6, 3)]
    folder = make_registry(tmp_path, base, [row(1, 6, 3, 3)])
    with Registry.open(folder) as registry:
        found = registry.rows_of(pa.array([1]).to_numpy())
    assert [None, None] == found["contested_until"].to_pylist()
    base_rows = pq.read_table(folder / f"segments/{0:016x}/by_number.parquet")
    assert [1 << 38, 1 << 38] == base_rows["contested_until"].to_pylist()


def test_what_the_feed_raises_comes_through_and_leaves_nothing(tmp_path: Path) -> None:
    class OwnError(Exception):
        pass

    def broken() -> Iterator[pa.RecordBatch]:
        yield from feed_of(many_rows(10))
        raise OwnError("as it was raised")

    with pytest.raises(OwnError, match=r"^as it was raised$"):
        write_segment(tmp_path, "base", broken())
    assert [] == list((tmp_path / "segments").iterdir())


def test_a_sort_that_fails_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_BY_OWNER", "SELECT * FROM folded ORDER BY nothing")
    with pytest.raises(RegistryError, match="rows could not be sorted"):
        write_segment(tmp_path, "base", feed_of(many_rows(10)))
    assert [] == list((tmp_path / "segments").iterdir())


def test_a_disk_that_is_full_is_said_as_the_system_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("write", "finish"):
        with monkeypatch.context() as patch:
            patch.setattr(sinks.HashedFile, name, full)
            with pytest.raises(OSError, match="No space left on device"):
                write_segment(tmp_path, "base", feed_of(many_rows(10)))
        assert [] == list((tmp_path / "segments").iterdir())


def test_what_killed_builds_left_is_removed(tmp_path: Path) -> None:
    folder = make_registry(tmp_path, [row(1, 5, 3)])
    for name in (".partial-base", "0123456789abcdef"):
        (folder / "segments" / name / "scratch").mkdir(parents=True)
    clear_leftovers(folder, Manifest.read(folder))
    assert [f"{0:016x}"] == [path.name for path in (folder / "segments").iterdir()]
    clear_leftovers(folder, None)
    assert [] == list((folder / "segments").iterdir())
    clear_leftovers(tmp_path / "nothing", None)


def test_a_half_written_segment_is_written_anew(tmp_path: Path) -> None:
    partial = tmp_path / "segments" / ".partial-base"
    partial.mkdir(parents=True)
    (partial / "rows.bin").write_bytes(b"half")
    written = write_segment(tmp_path, "base", feed_of([row(1, 5, 3)]))
    assert 1 == written.rows
    assert ["base"] == [path.name for path in (tmp_path / "segments").iterdir()]


@pytest.mark.parametrize("damage", [None, "changed", "missing"])
def test_a_segment_that_is_there_stays_if_it_is_equal(tmp_path: Path, damage: str | None) -> None:
    rows = [row(1, 5, 3), row(2, 5, 3, 5)]
    first = write_segment(tmp_path, "base", feed_of(rows))
    expected = contents(tmp_path)
    victim = tmp_path / "segments/base/rows.bin"
    before = victim.stat().st_ino
    if damage == "changed":
        victim.write_bytes(b"?" * 160)
    elif damage == "missing":
        victim.unlink()
    assert first == write_segment(tmp_path, "base", feed_of(rows))
    assert expected == contents(tmp_path)
    assert (damage is None) == (before == victim.stat().st_ino)


def test_progress_counts_rows_of_each_step(tmp_path: Path) -> None:
    seen: dict[str, list[int]] = {}
    write_segment(
        tmp_path,
        "base",
        feed_of(many_rows(100), 40),
        None,
        lambda step, rows: seen.setdefault(step, []).append(rows),
    )
    assert ["read", "by number", "by owner"] == list(seen)
    assert [40, 80, 100] == seen["read"]
    assert all(counts == sorted(counts) for counts in seen.values())


def test_the_same_files_serve_duckdb(tmp_path: Path) -> None:
    write_segment(tmp_path, "base", feed_of([row(1, 5, 3), row(2, 5, 4)]))
    with duckdb.connect() as database:
        rows = database.read_parquet(str(tmp_path / "segments/base/by_owner.parquet"))
        found = rows.select("number", "registered_at").fetchall()
    assert [(1, 3 * DAY), (2, 4 * DAY)] == found


def test_a_column_of_many_carriers_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_CARRIERS", 2)
    feed = [row(number, 5, 3, carrier=f"carrier {number}") for number in range(3)]
    with pytest.raises(RegistryError) as caught:
        write_segment(tmp_path, "base", feed_of(feed))
    assert (
        "the feed has 3 carriers, a registry holds at most 2; is another column taken for the "
        "carrier?"
    ) == str(caught.value)


def test_an_owner_id_without_end_is_refused(tmp_path: Path) -> None:
    longest = row(1, 5, 3, owner_id="x" * 65_535)
    write_segment(tmp_path, "base", feed_of([longest]))
    with pytest.raises(RegistryError) as caught:
        write_segment(tmp_path, "more", feed_of([{**longest, "owner_id": "x" * 65_536}]))
    assert "an owner_id has 65536 bytes of UTF-8; the longest may have 65535" == str(caught.value)
