"""Distinct values over a sliding window.

A value counts while the newest bucket in which it was seen lies in the window. Of a group that saw
one value the state holds it, above the low bits (see :mod:`callguard.counters.memory.table`). A
group that saw more has a dictionary with each value's newest bucket and, under None, the state: it
holds, in a ring of lanes, how many values each bucket is the newest of.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any, Final

from callguard.counters.memory.budget import Room
from callguard.counters.memory.keys import ABOVE, Key, Keys
from callguard.counters.memory.table import HEAD, HEAD_BITS, LOW, LOW_BITS, NUMBER, Table
from callguard.counters.protocol import PARTS, Group, Scalar, Series, WindowFigure

Shard = dict[Key, Any]
# A dictionary of nothing but numbers and text is nothing to the garbage collector.
Seen = dict[Key | None, int]

# A lane, and all lanes together, hold at most twice the values that are told apart.
LANE_BITS: Final = 16
_LANE: Final = (1 << LANE_BITS) - 1
_RING: Final = (1 << LANE_BITS * PARTS) - 1
# One value in the head's lane, and one in the number as well.
_FIRST: Final = 1 << LOW_BITS
_ONE: Final = 1 << HEAD_BITS | _FIRST
# Values that are no numbers are mostly the few words of a choice, trunks, countries: so many of
# them get an integer each.
_WORDS: Final = 4096


class DistinctTable(Table):
    """``value_count``: the number of distinct values in the window, at most ``series.keep``."""

    __slots__ = ("keep", "words")

    def __init__(self, series: Series, room: Room, keys: Keys) -> None:
        super().__init__(series, room, keys)
        self.keep = series.keep
        # Never emptied: a file that is being written may refer to what was known when it was begun.
        self.words: dict[Key, int] = {}

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`Table`; None if there is no value in the window."""
        key, hashed = self.known.get(group) or self.keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        if not matched or value is None:
            return None if state is None else self._judge(state, bucket)
        code, _ = self.known.get(value) or self.keys.find(value)
        if code.__class__ is not int:
            code = self._word(code)
        if bucket == self.newest:
            bucket = self.newest  # values of the same time share the integer
        if state is None:
            self._first(shard, key, hashed, bucket, code)
            return 1
        if self.held > self.quota:
            self.room.grant(self)
            return self.step(group, bucket, matched, value)
        if state.__class__ is dict:
            return self._add(shard, key, hashed, state, bucket, code)
        return self._second(shard, key, hashed, state, bucket, code)

    def _second(
        self, shard: Shard, key: Key, hashed: int, state: int, bucket: int, code: Key
    ) -> int | None:
        """Count a value of a group that saw one."""
        head = state & HEAD
        if state >> LOW_BITS == code and bucket == head:
            return 1
        if not -PARTS < bucket - head < PARTS:
            return self._apart(shard, key, hashed, head, bucket, code)
        if state >> LOW_BITS == code:
            shard[key] = max(bucket, head) | state - head
            self.newest = max(bucket, self.newest)
            return 1
        seen: Seen = {None: head | _FIRST, state >> LOW_BITS: head}
        shard[key] = seen
        self.held += self.weight(seen) - 1
        return self._add(shard, key, hashed, seen, bucket, code)

    def _add(
        self, shard: Shard, key: Key, hashed: int, seen: Seen, bucket: int, code: Key
    ) -> int | None:
        """Count a value of a group that saw others."""
        state = seen[None]
        head = state & HEAD
        if bucket != head:
            if not -PARTS < bucket - head < PARTS:
                return self._apart(shard, key, hashed, head, bucket, code)
            self.newest = max(bucket, self.newest)
        last = seen.get(code)
        if last is None:
            self.held += 1
            seen[code] = bucket
            seen[None] = state = state + _ONE if bucket == head else _moved(state, bucket, -1)
            if len(seen) > 2 * self.keep + 1:
                self._prune(seen)
        elif last < bucket:
            seen[code] = bucket
            seen[None] = state = _moved(state, bucket, last)
        number = (state >> HEAD_BITS & NUMBER) + 1
        return number if number < self.keep else self.keep  # noqa: FURB136  min() takes longer

    def _apart(
        self, shard: Shard, key: Key, hashed: int, head: int, bucket: int, code: Key
    ) -> int | None:
        """A value that comes too late for the group's window, or begins a new one."""
        if bucket < head:
            return None
        self.drop(key, hashed)
        self._first(shard, key, hashed, bucket, code)
        return 1

    def _judge(self, state: int | Seen, bucket: int) -> int | None:
        """The figure, with nothing counted."""
        packed = state if isinstance(state, int) else state[None]
        ahead = bucket - (packed & HEAD)
        if not -PARTS < ahead < PARTS:
            return None
        if isinstance(state, int):
            return 1
        number = (packed >> HEAD_BITS & NUMBER) + 1
        if ahead > 0:
            number -= (packed >> LOW_BITS + LANE_BITS * (PARTS - ahead)) % _LANE
        return min(number, self.keep) or None

    def _first(self, shard: Shard, key: Key, hashed: int, bucket: int, code: Key) -> None:
        """Keep a new group with one value."""
        if isinstance(code, int):
            self.begin(shard, key, hashed, bucket, bucket | code << LOW_BITS)
            return
        seen: Seen = {None: bucket | _FIRST, code: bucket}
        self.begin(shard, key, hashed, bucket, seen)
        self.held += self.weight(seen) - 1

    def _word(self, key: Key) -> Key:
        """An integer for a value that is no number, while there are some left."""
        code = self.words.get(key)
        if code is None:
            if len(self.words) == _WORDS:
                return key
            code = self.words[key] = ABOVE + len(self.words)
        return code

    def _prune(self, seen: Seen) -> None:
        """Keep the ``keep`` values seen last. While a dropped one would count, so do all these."""
        head = seen.pop(None, 0) & HEAD
        before = len(seen)
        last = sorted(seen.items(), key=itemgetter(1))[-self.keep :]
        ring = 0
        seen.clear()
        for code, bucket in last:
            if bucket > head - PARTS:
                seen[code] = bucket
                ring += 1 << LANE_BITS * (head - bucket)
        self.held += len(seen) - before
        seen[None] = head | len(seen) - 1 << HEAD_BITS | ring << LOW_BITS

    def weight(self, state: int | Seen) -> int:
        """How much room a group takes."""
        return 1 if isinstance(state, int) else 1 + len(state)

    def copy(self, state: int | Seen) -> int | Seen:
        """As said in :class:`Table`."""
        return state if isinstance(state, int) else dict(state)

    def lowest(self, states: Iterable[int | Seen]) -> list[int]:
        """As said in :class:`Table`."""
        return [(state if isinstance(state, int) else state[None]) & LOW for state in states]


def _moved(state: int, bucket: int, last: int) -> int:
    """The state when a value seen last in bucket ``last`` (-1: never) is seen in a later one."""
    head, ring = state & HEAD, state >> LOW_BITS
    number = (state >> HEAD_BITS & NUMBER) + 1
    if bucket > head:
        ring <<= LANE_BITS * (bucket - head)
        gone = ring >> LANE_BITS * PARTS
        if gone:
            number -= gone % _LANE
            ring &= _RING
        head = bucket
    if last > head - PARTS and last >= 0:
        ring -= 1 << LANE_BITS * (head - last)
        number -= 1
    ring += 1 << LANE_BITS * (head - bucket)
    return head | number << HEAD_BITS | ring << LOW_BITS
