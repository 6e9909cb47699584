"""The groups of one series: how each is kept, found, and forgotten when the store is full.

Groups are kept in small dictionaries, shards, that are split when they are full (extendible
hashing: several positions may show the same shard), so that nothing takes long at once. A group's
state is mostly one integer: the garbage collector never has to look at it, it takes at most 48
bytes for one event, and as it never changes it can be kept for later as it is. From the lowest bit:

* 48 bits: the newest bucket that the group counted in;
* 44 bits: what was counted in the window that ends with it, less one, so that of two groups the
  one that counted less, or as much and longer ago, has the smaller number in these 92 bits;
* what the type of correlation needs as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any, Final

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys, Key
from callguard.counters.protocol import Group, Scalar, Series, WindowFigure

# Buckets of a second in the year 9999 fit, even those of a 1024th.
BUCKET_BITS: Final = 48
BUCKET: Final = (1 << BUCKET_BITS) - 1
# A million events a second for half a year.
NUMBER_BITS: Final = 44
NUMBER: Final = (1 << NUMBER_BITS) - 1
LOW_BITS: Final = BUCKET_BITS + NUMBER_BITS
LOW: Final = (1 << LOW_BITS) - 1

# A shard that has more groups is split in 64: seldom enough to cost little.
_SHARD: Final = 4096
_SPLIT: Final = 6
# The part of the groups looked at that goes at a time when the store is full.
_PART: Final = 4
# So many groups show which of them counted little.
_ENOUGH: Final = 1024
# Goes before everything that is still in a window.
_PASSED: Final = -1
_UNBOUNDED: Final = 1 << 62
# A state costs as much as one group, and one more for every 1024 bits (137 bytes).
_UNIT: Final = 10


class GroupTable:
    """The groups of one series. Not safe for threads: :class:`MemoryCounters` holds the lock."""

    __slots__ = (
        "__weakref__",
        "_depths",
        "_next",
        "budget",
        "evicted",
        "group_keys",
        "held",
        "known",
        "mask",
        "newest_bucket",
        "parts",
        "quota",
        "series",
        "shards",
    )

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys) -> None:
        self.series = series
        self.parts = series.parts
        self.budget = budget
        self.group_keys = group_keys
        self.known = group_keys.known
        self.evicted = 0
        self.newest_bucket = -1  # newest bucket of any group
        self._empty()

    def _empty(self) -> None:
        # A group is in the shard at position hash & mask. A shard of depth d is shown at every
        # position with the same d lowest bits.
        self.shards: list[dict[Key, Any]] = [{}]
        self.mask = 0
        self._depths = [0]
        self._next = 0  # position that is looked at next when the store is full
        self.held = 0
        self.quota = 0

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """Count if ``matched``, and give the figure."""
        raise NotImplementedError

    def weight(self, state: Any) -> int:
        """What a group takes of the budget."""
        more: int = state.bit_length() >> _UNIT
        return 1 + more

    def copy(self, state: Any) -> Any:
        """The state in an object that no step changes."""
        return state

    def lowest(self, states: Iterable[Any]) -> list[int]:
        """The lowest bits of these states: newest bucket and number."""
        return [state & LOW for state in states]

    def saved_words(self) -> list[Any]:
        """What states refer to by number, to be saved with them; mostly nothing."""
        return []

    def take_words(self, words: Sequence[Any]) -> None:
        """Take over what :meth:`saved_words` gave when the states were saved."""

    def begin(self, shard: dict[Key, Any], key: Key, hashed: int, bucket: int, state: Any) -> None:
        """Keep a new group with one event, in ``bucket``."""
        if self.held >= self.quota:
            self.budget.grant(self)
        self.held += 1
        if bucket > self.newest_bucket:  # noqa: PLR1730  max() takes three times as long
            self.newest_bucket = bucket
        shard[key] = state
        if len(shard) > _SHARD:
            self._split(hashed & self.mask)

    def replace(self, shard: dict[Key, Any], key: Key, old: int, new: int) -> None:
        """Set a group's state, which may be longer or shorter than before."""
        shard[key] = new
        self.held += (new.bit_length() >> _UNIT) - (old.bit_length() >> _UNIT)

    def drop(self, key: Key, hashed: int) -> bool:
        """Forget the group; whether it was there."""
        state = self.shards[hashed & self.mask].pop(key, None)
        if state is None:
            return False
        self.held -= self.weight(state)
        return True

    def restore(self, key: Key, hashed: int, state: Any) -> None:
        """Keep the group in that state, whatever it was."""
        self.drop(key, hashed)
        (low,) = self.lowest([state])
        shard = self.shards[hashed & self.mask]
        self.begin(shard, key, hashed, low & BUCKET, state)
        self.held += self.weight(state) - 1

    def preview(
        self, group: Group, bucket: int, matched: int, value: Scalar | None
    ) -> WindowFigure:
        """What :meth:`step` would give, changing nothing."""
        key, hashed = self.group_keys.find(group)
        state = self.shards[hashed & self.mask].get(key)
        kept = None if state is None else self.copy(state)
        before = self.held, self.quota, self.newest_bucket
        self.quota = _UNBOUNDED  # nobody is forgotten for it
        try:
            return self.step(group, bucket, matched, value)
        finally:
            self.drop(key, hashed)
            if kept is not None:
                self.restore(key, hashed, kept)
            self.held, self.quota, self.newest_bucket = before

    def shard_from(self, position: int) -> int | None:
        """The position of the next shard from there on; None if all come before.

        Of a shard that is split after its turn, parts may come again.
        """
        for shown in range(position, len(self.shards)):
            if not shown >> self._depths[shown]:
                return shown
        return None

    def groups(self) -> int:
        """How many groups are kept."""
        return sum(
            len(shard)
            for position, shard in enumerate(self.shards)
            if not position >> self._depths[position]
        )

    def clear(self) -> int:
        """Forget every group; how many there were."""
        gone = self.groups()
        self._empty()
        return gone

    def shrink(self) -> bool:
        """Forget groups whose window has passed, or else the quarter that counted least.

        Of some shards only, which take turns. False if there was nothing to forget.
        """
        shards = [self.shards[position] for position in self._turn()]
        keys = [key for shard in shards for key in shard]
        if not keys:
            return False
        edge = self.newest_bucket - self.parts
        ranks = [
            _PASSED if low & BUCKET <= edge else low
            for shard in shards
            for low in self.lowest(shard.values())
        ]
        number = max(1, len(keys) // _PART, ranks.count(_PASSED))
        last = sorted(ranks)[number - 1]
        gone = {key for key, low in zip(keys, ranks, strict=True) if low < last}
        alike = (key for key, low in zip(keys, ranks, strict=True) if low == last)
        gone.update(islice(alike, number - len(gone)))
        for shard in shards:
            self._remove(shard, gone)
        self.evicted += len(gone)
        return True

    def _remove(self, shard: dict[Key, Any], gone: AbstractSet[Key]) -> None:
        self.held -= sum([self.weight(state) for key, state in shard.items() if key in gone])
        left = {key: state for key, state in shard.items() if key not in gone}
        # A dictionary out of which much was taken stays large: it is filled again.
        shard.clear()
        shard.update(left)

    def _turn(self) -> Iterator[int]:
        """Positions of the shards whose turn it is: enough to rank their groups."""
        number = 0
        for _ in range(len(self.shards)):
            position = self._next & self.mask
            self._next = position + 1
            if position >> self._depths[position]:
                continue
            yield position
            number += len(self.shards[position])
            if number >= _ENOUGH:
                return

    def _split(self, position: int) -> None:
        """Make many shards of one, by the next bits of the hash."""
        depth = self._depths[position]
        if 1 << depth > self.mask:
            self.shards *= 1 << _SPLIT
            self._depths *= 1 << _SPLIT
            self.mask = len(self.shards) - 1
        parts: list[dict[Key, Any]] = [{} for _ in range(1 << _SPLIT)]
        last = len(parts) - 1
        for key, state in self.shards[position].items():
            parts[self.group_keys.hash_of(key) >> depth & last][key] = state
        for shown in range(position & (1 << depth) - 1, len(self.shards), 1 << depth):
            self.shards[shown] = parts[shown >> depth & last]
            self._depths[shown] = depth + _SPLIT
