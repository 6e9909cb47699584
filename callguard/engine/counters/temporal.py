"""Which rules were seen in a window, and in which order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from callguard.engine.counters.shards import Table
from callguard.engine.series import Figure, Group, Scalar


class TemporalTable(Table[tuple[int, ...]]):
    """``temporal``: the rules seen in the window. A state has each rule's newest bucket, or -1."""

    __slots__ = ()

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:  # noqa: ARG002
        """As said in :class:`Table`; None if there is no event in the window."""
        place = hash(group) & self._mask
        state = self.shards[place].get(group)
        if state is None:
            if not matched:
                return None
            self.make_room(place)
            state = (-1,) * self.series.rules
        head = max(state)
        if head >= 0 and bucket <= head - self.series.parts:
            return None
        if matched:
            state = tuple(
                [
                    max(last, bucket) if matched >> rule & 1 else last
                    for rule, last in enumerate(state)
                ]
            )
            self.shards[place][group] = state
        after = max(head, bucket) - self.series.parts
        seen = 0
        for rule, last in enumerate(state):
            if last >= 0 and last > after:
                seen |= 1 << rule
        return seen or None

    def head(self, state: tuple[int, ...]) -> int:
        """The newest bucket counted."""
        return max(state)

    def count(self, state: tuple[int, ...]) -> int:
        """The number of rules seen in the window."""
        after = max(state) - self.series.parts
        return sum(1 for last in state if last >= 0 and last > after)


class Ordered:
    """Buckets with events, oldest first, and the rules that each saw."""

    __slots__ = ("buckets", "masks")

    def __init__(self, buckets: list[int], masks: list[int]) -> None:
        self.buckets = buckets
        self.masks = masks


class OrderedTable(Table[Ordered]):
    """``temporal_ordered``: how many rules, from the first, were seen in order."""

    __slots__ = ()

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:  # noqa: ARG002
        """As said in :class:`Table`; None if there is no event in the window."""
        place = hash(group) & self._mask
        state = self.shards[place].get(group)
        if state is None:
            if not matched:
                return None
            self.make_room(place)
            state = self.shards[place][group] = Ordered([bucket], [0])
        buckets, masks = state.buckets, state.masks
        head = buckets[-1]
        if bucket <= head - self.series.parts:
            return None
        if matched:
            where = bisect_left(buckets, bucket)
            if where < len(buckets) and buckets[where] == bucket:
                masks[where] |= matched
            else:
                buckets.insert(where, bucket)
                masks.insert(where, matched)
                self.extra[place] += 1
        first = bisect_right(buckets, max(head, bucket) - self.series.parts)
        if matched and first:
            del buckets[:first], masks[:first]
            self.extra[place] -= first
            first = 0
        return _in_order(masks, first, self.series.rules) if first < len(masks) else None

    def head(self, state: Ordered) -> int:
        """The newest bucket counted."""
        return state.buckets[-1]

    def count(self, state: Ordered) -> int:
        """The number of buckets with events."""
        return len(state.buckets)

    def weight(self, state: Ordered) -> int:
        """One for each bucket but the first."""
        return len(state.buckets) - 1

    def copy(self, state: Ordered) -> Ordered:
        """A state that later steps do not change."""
        return Ordered([*state.buckets], [*state.masks])


def _in_order(masks: list[int], first: int, rules: int) -> int:
    wanted = 0
    for mask in masks[first:] if first else masks:
        while wanted < rules and mask >> wanted & 1:
            wanted += 1
    return wanted
