"""Which rules were seen in a window, and in which order.

Above a state's low bits (see :mod:`callguard.counters.memory.table`) stands a ring with one lane a
bucket, the newest lowest, and in a lane one bit for each rule.
"""

from __future__ import annotations

from typing import Any

from callguard.counters.memory.budget import Room
from callguard.counters.memory.keys import Key, Keys
from callguard.counters.memory.table import HEAD, HEAD_BITS, LOW_BITS, Table
from callguard.counters.protocol import Group, Scalar, Series, WindowFigure


class TemporalTable(Table):
    """``temporal``: the rules seen in the window."""

    __slots__ = ("lanes", "newest_state", "ring", "rules")

    def __init__(self, series: Series, room: Room, keys: Keys) -> None:
        super().__init__(series, room, keys)
        self.rules = series.rules
        self.ring = (1 << series.rules * series.parts) - 1
        every = sum(1 << series.rules * part for part in range(series.parts))
        # For each rule its bit, and that bit in every lane.
        self.lanes = [(1 << rule, every << rule) for rule in range(series.rules)]
        self.newest_state = 0

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`Table`; None if there is no event in the window."""
        key, hashed = self.known.get(group) or self.keys.find(group)
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
            self.room.grant(self)
            return self.step(group, bucket, matched, value)
        ahead = bucket - (state & HEAD)
        if ahead > 0:
            return self._ahead(shard, key, bucket, matched)
        if ahead <= -self.parts:
            return None
        ring = state >> LOW_BITS
        if matched:
            more = ring | matched << -ahead * self.rules
            if more != ring:
                ring = more
                self.replace(shard, key, state, _packed(state & HEAD, ring))
        return self.read(ring)

    def _ahead(self, shard: dict[Key, Any], key: Key, bucket: int, matched: int) -> int | None:
        """The figure in a bucket newer than the head, which it becomes if anything is counted."""
        state = shard[key]
        ahead = bucket - (state & HEAD)
        ring = matched
        if ahead < self.parts:
            ring |= (state >> LOW_BITS) << ahead * self.rules & self.ring
        if matched:
            self.replace(shard, key, state, _packed(bucket, ring))
            if bucket > self.newest:  # noqa: PLR1730  max() takes three times as long
                self.newest = bucket
        return self.read(ring) if ring else None

    def read(self, ring: int) -> int:
        """The rules that were seen, one bit each."""
        if not ring >> self.rules:
            return ring
        seen = 0
        for bit, lane in self.lanes:
            if ring & lane:
                seen |= bit
        return seen


class OrderedTable(TemporalTable):
    """``temporal_ordered``: how many rules, from the first, were seen in order."""

    __slots__ = ()

    def read(self, ring: int) -> int:
        """How many rules follow each other in lanes that do not get older."""
        rules = self.rules
        if not ring >> rules:
            # One lane: any order will do. As many rules as bits below the lowest that is not set.
            return (ring & ~(ring + 1)).bit_count()
        for rule, (_, lane) in enumerate(self.lanes):
            oldest = (ring & lane).bit_length()
            if not oldest:
                return rule
            # Only lanes as new as the oldest one with this rule are left.
            ring &= (1 << ((oldest - 1) // rules + 1) * rules) - 1
        return rules


def _packed(head: int, ring: int) -> int:
    return head | ring.bit_count() - 1 << HEAD_BITS | ring << LOW_BITS
