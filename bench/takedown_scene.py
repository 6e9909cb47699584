"""What a takedown benchmark is about: a registry, the same rows in plainer forms, reports.

Scenes are made once and kept in a folder (``/tmp/callguard-bench`` by default), by size and by the
code that makes them: the digest of the sources is part of the name.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from callguard import takedown
from callguard.demo.holders.feed import DEFAULT_AT, simulate
from callguard.demo.holders.reports import simulate_reports
from callguard.takedown import OWNER_KINDS, SERVICES, STATUSES, Registry, build, row_schema

CACHE: Final = Path(os.environ.get("CALLGUARD_BENCH_FOLDER", "/tmp/callguard-bench"))  # noqa: S108  large, and made again when gone
REPORTS: Final = 10_000
AT: Final = DEFAULT_AT
_SEED: Final = 20261124
_MADE: Final = "made.json"
_SQLITE: Final = "rows.sqlite"


@dataclass(frozen=True, slots=True)
class Made:
    """How long making the registry took and what it takes up: seconds and bytes."""

    rows: int
    reports: int
    build_s: float
    registry_bytes: int
    feed_bytes: int
    plain_bytes: int


@dataclass(frozen=True, slots=True)
class Scene:
    """Paths of one scene. ``plain`` has numbers, owners and words as text, sorted by number."""

    folder: Path
    made: Made

    @property
    def registry(self) -> Path:
        return self.folder / "registry"

    @property
    def plain(self) -> Path:
        return self.folder / "plain.parquet"

    @property
    def reports(self) -> Path:
        return self.folder / "reports.csv"

    @property
    def compact(self) -> Path:
        """The registry's own Parquet: whole numbers, by owner."""
        with Registry.open(self.registry) as registry:
            [path] = registry.parquet_by_owner()
        return path

    def registry_files(self) -> list[Path]:
        """Every file of the registry."""
        return sorted(path for path in self.registry.rglob("*") if path.is_file())

    def sqlite(self) -> Path:
        """The rows as an SQLite table ``held`` with indexes on numbers and owners."""
        path = self.folder / _SQLITE
        if not path.exists():
            _write_sqlite(self.compact, path)
        return path


def scene(rows: int, cache: Path = CACHE) -> Scene:
    """The scene of that many rows: made now, or found in the cache."""
    folder = cache / f"{rows}-{_sources()}"
    noted = folder / _MADE
    if not noted.exists():
        made = _make(folder, rows)
        noted.write_bytes(orjson.dumps(made))
    return Scene(folder, Made(**orjson.loads(noted.read_bytes())))


def _make(folder: Path, rows: int) -> Made:
    folder.mkdir(parents=True, exist_ok=True)
    feed = simulate(folder / "feed.parquet", rows, _SEED)
    start = perf_counter()
    build([feed.feed], None, folder / "registry", zone="Asia/Shanghai", home="CN", at=AT)
    build_s = perf_counter() - start
    # Few rows bear few reports: one number in twenty.
    count = min(REPORTS, rows // 20)
    simulate_reports(feed.feed, feed.labels, folder / "reports.csv", count, _SEED)
    feed_bytes = feed.feed.stat().st_size
    feed.feed.unlink()
    half = Scene(folder, Made(rows, count, build_s, 0, feed_bytes, 0))
    _write_plain(half.compact.with_name("by_number.parquet"), half.plain)
    registry_bytes = sum(path.stat().st_size for path in half.registry_files())
    return Made(rows, count, build_s, registry_bytes, feed_bytes, half.plain.stat().st_size)


def _write_plain(by_number: Path, path: Path) -> None:
    """The rows with text for numbers, owners and words; times stay whole seconds."""
    words = {"owner_kind": OWNER_KINDS, "service": SERVICES, "status": STATUSES}
    columns = {
        "number": "'+' || number",
        "owner_id": "lower(lpad(to_hex(owner_hi), 16, '0') || lpad(to_hex(owner_lo), 16, '0'))",
        **{name: f"{list(known)!r}[{name} + 1]" for name, known in words.items()},
    }
    kept = [name for name in row_schema().names if name not in ("owner_hi", "owner_lo", *columns)]
    chosen = ", ".join([*(f"{made} AS {name}" for name, made in columns.items()), *kept])
    with closing(duckdb.connect()) as duck:
        # The rows are in order already; to keep it costs no sorting.
        duck.execute(f"COPY (SELECT {chosen} FROM '{by_number}') TO '{path}' (COMPRESSION zstd)")  # noqa: S608  our own paths


def _write_sqlite(compact: Path, path: Path) -> None:
    # Without their types SQLite would not use an index for whole numbers.
    types = ("TEXT" if field.type == pa.string() else "INTEGER" for field in row_schema())
    names = row_schema().names
    columns = ", ".join(map(" ".join, zip(names, types, strict=True)))
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(partial)) as base:
        base.execute("PRAGMA journal_mode = off")
        base.execute("PRAGMA synchronous = off")
        base.execute(f"CREATE TABLE held ({columns})")
        marks = ", ".join("?" for _ in names)
        for batch in pq.ParquetFile(compact).iter_batches(1 << 17):
            cells = [column.to_pylist() for column in batch.columns]
            base.executemany(
                f"INSERT INTO held VALUES ({marks})",  # noqa: S608  question marks
                zip(*cells, strict=True),
            )
        base.execute("CREATE INDEX by_number ON held (number)")
        base.execute("CREATE INDEX by_owner ON held (owner_hi, owner_lo)")
        base.execute("ANALYZE")
        base.commit()
    partial.rename(path)


def _sources() -> str:
    """Tells registries that other code made from those that this code makes."""
    home = Path(takedown.__file__).parent
    found = hashlib.sha256(Path(__file__).read_bytes())
    for path in [home / "model.py", *sorted(home.glob("registry/**/*.py"))]:
        found.update(path.read_bytes())
    for path in sorted(home.glob("simulate/*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()[:8]
