"""Distinct values over a sliding window.

A value counts while the newest bucket in which it was seen lies in the window. Of a group that saw
one value little is kept; of one that saw more, each value's newest bucket and, in a ring of
:mod:`callguard.engine.counters.rings`' kind, how many values each bucket is the newest of.
"""

from __future__ import annotations

from typing import Final

from callguard.engine.counters.shards import Table
from callguard.engine.series import PARTS, Figure, Group, Scalar

BITS: Final = 30
HEAD_BITS: Final = 48
HEAD: Final = (1 << HEAD_BITS) - 1
# Numbers of at most 15 digits (ITU-T E.164) are packed.
_LONGEST: Final = 16


class Several:
    """The values of one group: ``seen`` has the newest bucket of each."""

    __slots__ = ("head", "ring", "seen")

    def __init__(self, head: int, ring: int, seen: dict[Scalar, int]) -> None:
        self.head = head
        self.ring = ring
        self.seen = seen


# One value: a packed E.164 number and its bucket, or (value, bucket).
Distinct = int | tuple[Scalar, int] | Several


class DistinctTable(Table[Distinct]):
    """``value_count``: the number of distinct values in the window, at most ``series.keep``."""

    __slots__ = ()

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> Figure:
        """As said in :class:`Table`; None if there is no value in the window."""
        place = hash(group) & self._mask
        state = self.shards[place].get(group)
        if state.__class__ is Several:
            return self._step(place, group, state, bucket, matched, value)
        if state is None:
            if not matched or value is None:
                return None
            self.make_room(place)
            self.shards[place][group] = pack(value, bucket)
            return 1
        known, head = unpack(state)
        if bucket <= head - PARTS:
            return None
        if not matched or value is None:
            return 1 if bucket - PARTS < head else None
        if value == known or bucket - PARTS >= head:
            self.shards[place][group] = pack(value, max(bucket, head))
            return 1
        newest = max(bucket, head)
        ring = (1 << BITS * (newest - head)) + (1 << BITS * (newest - bucket))
        self.shards[place][group] = Several(newest, ring, {known: head, value: bucket})
        self.extra[place] += 2
        return 2

    def _step(
        self,
        place: int,
        group: Group,
        state: Several,
        bucket: int,
        matched: int,
        value: Scalar | None,
    ) -> Figure:
        head, ring = state.head, state.ring
        behind = head - bucket
        if behind >= PARTS:
            return None
        if behind < 0:
            ring = (ring << -BITS * behind) & _RING if behind > -PARTS else 0
            head, behind = bucket, 0
        if matched and value is not None:
            seen = state.seen
            last = seen.get(value)
            if last is None:
                seen[value] = bucket
                ring += 1 << BITS * behind
                self.extra[place] += 1
            elif last < bucket:
                seen[value] = bucket
                ring += 1 << BITS * behind
                if last > head - PARTS:
                    ring -= 1 << BITS * (head - last)
            state.head, state.ring = head, ring
            if last is None:
                if len(seen) > 2 * self.series.keep:
                    self._prune(place, state)
                if len(self.shards[place]) + self.extra[place] > self.room:
                    self._relieve(place, group, state)
                ring = state.ring
        total = ring % _LANE
        return min(total, self.series.keep) or None

    def _prune(self, place: int, state: Several) -> None:
        """Keep the ``keep`` values seen last. While a dropped one would count, so do all these."""
        before = len(state.seen)
        seen = sorted(state.seen.items(), key=lambda item: item[1])[-self.series.keep :]
        after = state.head - PARTS
        state.seen = {value: last for value, last in seen if last > after}
        state.ring = 0
        for last in state.seen.values():
            state.ring += 1 << BITS * (state.head - last)
        self.extra[place] += len(state.seen) - before

    def _relieve(self, place: int, group: Group, state: Several) -> None:
        """Make room for a group that has grown, and keep it itself."""
        self.make_room(place)
        if group not in self.shards[place]:
            self.shards[place][group] = state
            self.extra[place] += self.weight(state)

    def head(self, state: Distinct) -> int:
        """The newest bucket counted."""
        return state.head if isinstance(state, Several) else unpack(state)[1]

    def count(self, state: Distinct) -> int:
        """The number of values in the window."""
        return state.ring % _LANE if isinstance(state, Several) else 1

    def weight(self, state: Distinct) -> int:
        """One more for each value of several."""
        return len(state.seen) if isinstance(state, Several) else 0

    def copy(self, state: Distinct) -> Distinct:
        """A state that later steps do not change."""
        if isinstance(state, Several):
            return Several(state.head, state.ring, dict(state.seen))
        return state


def pack(value: Scalar, bucket: int) -> int | tuple[Scalar, int]:
    """One value and its bucket, as one integer if the value is an E.164 number."""
    if value.__class__ is str and len(value) <= _LONGEST and value[:1] == "+":
        try:
            digits = int(value)
        except ValueError:
            return value, bucket
        # What int() reads more freely than E.164 is written does not come back the same.
        if f"+{digits}" == value:
            return digits << HEAD_BITS | bucket
    return value, bucket


def unpack(state: int | tuple[Scalar, int]) -> tuple[Scalar, int]:
    """What :func:`pack` was given."""
    if isinstance(state, tuple):
        return state
    return f"+{state >> HEAD_BITS}", state & HEAD


_LANE: Final = (1 << BITS) - 1
_RING: Final = (1 << BITS * PARTS) - 1
