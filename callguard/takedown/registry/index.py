"""The index of one segment: memory-mapped records in owner order, and sorted numbers.

A look-up searches the fences (the first key of every block, small files) and then inside one block
of each wanted key, for all keys at once. Blocks are announced to the kernel before they are read,
so that cold files are read with many requests under way and not one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from callguard.errors import RegistryError
from callguard.takedown.registry.layout import (
    BLOCK,
    ID_BITS,
    NONE,
    OWNER,
    PLACE,
    ROW,
    Positions,
    Rows,
    column,
    ranges,
    texts,
)
from callguard.takedown.registry.mapped import MappedFile, bisect, pieces

if TYPE_CHECKING:
    import pyarrow as pa
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
# A segment of at most this many records keeps its keys in memory: a daily delta has none of most
# keys that are looked up, and says so without touching its files.
_SMALL: Final = 1 << 18
# Records before and after one that are looked at for more of the same owner.
_AROUND: Final = 16


class SegmentIndex:
    """Look-ups in one segment. Positions are record numbers of ``rows.bin``."""

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
        return self._names_of("carriers")

    @cached_property
    def agents(self) -> pa.Array:
        """Names of agents in the order of their codes."""
        return self._names_of("agents")

    def _names_of(self, kind: str) -> pa.Array:
        names: list[str] = orjson.loads(self._names.items.tobytes())[kind]
        return texts([name.encode() for name in names])

    def find_numbers(self, numbers: NDArray[np.int64]) -> tuple[Positions, Positions]:
        """How many records each number has, and the positions of all, one after the other."""
        counts = np.zeros(len(numbers), np.int64)
        possible = np.flatnonzero(self._may_have(numbers, "number"))
        counts[possible], positions = self._find_numbers(numbers[possible])
        return counts, positions

    def _find_numbers(self, numbers: NDArray[np.int64]) -> tuple[Positions, Positions]:
        counts, positions = np.zeros(len(numbers), np.int64), [np.empty(0, np.int64)]
        if len(numbers) >= _MANY:
            self._number_fence.want_all()
        fence = self._number_fence.items
        starts = _block_before(np.searchsorted(fence, numbers, "left"))
        ends = np.minimum(np.searchsorted(fence, numbers, "right") * BLOCK, len(self))
        self._numbers.want(starts, ends)
        for piece in pieces(len(numbers)):
            entries = self._numbers.items[ranges(starts[piece], ends[piece])]
            self._numbers.forget()
            keys = numbers[piece]
            which = np.repeat(np.arange(len(keys)), ends[piece] - starts[piece])
            mine = np.flatnonzero(entries["number"] == keys[which])
            counts[piece] = np.bincount(which[mine], minlength=len(keys))
            positions.append(entries["row"][mine])
        return counts, np.concatenate(positions)

    def has_numbers(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each number has a record here."""
        if self._keeps(len(numbers)):
            return self._may_have(numbers, "number")
        return self.find_numbers(numbers)[0] > 0

    def _keeps(self, count: int) -> bool:
        """Whether so many keys are looked up in keys that stay in memory."""
        return count >= _MANY and len(self) <= _SMALL

    def _may_have(self, keys: NDArray[np.int64], name: str) -> NDArray[np.bool_]:
        """Whether each number, or first half of an owner, is here; True where nobody looked."""
        if not len(self):
            return np.zeros(len(keys), np.bool_)
        if not self._keeps(len(keys)):
            return np.ones(len(keys), np.bool_)
        kept = self._kept_numbers if name == "number" else self._kept_owners
        positions = np.minimum(np.searchsorted(kept, keys), len(kept) - 1)
        return np.asarray(kept[positions] == keys)

    @cached_property
    def _kept_numbers(self) -> NDArray[np.int64]:
        return self._numbers.take_all("number")

    @cached_property
    def _kept_owners(self) -> NDArray[np.int64]:
        return self._rows.take_all("owner_hi")

    def around(self, positions: Positions) -> tuple[Rows, Positions, Positions, NDArray[np.bool_]]:
        """The records at these positions, and where those of the same owners start and end.

        The last array says whether that is certain: an owner's records may go on where nobody
        looked, and :meth:`find_owners` finds them.
        """
        count, size = len(positions), len(self)
        near = np.arange(-_AROUND, _AROUND + 1)
        self._rows.want(positions - _AROUND, positions + _AROUND + 1)
        rows, before, after = np.empty(count, ROW), np.zeros(count, np.int64), np.zeros(count, int)
        hi, lo = self._rows.items["owner_hi"], self._rows.items["owner_lo"]
        for piece in pieces(count):
            window = positions[piece, None] + near
            inside = (window >= 0) & (window < size)
            window = np.clip(window, 0, size - 1)
            rows[piece] = mine = self._rows.items[positions[piece]]
            same = (hi[window] == mine["owner_hi"][:, None]) & inside
            same &= lo[window] == mine["owner_lo"][:, None]
            self._rows.forget()
            # A column of False at each far end stops the count.
            stop = np.zeros((len(mine), 1), np.bool_)
            before[piece] = np.argmin(np.hstack((same[:, _AROUND - 1 :: -1], stop)), axis=1)
            after[piece] = np.argmin(np.hstack((same[:, _AROUND + 1 :], stop)), axis=1)
        certain = (before < _AROUND) & (after < _AROUND)
        return rows, positions - before, positions + after + 1, certain

    def find_owners(self, owners: NDArray[np.void]) -> tuple[Positions, Positions]:
        """For each owner (OWNER records) the start and end of its records, equal if it has none."""
        starts, ends = np.zeros(len(owners), np.int64), np.zeros(len(owners), np.int64)
        possible = np.flatnonzero(self._may_have(owners["hi"], "owner_hi"))
        starts[possible], ends[possible] = self._find_owners(owners[possible])
        return starts, ends

    def end_of(self, owners: NDArray[np.void]) -> int:
        """Where the records of one owner end, or would be if there are none."""
        return int(self._find_owners(owners)[1][0])

    def _find_owners(self, owners: NDArray[np.void]) -> tuple[Positions, Positions]:
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

    def want_rows(self, starts: Positions, ends: Positions) -> None:
        """Have the kernel read these stretches of records in the background."""
        self._rows.want(starts, ends)

    def rows(self, positions: Positions) -> Rows:
        """Copies of the records at these positions."""
        return self._rows.take(positions)

    def numbers(self, positions: Positions) -> Positions:
        """The numbers of the records at these positions."""
        return self._rows.take(positions, "number")

    def owner_ids(self, rows: Rows) -> pa.Array:
        """The owner ids of records as the feed gave them, null where it gave a document."""
        refs, inverse = np.unique(rows["owner_id"], return_inverse=True)
        starts = refs >> ID_BITS
        ends = starts + (refs & ((1 << ID_BITS) - 1))
        known = refs != NONE
        self._ids.want(starts[known], ends[known])
        blob = self._ids.items
        ids: list[bytes | None] = []
        for piece in pieces(len(refs)):
            limits = zip(starts[piece].tolist(), ends[piece].tolist(), known[piece], strict=True)
            ids += (blob[start:end].tobytes() if real else None for start, end, real in limits)
            self._ids.forget()
        return texts(ids).take(column(inverse))


def _bisect_owners(
    low: Positions,
    high: Positions,
    hi: Positions,
    lo: Positions,
    owners: NDArray[np.void],
    *,
    equal: bool,
) -> Positions:
    """The first position that is not before each owner, or with ``equal`` after its last record."""
    wanted_hi, wanted_lo = (np.ascontiguousarray(owners[name]) for name in ("hi", "lo"))

    def before(positions: Positions, keys: NDArray[np.intp]) -> NDArray[np.bool_]:
        mine_hi, mine_lo, key_hi, key_lo = (
            hi[positions],
            lo[positions],
            wanted_hi[keys],
            wanted_lo[keys],
        )
        smaller = mine_lo <= key_lo if equal else mine_lo < key_lo
        return np.asarray((mine_hi < key_hi) | ((mine_hi == key_hi) & smaller))

    return bisect(low, high, before)


def _block_before(fence_places: NDArray[np.intp]) -> Positions:
    """The first record of the block before the one whose fence was found (or of the first one)."""
    return np.maximum(np.asarray(fence_places, np.int64) - 1, 0) * BLOCK
