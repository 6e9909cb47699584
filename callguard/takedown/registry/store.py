"""The read side of a registry: which registrations concern these numbers at these moments.

A registry is a base and daily deltas, its segments. The newest segment that has a number holds all
rows of that number; what older ones have of it is superseded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from callguard.errors import RegistryError
from callguard.files import digest_of
from callguard.takedown.closing import Closing
from callguard.takedown.model import row_schema
from callguard.takedown.registry.index import INDEX_FILES, SegmentIndex
from callguard.takedown.registry.layout import OWNER, Positions, Rows, column, ranges, table
from callguard.takedown.registry.manifest import BY_OWNER, SEGMENTS, Manifest, SegmentInfo
from callguard.takedown.registry.mapped import unopened
from callguard.times import open_zone

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BATCH: Final = 1 << 17
_ORDER: Final = ("number", "registered_at", "owner_hi", "owner_lo", "carrier")
_TRIES: Final = 3


class Registry(Closing):
    """An open registry, as its manifest said when it was opened. Close it, or use ``with``.

    Files stay usable while another process folds in a delta or compacts the registry.
    """

    def __init__(self, folder: Path, manifest: Manifest, indexes: list[SegmentIndex]) -> None:
        self.folder = folder
        self.manifest = manifest
        self.digest = manifest.digest
        # Newest first: the first one that has a number has all of it.
        self.indexes = indexes[::-1]

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a registry folder.

        Raises RegistryError if it has no manifest, one of another version, or if a file that the
        manifest names is missing or has another size.
        """
        for _ in range(_TRIES):
            manifest = Manifest.read(folder)
            indexes: list[SegmentIndex] = []
            try:
                indexes.extend(_open_segment(folder, one) for one in manifest.segments)
                return cls(folder, manifest, indexes)
            except BaseException as error:
                for index in indexes:
                    index.close()
                # A compaction may have put new segments in place of those since we read the names.
                if not isinstance(error, RegistryError) or Manifest.read(folder) == manifest:
                    raise
        raise RegistryError(f"{folder}: changes too fast to be opened; try again")

    def close(self) -> None:
        for index in self.indexes:
            index.close()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which the days of rows are counted."""
        return open_zone(self.manifest.zone, RegistryError)

    def parquet_by_owner(self) -> tuple[Path, ...]:
        """The rows of each segment in a Parquet file sorted by owner, the oldest segment first.

        Columns are those of ``row_schema``; superseded rows are among them. Paths are absolute.
        """
        folder = self.folder.resolve() / SEGMENTS
        return tuple(folder / segment.name / BY_OWNER for segment in self.manifest.segments)

    def touched(self, numbers: NDArray[np.int64], at: NDArray[np.int64]) -> pa.Table:
        """The rows that matter for pairs of a number and a moment (seconds since 1970).

        All rows of these numbers, and all rows of every owner who has a row of such a number with
        registered_at <= at < closed_at. Each row once, superseded ones left out; the columns are
        those of ``row_schema``, sorted by number, registered_at, owner_hi, owner_lo and carrier.
        """
        order = np.argsort(numbers, kind="stable")
        numbers = np.asarray(numbers, np.int64)[order]
        moments = np.asarray(at, np.int64)[order]
        positions: list[list[Positions]] = []
        holders: list[NDArray[np.void]] = [np.empty(0, OWNER)]
        complete: list[NDArray[np.bool_]] = []
        left = np.arange(len(numbers))
        for depth, index in enumerate(self.indexes):
            counts, mine = index.find_numbers(numbers[left])
            rows, starts, ends, certain = index.around(mine)
            moment = np.repeat(moments[left], counts)
            held = (rows["registered_at"] <= moment) & (moment < rows["closed_at"])
            holders.append(_owners(rows[held]))
            complete.append(certain[held])
            held &= certain
            owned = np.unique(ranges(starts[held], ends[held]))
            positions.append([mine, self._current(depth, owned)])
            left = left[counts == 0]
        owners, which = np.unique(np.concatenate(holders), return_inverse=True)
        done = 0
        for depth, index in enumerate(self.indexes):
            mine = which[done : done + len(complete[depth])]
            done += len(mine)
            wanted = np.ones(len(owners), np.bool_)
            wanted[mine[complete[depth]]] = False
            starts, ends = index.find_owners(owners[wanted])
            index.want_rows(starts, ends)
            positions[depth].append(self._current(depth, ranges(starts, ends)))
        return self._table([np.unique(np.concatenate(parts)) for parts in positions])

    def rows_of(self, numbers: NDArray[np.int64]) -> pa.Table:
        """All current rows of these numbers, in the form and order of :meth:`touched`."""
        left = np.unique(np.asarray(numbers, np.int64))
        positions: list[Positions] = []
        for index in self.indexes:
            counts, mine = index.find_numbers(left)
            index.want_rows(mine, mine + 1)
            positions.append(mine)
            left = left[counts == 0]
        return self._table(positions)

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Every current row, by owner_hi, owner_lo, number, registered_at and carrier.

        Memory is bounded: a batch is about 131,072 rows, and more only if one owner has more.
        """
        done = [0] * len(self.indexes)
        if not done:
            return
        lead = max(range(len(done)), key=lambda depth: len(self.indexes[depth]))
        index = self.indexes[lead]
        while done[lead] < len(index):
            last = index.rows(np.array([min(done[lead] + _BATCH, len(index)) - 1]))
            until = [one.end_of(_owners(last)) for one in self.indexes]
            yield from self._stretch(done, until)
            done = until
        yield from self._stretch(done, [len(one) for one in self.indexes])

    def verify(self) -> None:
        """Compare every file with its digest. Raises RegistryError that names the first bad one."""
        for segment in self.manifest.segments:
            for name, info in segment.files.items():
                path = self.folder / name
                try:
                    digest = digest_of(path)
                except OSError as error:
                    raise RegistryError(f"{path}: cannot be read: {error.strerror}") from None
                if digest != info.sha256:
                    raise RegistryError(
                        f"{path}: is not as it was written: its SHA-256 is {digest}, the manifest "
                        f"says {info.sha256}; bring it back from a copy, or build the registry "
                        "again"
                    )

    def _current(self, depth: int, positions: Positions) -> Positions:
        """Those positions in the segment at ``depth`` whose numbers no newer segment has."""
        if not depth or not len(positions):
            return positions
        numbers = self.indexes[depth].numbers(positions)
        distinct, inverse = np.unique(numbers, return_inverse=True)
        left = np.arange(len(distinct))
        for newer in self.indexes[:depth]:
            left = left[~newer.has_numbers(distinct[left])]
        current = np.zeros(len(distinct), np.bool_)
        current[left] = True
        return positions[current[inverse]]

    def _stretch(self, starts: list[int], ends: list[int]) -> Iterator[pa.RecordBatch]:
        positions = []
        for depth, (index, start, end) in enumerate(zip(self.indexes, starts, ends, strict=True)):
            index.want_rows(np.array([start]), np.array([end]))
            positions.append(self._current(depth, np.arange(start, end, dtype=np.int64)))
        by_owner = ("owner_hi", "owner_lo", "number", "registered_at", "carrier")
        yield from self._table(positions, by_owner).combine_chunks().to_batches()

    def _table(self, positions: list[Positions], order: tuple[str, ...] = _ORDER) -> pa.Table:
        names = self._carriers
        parts, tables = [], []
        for index, mine in zip(self.indexes, positions, strict=True):
            rows = index.rows(mine)
            tables.append(table(rows, index.carriers, index.agents, index.owner_ids(rows)))
            codes = np.array([names[name] for name in index.carriers.to_pylist()], np.int64)
            keys = {name: rows[name] for name in order if name != "carrier"}
            parts.append({**keys, "carrier": codes[rows["carrier"]]})
        if not tables:
            return row_schema().empty_table()
        keys = {name: np.concatenate([part[name] for part in parts]) for name in order}
        sorted_rows = np.lexsort([keys[name] for name in reversed(order)])
        return pa.concat_tables(tables).take(column(sorted_rows.astype(np.int64)))

    @cached_property
    def _carriers(self) -> dict[str, int]:
        """The carriers of all segments and their positions in the order of UTF-8 bytes."""
        names = {name for index in self.indexes for name in index.carriers.to_pylist()}
        return {name: place for place, name in enumerate(sorted(names))}


def _owners(rows: Rows) -> NDArray[np.void]:
    owners = np.empty(len(rows), OWNER)
    owners["hi"], owners["lo"] = rows["owner_hi"], rows["owner_lo"]
    return owners


def _open_segment(folder: Path, segment: SegmentInfo) -> SegmentIndex:
    inside = f"{SEGMENTS}/{segment.name}"
    for name, info in segment.files.items():
        path = folder / name
        if name.rpartition("/")[2] in INDEX_FILES:
            continue
        try:
            size = path.stat().st_size
        except OSError as error:
            raise unopened(path, error) from None
        if size != info.bytes:
            raise RegistryError(
                f"{path}: has {size} bytes, the manifest says {info.bytes}; bring it back from a "
                "copy, or build the registry again"
            )
    sizes = {
        name: segment.files[f"{inside}/{name}"].bytes
        for name in INDEX_FILES
        if f"{inside}/{name}" in segment.files
    }
    return SegmentIndex(folder / inside, sizes)
