"""Counts and sums over a sliding window, each group in one integer.

The integer is a ring of lanes, one a bucket, the newest lowest, above the head bucket. Moving the
window is a shift, counting an addition, and the total of all lanes is the remainder by a lane full
of ones: lanes are digits, and a number and the sum of its digits leave the same remainder. A
caller with one event takes 32 bytes.
"""

from __future__ import annotations

from typing import Final

from callguard.engine.counters.shards import Table
from callguard.engine.series import PARTS, Figure, Group, Scalar

HEAD_BITS: Final = 48
HEAD: Final = (1 << HEAD_BITS) - 1

# One digit of a Python integer, so that the remainder is fast.
EVENT_BITS: Final = 30
# More events than this in one window are not told apart.
MOST_EVENTS: Final = (1 << EVENT_BITS) - 2

# The number of values in the low bits, the sum of thousandths above: no sum of values that a
# record may hold (up to 2.6e14 thousandths) times 2**40 of them fills a lane.
NUMBER_BITS: Final = 40
SUM_BITS: Final = 130


class EventTable(Table[int]):
    """``event_count``: the number of events in the window."""

    __slots__ = ()

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:  # noqa: ARG002
        """As said in :class:`Table`; None if there is no event in the window."""
        shard = self.shards[hash(group) & self._mask]
        state = shard.get(group)
        if state is None:
            if not matched:
                return None
            place = hash(group) & self._mask
            if len(shard) >= self.room:
                self.make_room(place)
            self.shards[place][group] = 1 << HEAD_BITS | bucket
            return 1
        head = state & HEAD
        ring = state >> HEAD_BITS
        behind = head - bucket
        if behind <= 0:
            if behind:
                ring = (ring << -EVENT_BITS * behind) & _EVENT_RING if behind > -PARTS else 0
            total: int = ring % _EVENT_LANE
            if matched:
                if total < MOST_EVENTS:
                    ring += 1
                    total += 1
                shard[group] = ring << HEAD_BITS | bucket
        else:
            if behind >= PARTS:
                return None
            total = ring % _EVENT_LANE
            if matched and total < MOST_EVENTS:
                shard[group] = state + (1 << HEAD_BITS + EVENT_BITS * behind)
                total += 1
        return total or None

    def head(self, state: int) -> int:
        """The newest bucket counted."""
        return state & HEAD

    def count(self, state: int) -> int:
        """The number of events in the window."""
        return (state >> HEAD_BITS) % _EVENT_LANE


class SumTable(Table[int]):
    """``value_sum`` and ``value_avg``: how many values, and their sum in thousandths."""

    __slots__ = ()

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:
        """As said in :class:`Table`; None if there is no value in the window."""
        place = hash(group) & self._mask
        shard = self.shards[place]
        state = shard.get(group)
        if state is None:
            if not matched:
                return None
            if len(shard) >= self.room:
                self.make_room(place)
                shard = self.shards[place]
            state = bucket
        head = state & HEAD
        ring = state >> HEAD_BITS
        behind = head - bucket
        if behind >= PARTS:
            return None
        if behind < 0:
            ring = (ring << -SUM_BITS * behind) & _SUM_RING if behind > -PARTS else 0
            head, behind = bucket, 0
        if matched:
            ring += (int(value or 0) << NUMBER_BITS | 1) << SUM_BITS * behind
            shard[group] = ring << HEAD_BITS | head
        total = ring % _SUM_LANE
        return (total & _NUMBER, total >> NUMBER_BITS) if total else None

    def head(self, state: int) -> int:
        """The newest bucket counted."""
        return state & HEAD

    def count(self, state: int) -> int:
        """The number of values in the window."""
        return (state >> HEAD_BITS) % _SUM_LANE & _NUMBER


_EVENT_LANE: Final = (1 << EVENT_BITS) - 1
_EVENT_RING: Final = (1 << EVENT_BITS * PARTS) - 1
_SUM_LANE: Final = (1 << SUM_BITS) - 1
_SUM_RING: Final = (1 << SUM_BITS * PARTS) - 1
_NUMBER: Final = (1 << NUMBER_BITS) - 1
