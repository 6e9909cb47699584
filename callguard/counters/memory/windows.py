"""Counts and sums over a sliding window, each group in one integer.

A ring has one lane a bucket, the newest lowest. Moving the window is a shift, counting an addition,
and what some lanes hold together is the remainder by a lane full of ones: lanes are digits, and a
number and the sum of its digits leave the same remainder. Above a state's head (see
:mod:`callguard.counters.memory.table`) stand the total of all lanes, less one event, and, unless
all of it lies in the head's own lane, the ring.
"""

from __future__ import annotations

from typing import Any, Final

from callguard.counters.memory.budget import Room
from callguard.counters.memory.keys import Key, Keys
from callguard.counters.memory.table import HEAD, HEAD_BITS, NUMBER, NUMBER_BITS, Table
from callguard.counters.protocol import PARTS, Group, Scalar, Series, WindowFigure

# Thousandths of any value that a record may hold, the seconds of the year 9999 among them.
VALUE_BITS: Final = 48
MOST: Final = (1 << VALUE_BITS) - 1

# The number of values in the low bits of a lane, their sum above: neither can overflow.
_SUM_BITS: Final = NUMBER_BITS + VALUE_BITS + NUMBER_BITS
# States below have no ring.
_EVENTS_END: Final = 1 << HEAD_BITS + NUMBER_BITS
_SUMS_END: Final = 1 << HEAD_BITS + _SUM_BITS
# One more event in the total; the same in the total and in the head's lane.
_ONE: Final = 1 << HEAD_BITS
_ONE_IN_RING: Final = _ONE | _EVENTS_END


class RingTable(Table):
    """Groups whose state has a total and a ring of lanes ``width`` bits wide."""

    __slots__ = ("lane", "most", "older", "total", "width")

    def __init__(self, series: Series, room: Room, keys: Keys, width: int) -> None:
        super().__init__(series, room, keys)
        self.width = width
        self.lane = (1 << width) - 1
        self.total = (1 << HEAD_BITS + width) - 1
        # All lanes of a ring but the head's own.
        self.most = width * (PARTS - 1)
        self.older = (1 << self.most) - 1

    def move(self, shard: dict[Key, Any], key: Key, state: int, bucket: int, more: int) -> int:
        """Count ``more`` in ``bucket`` (0: only judge), and give the total of its window.

        0 if it comes too late for the window, or finds nothing in it.
        """
        head = state & HEAD
        ahead = bucket - head
        if ahead <= -PARTS:
            return 0
        total = ((state & self.total) >> HEAD_BITS) + 1
        if ahead <= 0 and not more:
            return total
        width = self.width
        ring = state >> HEAD_BITS + width
        now, older = (ring & self.lane, ring >> width) if ring else (total, 0)
        if ahead > 0:
            if ahead < PARTS:
                older = (older << width | now) << width * (ahead - 1)
                gone = older >> self.most
                if gone:
                    total -= gone % self.lane
                    older &= self.older
            else:
                total = older = 0
            if not more:
                return total
            now, head = 0, bucket
            if bucket > self.newest:  # noqa: PLR1730  max() takes three times as long
                self.newest = bucket
        if ahead < 0:
            older += more << width * (-ahead - 1)
        else:
            now += more
        total += more
        new = head | total - 1 << HEAD_BITS
        if older:
            new |= (older << width | now) << HEAD_BITS + width
        self.replace(shard, key, state, new)
        return total


class EventTable(RingTable):
    """``event_count``: the number of events in the window."""

    __slots__ = ()

    def __init__(self, series: Series, room: Room, keys: Keys) -> None:
        super().__init__(series, room, keys, NUMBER_BITS)

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`Table`; None if there is no event in the window."""
        key, hashed = self.known.get(group) or self.keys.find(group)
        shard = self.shards[hashed & self.mask]
        state: int | None = shard.get(key)
        if state is None:
            if not matched:
                return None
            # The state of one event is its bucket: callers of the same time share the integer.
            self.begin(shard, key, hashed, bucket, self.newest if bucket == self.newest else bucket)
            return 1
        if state & HEAD == bucket:
            if state < _EVENTS_END:
                if matched:
                    shard[key] = state = state + _ONE
                return (state >> HEAD_BITS) + 1
            if matched:
                shard[key] = state = state + _ONE_IN_RING
            return (state >> HEAD_BITS & NUMBER) + 1
        if self.held > self.quota:
            self.room.grant(self)
            return self.step(group, bucket, matched, value)
        return self.move(shard, key, state, bucket, 1 if matched else 0) or None


class SumTable(RingTable):
    """``value_sum`` and ``value_avg``: how many values, and their sum in thousandths."""

    __slots__ = ()

    def __init__(self, series: Series, room: Room, keys: Keys) -> None:
        super().__init__(series, room, keys, _SUM_BITS)

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`Table`; None if there is no value in the window.

        Raises ValueError for a value that no record may hold.
        """
        more = 0
        if matched:
            if not isinstance(value, int) or not 0 <= value <= MOST:
                raise ValueError(f"{value!r} thousandths: expected a whole number up to {MOST}")
            more = value << NUMBER_BITS | 1
        key, hashed = self.known.get(group) or self.keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        if state is None:
            if not more:
                return None
            self.begin(shard, key, hashed, bucket, bucket | more - 1 << HEAD_BITS)
            return 1, more >> NUMBER_BITS
        if state & HEAD == bucket:
            if more:
                more <<= HEAD_BITS
                shard[key] = state = state + (
                    more if state < _SUMS_END else more | more << _SUM_BITS
                )
            total = (state >> HEAD_BITS & self.lane) + 1
            return total & NUMBER, total >> NUMBER_BITS
        if self.held > self.quota:
            self.room.grant(self)
            return self.step(group, bucket, matched, value)
        total = self.move(shard, key, state, bucket, more)
        return (total & NUMBER, total >> NUMBER_BITS) if total else None
