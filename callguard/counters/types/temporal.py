"""``temporal`` and ``temporal_ordered``: which rules were seen in a window, and in which order.

Above a state's low bits (see :mod:`callguard.counters.groups.table`) are lanes, one a bucket, the
newest lowest, and in a lane one bit for each rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Final

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys, Key
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, LOW_BITS, GroupTable
from callguard.counters.protocol import Group, Scalar, Series, WindowFigure
from callguard.counters.types.counter_type import CounterType, Sender, lua_file
from callguard.rules.model import Correlation

# Order is told apart in finer buckets.
ORDERED_PARTS: Final = 1024


class TemporalTable(GroupTable):
    """The rules of each group that were seen in the window."""

    __slots__ = ("all_lanes", "newest_state", "of_rules", "rules")

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys) -> None:
        super().__init__(series, budget, group_keys)
        self.rules = series.rules
        self.all_lanes = (1 << series.rules * series.parts) - 1
        every = sum(1 << series.rules * part for part in range(series.parts))
        # For each rule its bit, and that bit in every lane.
        self.of_rules = [(1 << rule, every << rule) for rule in range(series.rules)]
        self.newest_state = 0

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`GroupTable`; None if there is no event in the window."""
        key, hashed = self.known.get(group) or self.group_keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        if state is None:
            if not matched:
                return None
            state = _packed(bucket, matched)
            # Callers of the same time share the integer.
            if state == self.newest_state:
                state = self.newest_state
            else:
                self.newest_state = state
            self.begin(shard, key, hashed, bucket, state)
            return self.read(matched)
        if self.held > self.quota:
            self.budget.grant(self)
            return self.step(group, bucket, matched, value)
        ahead = bucket - (state & BUCKET)
        if ahead > 0:
            return self._ahead(shard, key, bucket, matched)
        if ahead <= -self.parts:
            return None
        lanes = state >> LOW_BITS
        if matched:
            more = lanes | matched << -ahead * self.rules
            if more != lanes:
                lanes = more
                self.replace(shard, key, state, _packed(state & BUCKET, lanes))
        return self.read(lanes)

    def _ahead(self, shard: dict[Key, Any], key: Key, bucket: int, matched: int) -> int | None:
        """The figure in a bucket newer than the newest, and it is that if anything is counted."""
        state = shard[key]
        ahead = bucket - (state & BUCKET)
        lanes = matched
        if ahead < self.parts:
            lanes |= (state >> LOW_BITS) << ahead * self.rules & self.all_lanes
        if matched:
            self.replace(shard, key, state, _packed(bucket, lanes))
            if bucket > self.newest_bucket:  # noqa: PLR1730  max() takes three times as long
                self.newest_bucket = bucket
        return self.read(lanes) if lanes else None

    def read(self, lanes: int) -> int:
        """The rules that were seen, one bit each."""
        if not lanes >> self.rules:
            return lanes
        seen = 0
        for bit, lane in self.of_rules:
            if lanes & lane:
                seen |= bit
        return seen


class OrderedTable(TemporalTable):
    """How many rules, from the first, were seen in order."""

    __slots__ = ()

    def read(self, lanes: int) -> int:
        """How many rules follow each other in lanes that do not get older."""
        rules = self.rules
        if not lanes >> rules:
            # One lane: any order will do. As many rules as bits below the lowest that is not set.
            return (lanes & ~(lanes + 1)).bit_count()
        for rule, (_, lane) in enumerate(self.of_rules):
            oldest = (lanes & lane).bit_length()
            if not oldest:
                return rule
            # Only lanes as new as the oldest one with this rule are left.
            lanes &= (1 << ((oldest - 1) // rules + 1) * rules) - 1
        return rules


def _packed(newest: int, lanes: int) -> int:
    return newest | lanes.bit_count() - 1 << BUCKET_BITS | lanes << LOW_BITS


class Temporal(CounterType):
    """A figure has bit i set if rule i was seen. All must have been."""

    table: ClassVar[type[GroupTable]] = TemporalTable
    server_function = "temporal"

    def lua(self) -> str:
        return lua_file("temporal.lua")

    def server_bound(self, series: Series) -> int:
        return series.rules

    def sender(self, series: Series) -> Sender:
        every = range(series.rules)

        def sent(matched: int, value: Scalar | None) -> tuple[Any, ...]:
            rules = [rule for rule in every if matched >> rule & 1]
            return (len(rules) or False, *rules)

        return sent

    def received(self, first: Any, rest: Iterator[Any]) -> WindowFigure:
        seen = 0
        for _ in range(first):
            seen |= 1 << next(rest)
        return seen

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        return ((1 << len(rule.rules)) - 1).__eq__

    def wanted(self, rule: Correlation) -> str:
        return "all of " + ", ".join(rule.rules)

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        seen = self.plain_value(rule, series, figure)
        missing = [name for name in rule.rules if name not in seen]
        if not missing:
            return "all seen"
        return f"seen {', '.join(seen) or 'none'}, not seen {', '.join(missing)}"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> list[str]:
        return [name for position, name in enumerate(rule.rules) if figure >> position & 1]


class TemporalOrdered(CounterType):
    """A figure is how many rules, from the first, are in order. All must be."""

    parts = ORDERED_PARTS
    table = OrderedTable
    server_function = "temporal_ordered"
    lua = Temporal.lua
    server_bound = Temporal.server_bound
    sender = Temporal.sender

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        return len(rule.rules).__eq__

    def wanted(self, rule: Correlation) -> str:
        return "in this order " + ", ".join(rule.rules)

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        if figure == len(rule.rules):
            return "all seen in order"
        return f"in order so far {', '.join(rule.rules[:figure]) or 'none'}"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> list[str]:
        return list(rule.rules[:figure])
