"""Files of fixed-width records, mapped into memory: many positions are read at once."""

from __future__ import annotations

import errno
import mmap
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from callguard.errors import RegistryError
from callguard.takedown.registry.layout import Positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Keys or records that are looked at before mapped pages are given back: each may map 16 pages of
# what the page cache holds, which would count as memory of ours.
_PIECE: Final = 2048
# Wanted stretches of a file that lie closer than this (bytes) are asked for as one.
_NEAR: Final = 8192
# Linux reads no more than its read-ahead limit for one piece of advice: that is usually this.
_ADVISED: Final = 128 << 10
# If this many wanted stretches, spread over all, are in the page cache, all are taken to be there.
_PROBES: Final = 64


class MappedFile:
    """A file of fixed-width records, mapped into memory and closed with :meth:`close`."""

    def __init__(self, path: Path, dtype: np.dtype[Any], expected: int) -> None:
        """Map a file of ``expected`` bytes. Raises RegistryError if it has another size."""
        self.items: NDArray[Any] = np.empty(0, dtype)
        self._map: mmap.mmap | None = None
        try:
            self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise unopened(path, error) from None
        size = os.fstat(self._descriptor).st_size
        if size != expected or size % dtype.itemsize:
            self.close()
            raise RegistryError(
                f"{path}: has {size} bytes, the manifest says {expected}; bring it back from a "
                "copy, or build the registry again"
            )
        if size:
            try:
                self._map = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)
            except OSError as error:
                self.close()
                raise unopened(path, error) from None
            self._map.madvise(mmap.MADV_RANDOM)
            self.items = np.frombuffer(self._map, dtype)

    def close(self) -> None:
        """Let go of the file; arrays that were handed out stay valid until they are dropped."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self.items = self.items[:0].copy()
        self._map = None

    def take(self, positions: Positions, name: str | None = None) -> NDArray[Any]:
        """Copies of the records at these positions, or of one field of them."""
        items = self.items if name is None else self.items[name]
        taken = np.empty(len(positions), items.dtype)
        for piece in pieces(len(positions)):
            taken[piece] = items[positions[piece]]
            self.forget()
        return taken

    def take_all(self, name: str) -> NDArray[Any]:
        """A copy of one field of all records."""
        self.want_all()
        return self.take(np.arange(len(self.items)), name)

    def forget(self) -> None:
        """Give mapped pages back; they stay in the page cache."""
        if self._map is not None:
            self._map.madvise(mmap.MADV_DONTNEED)

    def want_all(self) -> None:
        """Have the kernel read the whole file in the background."""
        self._advise(0, self.items.nbytes)

    def want(self, starts: Positions, ends: Positions) -> None:
        """Have the kernel read these stretches (record numbers) in the background.

        What is outside the file is left out. So cold files are read with
        many requests under way, and not one after the other.
        """
        width = self.items.dtype.itemsize
        if not len(starts):
            return
        order = np.argsort(starts, kind="stable")
        begin = np.maximum(starts[order] * width, 0)
        end = np.maximum.accumulate(np.minimum(ends[order] * width, self.items.nbytes))
        first = np.flatnonzero(np.concatenate(([True], begin[1:] > end[:-1] + _NEAR)))
        last = np.concatenate((first[1:], [len(begin)])) - 1
        offsets, limits = begin[first].tolist(), end[last].tolist()
        probes = np.linspace(0, len(offsets) - 1, _PROBES).astype(np.intp).tolist()
        if all(self._cached(offsets[one]) and self._cached(limits[one] - 1) for one in probes):
            return
        for offset, limit in zip(offsets, limits, strict=True):
            self._advise(offset, limit)

    def _advise(self, offset: int, limit: int) -> None:
        for start in range(offset, limit, _ADVISED):
            length = min(_ADVISED, limit - start)
            os.posix_fadvise(self._descriptor, start, length, os.POSIX_FADV_WILLNEED)

    def _cached(self, offset: int) -> bool:
        """Whether the byte at an offset is in the page cache."""
        try:
            return os.preadv(self._descriptor, [bytearray(1)], offset, os.RWF_NOWAIT) == 1
        except OSError:
            return False


def unopened(path: Path, error: OSError) -> RegistryError:
    """The error for a file of a registry that cannot be opened."""
    if error.errno in {errno.EMFILE, errno.ENFILE}:
        advice = "compact the registry, or allow more open files (ulimit -n)"
    else:
        advice = "bring it back from a copy, or build the registry again"
    return RegistryError(f"{path}: cannot be opened: {error.strerror}; {advice}")


def pieces(count: int) -> Iterator[slice]:
    """Slices of at most _PIECE that cover this many keys."""
    return (slice(start, start + _PIECE) for start in range(0, count, _PIECE))


def bisect(
    low: Positions,
    high: Positions,
    before: Callable[[Positions, NDArray[np.intp]], NDArray[np.bool_]],
) -> Positions:
    """For each key the first position in [low, high) that is not before it, all keys in step.

    ``before(positions, keys)`` says whether the records there are before the keys of those
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
