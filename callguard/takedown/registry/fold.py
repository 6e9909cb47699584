"""Rows of one number after another: duplicates folded, disputed times found.

Everything here works on whole stretches of rows that are sorted by number; no number is cut in two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from callguard.takedown.model import FOREVER
from callguard.takedown.registry.layout import NONE, integers

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Times fit in 40 bits from here on: years 1900 to 9998, and FOREVER.
_FIRST: Final = -(1 << 32)
_TIME_BITS: Final = 40
_KEYS: Final = ("number", "registered_at", "owner_hi", "owner_lo", "carrier", "line")


def whole_numbers(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches that are sorted by number, cut again so that no number is in two of them."""
    held: pa.Table | None = None
    for batch in batches:
        part = pa.Table.from_batches([batch])
        held = part if held is None else pa.concat_tables([held, part])
        numbers = integers(batch["number"])
        if not len(numbers) or numbers[0] == numbers[-1]:
            continue
        cut = held.num_rows - len(numbers) + int(np.searchsorted(numbers, numbers[-1], "left"))
        yield held.slice(0, cut).combine_chunks()
        held = held.slice(cut)
    if held is not None and held.num_rows:
        yield held.combine_chunks()


def fold(rows: pa.Table) -> tuple[pa.Table, int]:
    """The rows sorted by number, registered_at, owner and carrier, the last line of each kept.

    Carriers are whole numbers that sort as their names do. Also gives how many rows with a line of
    this feed (``line`` >= 0) fell away.
    """
    keys = [integers(rows[name]) for name in _KEYS]
    if not _ascending(keys):
        order = np.lexsort(keys[::-1])
        rows, keys = rows.take(order), [key[order] for key in keys]
    void = np.zeros(rows.num_rows, np.bool_)
    void[:-1] = np.logical_and.reduce([key[1:] == key[:-1] for key in keys[:-1]])
    if not void.any():
        return rows, 0
    return rows.filter(pa.array(~void)), int(np.count_nonzero(void & (keys[-1] >= 0)))


def _ascending(keys: list[NDArray[Any]]) -> bool:
    """Whether rows are in the order of these keys, the first one the most important."""
    undecided = np.ones(max(len(keys[0]) - 1, 0), np.bool_)
    for key in keys:
        if np.any(undecided & (key[1:] < key[:-1])):
            return False
        undecided &= key[1:] == key[:-1]
        if not undecided.any():
            break
    return True


def contested_until(rows: pa.Table) -> NDArray[np.int64]:
    """For each row the end of the longest row of another owner that overlaps it, or NONE.

    Rows are sorted by number and registered_at and hold every row of their numbers. A row that
    closes when it is registered, or before, was never open: it overlaps nothing.
    """
    number, start = integers(rows["number"]), integers(rows["registered_at"])
    end = integers(rows["closed_at"], FOREVER)
    until = np.full(len(number), NONE, np.int64)
    same = number[1:] == number[:-1]
    several = np.zeros(len(number), np.bool_)
    several[1:] |= same
    several[:-1] |= same
    mine = np.flatnonzero(several & (end > start))
    if len(mine):
        owner = (integers(rows["owner_hi"])[mine], integers(rows["owner_lo"])[mine])
        until[mine] = _longest(number[mine], start[mine], end[mine], owner)
    return until


def _longest(
    number: NDArray[Any],
    start: NDArray[Any],
    end: NDArray[Any],
    owner: tuple[NDArray[Any], NDArray[Any]],
) -> NDArray[np.int64]:
    """The same for rows that are open at some time.

    Of all rows that start before this one ends, those of other owners are asked for the latest
    end: if that is after our start, that row overlaps this one, and otherwise none does. The
    latest end of a number's first rows, and the latest one of any other owner, come from a prefix
    scan in steps of 1, 2, 4, … rows.
    """
    hi, lo = owner
    group = np.zeros(len(number), np.int64)
    np.cumsum(number[1:] != number[:-1], out=group[1:])
    key = (group << _TIME_BITS) + (start - _FIRST)
    # The last row of the group that starts before this one ends: this one, or a later one.
    last = np.searchsorted(key, (group << _TIME_BITS) + (end - _FIRST), "left") - 1
    # The row that ends last, and the latest end of the rows of other owners than that row's.
    best, other = np.arange(len(end)), np.full(len(end), NONE, np.int64)
    step = 1
    while step < len(group):
        left = np.flatnonzero(group[step:] == group[:-step])
        if not len(left):
            break
        right = left + step
        first, second = best[left], best[right]
        differ = (hi[first] != hi[second]) | (lo[first] != lo[second])
        later = end[first] > end[second]
        # Two best owners that differ: the loser comes second, unless the winner's own side has a
        # later second. A second of the loser's side never ends later than the loser.
        rival = np.where(later, other[left], other[right])
        loser = np.minimum(end[first], end[second])
        both = np.maximum(other[left], other[right])
        other[right] = np.where(differ, np.maximum(rival, loser), both)
        best[right] = np.where(later, first, second)
        step <<= 1
    winner = best[last]
    mine = (hi[winner] == hi) & (lo[winner] == lo)
    answer = np.where(mine, other[last], end[winner])
    return np.where(answer > start, answer, NONE)
