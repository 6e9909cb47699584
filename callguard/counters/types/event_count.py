"""``event_count``: the number of events in the window."""

from __future__ import annotations

from typing import Any, Final

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys
from callguard.counters.groups.lanes import LanesTable
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, NUMBER, NUMBER_BITS
from callguard.counters.protocol import Group, Scalar, Series, WindowFigure
from callguard.counters.types.counter_type import CounterType, lua_file
from callguard.rules.model import Correlation

# States below have no lanes.
_TOTAL_END: Final = 1 << BUCKET_BITS + NUMBER_BITS
# One more event in the total; the same in the total and in the newest lane.
_ONE: Final = 1 << BUCKET_BITS
_ONE_IN_LANE: Final = _ONE | _TOTAL_END


class EventTable(LanesTable):
    """The number of events of each group."""

    __slots__ = ()

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys) -> None:
        super().__init__(series, budget, group_keys, NUMBER_BITS)

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`GroupTable`; None if there is no event in the window."""
        key, hashed = self.known.get(group) or self.group_keys.find(group)
        shard = self.shards[hashed & self.mask]
        state: int | None = shard.get(key)
        if state is None:
            if not matched:
                return None
            # The state of one event is its bucket: callers of the same time share the integer.
            newest = self.newest_bucket
            self.begin(shard, key, hashed, bucket, newest if bucket == newest else bucket)
            return 1
        if state & BUCKET == bucket:
            if state < _TOTAL_END:
                if matched:
                    shard[key] = state = state + _ONE
                return (state >> BUCKET_BITS) + 1
            if matched:
                shard[key] = state = state + _ONE_IN_LANE
            return (state >> BUCKET_BITS & NUMBER) + 1
        if self.held > self.quota:
            self.budget.grant(self)
            return self.step(group, bucket, matched, value)
        return self.move(shard, key, state, bucket, 1 if matched else 0) or None


class EventCount(CounterType):
    """A figure is the number of events."""

    plain_figure = True
    table = EventTable
    server_function = "event_count"

    def lua(self) -> str:
        return lua_file("event_count.lua")

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        return f"{figure:,}"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> int:
        return int(figure)
