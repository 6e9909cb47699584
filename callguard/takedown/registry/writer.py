"""The files of a segment: rows by number and by owner, and the index, from a feed in any order.

The feed is sorted by number, folded, and sorted again by owner, in two queries of one DuckDB that
feed each other, so that memory stays bounded and each file is written in one pass.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from callguard.errors import RegistryError
from callguard.takedown.json_text import canonical
from callguard.takedown.model import row_schema
from callguard.takedown.registry import index
from callguard.takedown.registry.fold import contested_until, fold, whole_numbers
from callguard.takedown.registry.layout import BLOCK, NONE, OWNER, integers, records
from callguard.takedown.registry.manifest import BY_NUMBER, BY_OWNER, FileInfo
from callguard.takedown.registry.names import Names, OwnerIds
from callguard.takedown.registry.sinks import GROUP, HashedFile, RowsParquet, Scatter
from callguard.takedown.registry.store import Registry

_FETCH: Final = GROUP * 4
_THREADS: Final = 4
# As many as two bytes can distinguish.
_CARRIERS: Final = 1 << 16
_BY_NUMBER: Final = """
    SELECT * FROM feed
    ORDER BY number, registered_at, owner_hi, owner_lo, carrier, line
"""
_BY_OWNER: Final = "SELECT * FROM folded ORDER BY owner_hi, owner_lo, rank"

# Called with the name of a step ("read", "by number", "by owner") and the rows it has done so far.
Progress = Callable[[str, int], None]


def feed_schema() -> pa.Schema:
    """The schema of batches for :func:`write_segment`: rows, and ``line`` (int64) orders them."""
    rows = row_schema()
    return rows.remove(rows.get_field_index("contested_until")).append(
        pa.field("line", pa.int64(), nullable=False)
    )


class SegmentWriter:
    """Writes the files of one segment into a folder, once."""

    def __init__(self, folder: Path, older: Registry | None, progress: Progress) -> None:
        self.rows = 0
        self.numbers = 0
        self.replaced = 0
        # Rows and numbers that the registry so far has, and this segment supersedes.
        self.brought = 0
        self.known_numbers = 0
        self._folder = folder
        self._older = older
        self._progress = progress
        indexes = older.indexes if older else ()
        self._carriers = Names(one.carriers for one in indexes)
        self._agents = Names(one.agents for one in indexes)
        self._failure: BaseException | None = None
        self._files: dict[str, FileInfo] = {}

    def write(self, batches: Iterable[pa.RecordBatch], memory_limit: int) -> dict[str, FileInfo]:
        """Write every file and have it reach the disk; gives sizes and digests by file name.

        Raises RegistryError if sorting fails, what ``batches`` raises, and OSError.
        """
        scratch = self._folder / "scratch"
        scratch.mkdir()
        try:
            with duckdb.connect(
                config={
                    "memory_limit": f"{memory_limit}B",
                    "temp_directory": str(scratch),
                    "threads": min(_THREADS, os.cpu_count() or 1),
                    "preserve_insertion_order": True,
                }
            ) as database:
                feed = self._sorted(
                    database, "feed", _coded_schema(feed_schema()), self._read(batches), _BY_NUMBER
                )
                with closing(RowsParquet(self._folder / BY_NUMBER)) as by_number:
                    folded = self._sorted(
                        database.cursor(),
                        "folded",
                        _folded_schema(),
                        self._fold(feed, by_number),
                        _BY_OWNER,
                    )
                    self._files[BY_NUMBER] = by_number.finish()
                self._write_by_owner(folded, scratch)
        except duckdb.Error as error:
            if self._failure is not None:
                raise self._failure from None
            reason = str(error).partition("\n")[0]
            raise RegistryError(
                f"{self._folder}: rows could not be sorted: {reason}; make room on its disk "
                "and run it again"
            ) from None
        scratch.rmdir()
        return self._files

    def _sorted(
        self,
        database: duckdb.DuckDBPyConnection,
        name: str,
        schema: pa.Schema,
        batches: Iterator[pa.RecordBatch],
        query: str,
    ) -> pa.RecordBatchReader:
        """The batches in the order of a query over them: all are read when this returns."""
        reader = pa.RecordBatchReader.from_batches(schema, self._guarded(batches))
        database.register(name, reader)
        return database.sql(query).to_arrow_reader(_FETCH)

    def _guarded(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Keep what goes wrong in here: DuckDB gives no more than its text."""
        try:
            yield from batches
        except BaseException as error:
            self._failure = self._failure or error
            raise

    def _read(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The feed with codes in place of names."""
        schema, done = _coded_schema(feed_schema()), 0
        for batch in batches:
            coded = {"carrier": self._carriers.add(batch["carrier"])}
            coded["agent"] = self._agents.add(batch["agent"])
            yield pa.RecordBatch.from_arrays(
                [coded[name] if name in coded else batch[name] for name in schema.names],
                schema=schema,
            )
            done += batch.num_rows
            self._progress("read", done)
        self._carriers.rank()
        self._agents.rank()
        if len(self._carriers.sorted) > _CARRIERS:
            raise RegistryError(
                f"the feed has {len(self._carriers.sorted)} carriers, a registry holds at most "
                f"{_CARRIERS}; is another column taken for the carrier?"
            )

    def _fold(
        self, feed: Iterable[pa.RecordBatch], by_number: RowsParquet
    ) -> Iterator[pa.RecordBatch]:
        """Write the sorted feed by number, each row once, and hand it on with its rank there."""
        schema = _folded_schema()
        for stretch in whole_numbers(feed):
            rows = self._with_older(stretch)
            columns = {name: rows[name].combine_chunks() for name in rows.column_names}
            columns["carrier"] = self._carriers.ranks(columns["carrier"])
            columns["agent"] = self._agents.ranks(columns["agent"])
            rows, replaced = fold(pa.table(columns))
            self.replaced += replaced
            number = integers(rows["number"])
            self.numbers += 1 + int(np.count_nonzero(number[1:] != number[:-1]))
            contested = contested_until(rows)
            rank = np.arange(self.rows, self.rows + len(number))
            self.rows += len(number)
            columns = {name: rows[name].combine_chunks() for name in rows.column_names}
            columns["contested_until"] = pa.array(contested, mask=contested == NONE)
            columns["rank"] = pa.array(rank)
            by_number.write(self._named(columns))
            yield pa.RecordBatch.from_arrays(
                [columns[name] for name in schema.names], schema=schema
            )
            self._progress("by number", self.rows)

    def _with_older(self, stretch: pa.Table) -> pa.Table:
        """A stretch of the feed and what the registry so far has of its numbers."""
        if self._older is None:
            return stretch
        number = integers(stretch["number"])
        older = self._older.rows_of(np.unique(number))
        if not older.num_rows:
            return stretch
        self.brought += older.num_rows
        self.known_numbers += len(np.unique(integers(older["number"])))
        columns = {name: older[name].combine_chunks() for name in older.column_names}
        columns["carrier"] = self._carriers.add(columns["carrier"])
        columns["agent"] = self._agents.add(columns["agent"])
        columns["line"] = pa.array(np.full(older.num_rows, -1, np.int64))
        schema = stretch.schema
        old = pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)
        return pa.concat_tables([stretch, old])

    def _named(self, columns: dict[str, pa.Array]) -> pa.Table:
        """Coded columns as rows of ``row_schema``."""
        schema = row_schema()
        named = {
            "carrier": self._carriers.sorted.take(columns["carrier"]),
            "agent": self._agents.sorted.take(columns["agent"]),
        }
        return pa.Table.from_arrays(
            [named[name] if name in named else columns[name] for name in schema.names],
            schema=schema,
        )

    def _write_by_owner(self, folded: Iterable[pa.RecordBatch], scratch: Path) -> None:
        """Write everything that is in the order of owners, and the sorted numbers."""
        with ExitStack() as stack:
            parquet = stack.enter_context(closing(RowsParquet(self._folder / BY_OWNER)))
            rows_file = stack.enter_context(self._open(index.ROWS_FILE))
            fence = stack.enter_context(self._open(index.OWNER_FENCE))
            ids = OwnerIds(stack.enter_context(self._open(index.IDS_FILE)))
            scatter = stack.enter_context(Scatter(scratch, self.rows))
            done = 0
            for batch in folded:
                columns = {name: batch[name] for name in batch.schema.names}
                rows = records(columns, ids.add(batch["owner_id"]))
                rows_file.write(rows)
                firsts = rows[-done % BLOCK :: BLOCK]
                owners = np.empty(len(firsts), OWNER)
                owners["hi"], owners["lo"] = firsts["owner_hi"], firsts["owner_lo"]
                fence.write(owners)
                positions = np.arange(done, done + len(rows))
                scatter.add(integers(columns["rank"]), integers(columns["number"]), positions)
                parquet.write(self._named(columns))
                done += len(rows)
                self._progress("by owner", done)
            self._files[BY_OWNER] = parquet.finish()
            for file in (rows_file, fence, ids.file):
                self._files[file.path.name] = file.finish()
            self._write_numbers(scatter)

    def _write_numbers(self, scatter: Scatter) -> None:
        names = {"agents": self._agents.sorted, "carriers": self._carriers.sorted}
        with (
            self._open(index.NUMBERS_FILE) as numbers,
            self._open(index.NUMBER_FENCE) as fence,
            self._open(index.NAMES_FILE) as names_file,
        ):
            done = 0
            for positions in scatter.sorted():
                numbers.write(positions)
                fence.write(np.ascontiguousarray(positions["number"][-done % BLOCK :: BLOCK]))
                done += len(positions)
            names_file.write(
                canonical({kind: column.to_pylist() for kind, column in names.items()})
            )
            for file in (numbers, fence, names_file):
                self._files[file.path.name] = file.finish()

    def _open(self, name: str) -> HashedFile:
        return HashedFile(self._folder / name)


def no_progress(step: str, rows: int) -> None:
    """Progress that nobody watches."""


def _coded_schema(schema: pa.Schema) -> pa.Schema:
    for name in ("carrier", "agent"):
        schema = schema.set(schema.get_field_index(name), pa.field(name, pa.int32()))
    return schema


def _folded_schema() -> pa.Schema:
    return _coded_schema(row_schema()).append(pa.field("rank", pa.int64(), nullable=False))
