"""A bounded table of groups: many small dictionaries, each of which drops its lightest when full.

Small ones, so that making room in one takes milliseconds however large the whole is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, TypeVar

from callguard.engine.series import Figure, Group, Scalar, Series

State = TypeVar("State")
Shard = dict[Any, Any]
Stepper = Callable[[Group, int, int, Scalar | None], Figure]

# What stays of a shard that was full. The rest is room until the next time.
_KEPT: Final = 0.75
# Shards hold at most about this many groups when full; there is a power of two of them.
_SHARD: Final = 4096


class Table(Generic[State]):
    """The groups of one series, each with its state, at most about ``limit`` of them.

    A group weighs one, and more when its state grows (:meth:`weight`).
    """

    __slots__ = ("_mask", "evicted", "extra", "room", "series", "shards")

    def __init__(self, series: Series, limit: int) -> None:
        self.series = series
        self.evicted = 0
        # One group may hold twice ``keep`` values, and must not fill its shard.
        size = max(_SHARD, 8 * series.keep)
        count = 1
        while count * size < limit:
            count *= 2
        self._mask = count - 1
        self.room = max(1, limit // count)
        self.shards: list[Shard] = [{} for _ in range(count)]
        # Weight above one a group, by shard.
        self.extra = [0] * count

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:
        """Count if ``matched``, and give the figure."""
        raise NotImplementedError

    def head(self, state: State) -> int:
        """The newest bucket counted."""
        raise NotImplementedError

    def count(self, state: State) -> int:
        """How much lies in the window: what is light goes first."""
        raise NotImplementedError

    def weight(self, _state: State) -> int:
        """How much room the state takes, beyond that of one group."""
        return 0

    def copy(self, state: State) -> State:
        """A state that later steps do not change."""
        return state

    def __len__(self) -> int:
        return sum(map(len, self.shards))

    def get(self, group: Group) -> State | None:
        """The group's state, as it is kept."""
        return self.shards[hash(group) & self._mask].get(group)

    def put(self, group: Group, state: State | None) -> None:
        """Set the group's state; None forgets the group."""
        place = hash(group) & self._mask
        old = self.shards[place].pop(group, None)
        if old is not None:
            self.extra[place] -= self.weight(old)
        if state is not None:
            self.make_room(place)
            self.shards[place][group] = state
            self.extra[place] += self.weight(state)

    def preview(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:
        """What :meth:`step` would give, changing nothing."""
        old = self.get(group)
        kept = None if old is None else self.copy(old)
        room, self.room = self.room, 1 << 62
        try:
            return self.step(group, bucket, matched, value)
        finally:
            self.put(group, kept)
            self.room = room

    def clear(self) -> int:
        """Forget every group; how many there were."""
        gone = len(self)
        for place, shard in enumerate(self.shards):
            shard.clear()
            self.extra[place] = 0
        return gone

    def items(self) -> Iterator[tuple[Group, State]]:
        """Every group and its state, shard by shard."""
        for shard in self.shards:
            yield from shard.items()

    def make_room(self, place: int) -> None:
        """Drop what counts least from a full shard: passed windows first, then the lightest."""
        shard = self.shards[place]
        if len(shard) + self.extra[place] < self.room:
            return
        before = len(shard)
        newest = max(map(self.head, shard.values()), default=0) - self.series.parts
        # Sorted by what is left in the window; what has passed counts for nothing.
        order = sorted(shard, key=lambda group: self._standing(shard[group], newest), reverse=True)
        kept: Shard = {}
        weight = extra = 0
        for group in order:
            state = shard[group]
            if self.head(state) <= newest:
                break
            more = self.weight(state)
            if weight + 1 + more > self.room * _KEPT and kept:
                break
            kept[group] = state
            weight += 1 + more
            extra += more
        self.shards[place] = kept
        self.extra[place] = extra
        self.evicted += before - len(kept)

    def _standing(self, state: State, newest: int) -> tuple[int, int]:
        head = self.head(state)
        return (0, head) if head <= newest else (self.count(state), head)
