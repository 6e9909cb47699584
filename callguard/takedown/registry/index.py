"""The index of one segment: memory-mapped records in owner order, and sorted numbers.

A look-up searches the fences (the first key of every block, small files) and then inside one block
of each wanted key, for all keys at once. Blocks are announced to the kernel before they are read,
so that cold files are read with many requests under way and not one after the other.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson
import pyarrow as pa

from callguard.errors import RegistryError
from callguard.takedown.registry.layout import (
    BLOCK,
    ID_BITS,
    NONE,
    OWNER,
    PLACE,
    ROW,
    Places,
    Rows,
    ranges,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS_FILE: Final = "rows.bin"
NUMBERS_FILE: Final = "numbers.bin"
OWNER_FENCE: Final = "owners.fence"
NUMBER_FENCE: Final = "numbers.fence"
IDS_FILE: Final = "owner_ids.bin"
NAMES_FILE: Final = "names.json"
INDEX_FILES: Final = (
    ROWS_FILE,
    NUMBERS_FILE,
    OWNER_FENCE,
    NUMBER_FENCE,
    IDS_FILE,
    NAMES_FILE,
)

# From this many keys on a whole fence is asked for; fewer touch few of its pages.
_MANY: Final = 256
# Keys or records that are looked at before mapped pages are given back: each may map 16 pages of
# what the page cache holds, which would count as memory of ours.
_PIECE: Final = 2048
# Wanted stretches of a file that lie closer than this (bytes) are asked for as one.
_NEAR: Final = 8192


class MappedFile:
    """A file of fixed-width records, mapped into memory and closed with :meth:`close`."""

    def __init__(self, path: Path, dtype: np.dtype[Any], expected: int) -> None:
        """Map a file of ``expected`` bytes. Raises RegistryError if it has another size."""
        self.items: NDArray[Any] = np.empty(0, dtype)
        self._map: mmap.mmap | None = None
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise RegistryError(
                f"{path}: cannot be opened: {error.strerror}; bring it back from a copy, or build "
                "the registry again"
            ) from None
        size = os.fstat(self._descriptor).st_size
        if size != expected or size % dtype.itemsize:
            self.close()
            raise RegistryError(
                f"{path}: has {size} bytes, the manifest says {expected}; bring it back from a "
                "copy, or build the registry again"
            )
        if size:
            self._map = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)
            self._map.madvise(mmap.MADV_RANDOM)
            self.items = np.frombuffer(self._map, dtype)

    def close(self) -> None:
        """Let go of the file; arrays that were handed out stay valid until they are dropped."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self.items = self.items[:0].copy()
        self._map = None

    def take(self, places: Places, name: str | None = None) -> NDArray[Any]:
        """Copies of the records at these places, or of one field of them."""
        items = self.items if name is None else self.items[name]
        found = np.empty(len(places), items.dtype)
        for piece in pieces(len(places)):
            found[piece] = items[places[piece]]
            self.forget()
        return found

    def forget(self) -> None:
        """Give mapped pages back; they stay in the page cache."""
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)

    def want_all(self) -> None:
        """Have the kernel read the whole file in the background."""
        os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_WILLNEED)

    def want(self, starts: Places, ends: Places) -> None:
        """Have the kernel read these stretches (record numbers) in the background."""
        width = self.items.dtype.itemsize
        if not len(starts):
            return
        order = np.argsort(starts, kind="stable")
        begin = starts[order] * width
        end = np.maximum.accumulate(ends[order] * width)
        first = np.flatnonzero(np.concatenate(([True], begin[1:] > end[:-1] + _NEAR)))
        last = np.concatenate((first[1:], [len(begin)])) - 1
        offsets = begin[first]
        lengths = end[last] - offsets
        advise, descriptor = os.posix_fadvise, self._descriptor
        for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
            advise(descriptor, offset, length, os.POSIX_FADV_WILLNEED)


def pieces(count: int) -> Iterator[slice]:
    """Slices of at most _PIECE that cover this many keys."""
    return (slice(start, start + _PIECE) for start in range(0, count, _PIECE))


def bisect(
    low: Places, high: Places, before: Callable[[Places, NDArray[np.intp]], NDArray[np.bool_]]
) -> Places:
    """For each key the first place in [low, high) that is not before it, all keys in step.

    ``before(places, keys)`` says whether the records there stand before the keys of those
    positions.
    """
    low, high = low.copy(), high.copy()
    open_keys = np.flatnonzero(low < high)
    while len(open_keys):
        middle = (low[open_keys] + high[open_keys]) >> 1
        ahead = before(middle, open_keys)
        low[open_keys[ahead]] = middle[ahead] + 1
        high[open_keys[~ahead]] = middle[~ahead]
        open_keys = open_keys[low[open_keys] < high[open_keys]]
    return low


class SegmentIndex:
    """Look-ups in one segment. Places are record numbers of ``rows.bin``."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        """Map the files of a segment's folder, whose sizes in bytes the manifest gives.

        Raises RegistryError if a file is missing or has another size.
        """
        self.folder = folder
        self._files: list[MappedFile] = []
        self._sizes = sizes
        try:
            self._rows = self._open(ROWS_FILE, ROW)
            self._numbers = self._open(NUMBERS_FILE, PLACE)
            self._owner_fence = self._open(OWNER_FENCE, OWNER)
            self._number_fence = self._open(NUMBER_FENCE, np.dtype("<i8"))
            self._ids = self._open(IDS_FILE, np.dtype("u1"))
            self._names = self._open(NAMES_FILE, np.dtype("u1"))
            blocks = -(-len(self._rows.items) // BLOCK)
            if not (
                len(self._rows.items) == len(self._numbers.items)
                and blocks == len(self._owner_fence.items) == len(self._number_fence.items)
            ):
                raise RegistryError(f"{folder}: its files do not belong together; build it again")
        except BaseException:
            self.close()
            raise

    def _open(self, name: str, dtype: np.dtype[Any]) -> MappedFile:
        path = self.folder / name
        if name not in self._sizes:
            raise RegistryError(f"{path}: is not in the manifest; build the registry again")
        self._files.append(MappedFile(path, dtype, self._sizes[name]))
        return self._files[-1]

    def close(self) -> None:
        for file in self._files:
            file.close()

    def __len__(self) -> int:
        return len(self._rows.items)

    @cached_property
    def carriers(self) -> pa.Array:
        """Names of carriers in the order of their codes."""
        return pa.array(self._names_of("carriers"), pa.string())

    @cached_property
    def agents(self) -> pa.Array:
        """Names of agents in the order of their codes."""
        return pa.array(self._names_of("agents"), pa.string())

    def _names_of(self, kind: str) -> list[str]:
        found: list[str] = orjson.loads(self._names.items.tobytes())[kind]
        return found

    def find_numbers(self, numbers: NDArray[np.int64]) -> tuple[Places, Places]:
        """For each number the start and end of its entries among the sorted numbers."""
        if not len(self) or not len(numbers):
            nothing = np.zeros(len(numbers), np.int64)
            return nothing, nothing
        fence, items = self._number_fence.items, self._numbers.items["number"]
        if len(numbers) >= _MANY:
            self._number_fence.want_all()
        size = len(self)
        first = _block_before(np.searchsorted(fence, numbers, "left"))
        last = np.searchsorted(fence, numbers, "right") * BLOCK
        starts, ends = first, np.minimum(last, size)
        self._numbers.want(starts, ends)
        low, high = np.empty_like(starts), np.empty_like(ends)
        for piece in pieces(len(numbers)):
            keys, start, end = numbers[piece], starts[piece], ends[piece]
            low[piece] = bisect(
                start,
                np.minimum(start + BLOCK, end),
                lambda places, which, keys=keys: items[places] < keys[which],
            )
            high[piece] = bisect(
                np.maximum(low[piece], end - BLOCK),
                end,
                lambda places, which, keys=keys: items[places] <= keys[which],
            )
            self._numbers.forget()
        return low, high

    def number_rows(self, starts: Places, ends: Places) -> Places:
        """The places of the records of entries that :meth:`find_numbers` found."""
        return self._numbers.take(ranges(starts, ends), "row")

    def has_numbers(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each number has a row here."""
        low, high = self.find_numbers(numbers)
        return low < high

    def find_owners(self, owners: NDArray[np.void]) -> tuple[Places, Places]:
        """For each owner (OWNER records) the start and end of its records."""
        if not len(self) or not len(owners):
            nothing = np.zeros(len(owners), np.int64)
            return nothing, nothing
        if len(owners) >= _MANY:
            self._owner_fence.want_all()
        fence, rows = self._owner_fence.items, self._rows.items
        blocks = np.zeros(len(owners), np.int64), np.full(len(owners), len(fence), np.int64)
        first = _bisect_owners(*blocks, fence["hi"], fence["lo"], owners, equal=False)
        last = _bisect_owners(*blocks, fence["hi"], fence["lo"], owners, equal=True) * BLOCK
        starts, ends = _block_before(first), np.minimum(last, len(self))
        first_end, last_start = np.minimum(starts + BLOCK, ends), np.maximum(starts, ends - BLOCK)
        self._rows.want(np.concatenate((starts, last_start)), np.concatenate((first_end, ends)))
        low, high = np.empty_like(starts), np.empty_like(ends)
        for piece in pieces(len(owners)):
            where = rows["owner_hi"], rows["owner_lo"], owners[piece]
            low[piece] = _bisect_owners(starts[piece], first_end[piece], *where, equal=False)
            begin = np.maximum(low[piece], last_start[piece])
            high[piece] = _bisect_owners(begin, ends[piece], *where, equal=True)
            self._rows.forget()
        return low, high

    def want_rows(self, places: Places) -> None:
        """Have the kernel read these records in the background."""
        self._rows.want(places, places + 1)

    def rows(self, places: Places) -> Rows:
        """Copies of the records at these places."""
        return self._rows.take(places)

    def numbers(self, places: Places) -> Places:
        """The numbers of the records at these places."""
        return self._rows.take(places, "number")

    def owner_ids(self, rows: Rows) -> pa.Array:
        """The owner ids of records as the feed gave them, null where it gave a document."""
        refs, inverse = np.unique(rows["owner_id"], return_inverse=True)
        starts = refs >> ID_BITS
        ends = starts + (refs & ((1 << ID_BITS) - 1))
        known = refs != NONE
        if len(refs) >= _MANY:
            self._ids.want(starts[known], ends[known])
        blob = self._ids.items
        texts = [
            blob[start:end].tobytes().decode() if there else None
            for start, end, there in zip(
                starts.tolist(), ends.tolist(), known.tolist(), strict=True
            )
        ]
        return pa.array(texts, pa.string()).take(pa.array(inverse))


def _bisect_owners(
    low: Places, high: Places, hi: Places, lo: Places, owners: NDArray[np.void], *, equal: bool
) -> Places:
    """Bisect places by owner (its two halves ``hi`` and ``lo``): before each, or after equal ones."""
    wanted_hi, wanted_lo = (np.ascontiguousarray(owners[name]) for name in ("hi", "lo"))

    def before(places: Places, keys: NDArray[np.intp]) -> NDArray[np.bool_]:
        mine_hi, mine_lo, key_hi, key_lo = hi[places], lo[places], wanted_hi[keys], wanted_lo[keys]
        smaller = mine_lo <= key_lo if equal else mine_lo < key_lo
        return (mine_hi < key_hi) | ((mine_hi == key_hi) & smaller)

    return bisect(low, high, before)


def _block_before(fence_places: NDArray[np.intp]) -> Places:
    """The first record of the block before the one whose fence was found (or of the first one)."""
    return np.maximum(np.asarray(fence_places, np.int64) - 1, 0) * BLOCK
