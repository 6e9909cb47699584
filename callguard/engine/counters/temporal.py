"""Which rules were seen in a window, and in which order.

Above a state's low bits (see :mod:`callguard.engine.counters.table`) stands a ring with one lane a
bucket, the newest lowest, and in a lane one bit for each rule.
"""

from __future__ import annotations

from callguard.engine.counters.keys import Keys
from callguard.engine.counters.room import Room
from callguard.engine.counters.table import HEAD, HEAD_BITS, LOW_BITS, Table
from callguard.engine.series import Figure, Group, Scalar, Series


class TemporalTable(Table):
    """``temporal``: the rules seen in the window."""

    __slots__ = ("lanes", "newest_state", "ring", "rules")

    def __init__(self, series: Series, room: Room, keys: Keys) -> None:
        super().__init__(series, room, keys)
        self.rules = series.rules
        self.ring = (1 << series.rules * series.parts) - 1
        every = sum(1 << series.rules * part for part in range(series.parts))
        # For each rule, its bit in every lane.
        self.lanes = [every << rule for rule in range(series.rules)]
        self.newest_state = 0

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:
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
            self.begin(key, hashed, bucket, state)
            return self.read(matched)
        if self.held > self.quota:
            self.room.grant(self)
            return self.step(group, bucket, matched, value)
        head, ring = state & HEAD, state >> LOW_BITS
        behind = head - bucket
        if behind < 0:
            ring = ring << -behind * self.rules & self.ring if -behind < self.parts else 0
            head, behind = bucket, 0
        elif behind >= self.parts:
            return None
        if matched:
            ring |= matched << behind * self.rules
            new = _packed(head, ring)
            if new != state:
                self.replace(shard, key, state, new)
                self.newest = max(self.newest, head)
        return self.read(ring) if ring else None

    def read(self, ring: int) -> int:
        """The rules that were seen, one bit each."""
        if not ring >> self.rules:
            return ring
        seen = 0
        for rule, lane in enumerate(self.lanes):
            if ring & lane:
                seen |= 1 << rule
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
        for rule, lane in enumerate(self.lanes):
            oldest = (ring & lane).bit_length()
            if not oldest:
                return rule
            # Only lanes as new as the oldest one with this rule are left.
            ring &= (1 << ((oldest - 1) // rules + 1) * rules) - 1
        return rules


def _packed(head: int, ring: int) -> int:
    return head | ring.bit_count() - 1 << HEAD_BITS | ring << LOW_BITS
