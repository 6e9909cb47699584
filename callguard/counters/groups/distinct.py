"""Distinct values over a sliding window.

A value counts while the newest bucket in which it was seen is in the window. Of a group that saw
one value the state holds it, above the low bits (see :mod:`callguard.counters.groups.table`). A
group that saw more has a dictionary with each value's newest bucket and, under None, the state: it
holds, in lanes, one a bucket, how many values each bucket is the newest of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import ABOVE, GroupKeys, Key
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, LOW, LOW_BITS, NUMBER, GroupTable
from callguard.counters.protocol import PARTS, Group, Scalar, Series, WindowFigure

Shard = dict[Key, Any]
# A dictionary of nothing but numbers and text is nothing to the garbage collector.
Seen = dict[Key | None, int]

# A lane, and all lanes together, hold at most twice the values that are told apart.
LANE_BITS: Final = 16
_LANE: Final = (1 << LANE_BITS) - 1
_LANES: Final = (1 << LANE_BITS * PARTS) - 1
# One value in the newest lane, and one in the number as well.
_FIRST: Final = 1 << LOW_BITS
_ONE: Final = 1 << BUCKET_BITS | _FIRST
# Values that are no numbers are mostly the few words of a choice, trunks, countries: so many of
# them get an integer each.
_WORDS: Final = 4096


class DistinctTable(GroupTable):
    """The number of distinct values of each group, at most ``series.keep``."""

    __slots__ = ("keep", "words")

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys) -> None:
        super().__init__(series, budget, group_keys)
        self.keep = series.keep
        # Never emptied: a file that is being written may refer to what was known when it was begun.
        self.words: dict[Key, int] = {}

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`GroupTable`; None if there is no value in the window."""
        key, hashed = self.known.get(group) or self.group_keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        if not matched or value is None:
            return None if state is None else self._judge(state, bucket)
        code, _ = self.known.get(value) or self.group_keys.find(value)
        if code.__class__ is not int:
            code = self._word(code)
        if bucket == self.newest_bucket:
            bucket = self.newest_bucket  # values of the same time share the integer
        if state is None:
            self._first(shard, key, hashed, bucket, code)
            return 1
        if self.held > self.quota:
            self.budget.grant(self)
            return self.step(group, bucket, matched, value)
        if state.__class__ is dict:
            return self._add(shard, key, hashed, state, bucket, code)
        return self._second(shard, key, hashed, state, bucket, code)

    def _second(
        self, shard: Shard, key: Key, hashed: int, state: int, bucket: int, code: Key
    ) -> int | None:
        """Count a value of a group that saw one."""
        newest = state & BUCKET
        if state >> LOW_BITS == code and bucket == newest:
            return 1
        if not -PARTS < bucket - newest < PARTS:
            return self._apart(shard, key, hashed, newest, bucket, code)
        if state >> LOW_BITS == code:
            shard[key] = max(bucket, newest) | state - newest
            self.newest_bucket = max(bucket, self.newest_bucket)
            return 1
        seen: Seen = {None: newest | _FIRST, state >> LOW_BITS: newest}
        shard[key] = seen
        self.held += self.weight(seen) - 1
        return self._add(shard, key, hashed, seen, bucket, code)

    def _add(
        self, shard: Shard, key: Key, hashed: int, seen: Seen, bucket: int, code: Key
    ) -> int | None:
        """Count a value of a group that saw others."""
        state = seen[None]
        newest = state & BUCKET
        if bucket != newest:
            if not -PARTS < bucket - newest < PARTS:
                return self._apart(shard, key, hashed, newest, bucket, code)
            self.newest_bucket = max(bucket, self.newest_bucket)
        last = seen.get(code)
        if last is None:
            self.held += 1
            seen[code] = bucket
            seen[None] = state = state + _ONE if bucket == newest else _moved(state, bucket, -1)
            if len(seen) > 2 * self.keep + 1:
                self._prune(seen)
        elif last < bucket:
            seen[code] = bucket
            seen[None] = state = _moved(state, bucket, last)
        number = (state >> BUCKET_BITS & NUMBER) + 1
        return number if number < self.keep else self.keep  # noqa: FURB136  min() takes longer

    def _apart(
        self, shard: Shard, key: Key, hashed: int, newest: int, bucket: int, code: Key
    ) -> int | None:
        """A value that comes too late for the group's window, or begins a new one."""
        if bucket < newest:
            return None
        self.drop(key, hashed)
        self._first(shard, key, hashed, bucket, code)
        return 1

    def _judge(self, state: int | Seen, bucket: int) -> int | None:
        """The figure, with nothing counted."""
        packed = state if isinstance(state, int) else state[None]
        ahead = bucket - (packed & BUCKET)
        if not -PARTS < ahead < PARTS:
            return None
        if isinstance(state, int):
            return 1
        number = (packed >> BUCKET_BITS & NUMBER) + 1
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
        """An integer for a value that is not a number, while there are some left."""
        code = self.words.get(key)
        if code is None:
            if len(self.words) == _WORDS:
                return key
            code = self.words[key] = ABOVE + len(self.words)
        return code

    def _prune(self, seen: Seen) -> None:
        """Keep the ``keep`` values seen last. While a dropped one would count, so do all these."""
        newest = seen.pop(None, 0) & BUCKET
        before = len(seen)
        last = sorted(seen.items(), key=itemgetter(1))[-self.keep :]
        lanes = 0
        seen.clear()
        for code, bucket in last:
            if bucket > newest - PARTS:
                seen[code] = bucket
                lanes += 1 << LANE_BITS * (newest - bucket)
        self.held += len(seen) - before
        seen[None] = newest | len(seen) - 1 << BUCKET_BITS | lanes << LOW_BITS

    def weight(self, state: int | Seen) -> int:
        """What a group takes of the budget: one more for each value, where there are several."""
        return 1 if isinstance(state, int) else 1 + len(state)

    def saved_words(self) -> list[Any]:
        """As said in :class:`GroupTable`."""
        return [*self.words]

    def take_words(self, words: Sequence[Any]) -> None:
        """As said in :class:`GroupTable`."""
        self.words = {word: ABOVE + position for position, word in enumerate(words)}

    def copy(self, state: int | Seen) -> int | Seen:
        """As said in :class:`GroupTable`."""
        return state if isinstance(state, int) else dict(state)

    def lowest(self, states: Iterable[int | Seen]) -> list[int]:
        """As said in :class:`GroupTable`."""
        return [(state if isinstance(state, int) else state[None]) & LOW for state in states]


def _moved(state: int, bucket: int, last: int) -> int:
    """The state when a value seen last in bucket ``last`` (-1: never) is seen in a later one."""
    newest, lanes = state & BUCKET, state >> LOW_BITS
    number = (state >> BUCKET_BITS & NUMBER) + 1
    if bucket > newest:
        lanes <<= LANE_BITS * (bucket - newest)
        gone = lanes >> LANE_BITS * PARTS
        if gone:
            number -= gone % _LANE
            lanes &= _LANES
        newest = bucket
    if last > newest - PARTS and last >= 0:
        lanes -= 1 << LANE_BITS * (newest - last)
        number -= 1
    lanes += 1 << LANE_BITS * (newest - bucket)
    return newest | number << BUCKET_BITS | lanes << LOW_BITS
