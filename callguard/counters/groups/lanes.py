"""Totals over a sliding window, each group in one integer.

*Lanes* are the digits of an integer: one a bucket, the newest lowest. Moving the window is a shift,
counting an addition, and what some lanes hold together is the remainder by a lane full of ones: a
number and the sum of its digits leave the same remainder. Above a state's newest bucket (see
:mod:`callguard.counters.groups.table`) are the total of all lanes, less one event, and the lanes,
unless all of the total is in the newest of them.
"""

from __future__ import annotations

from typing import Any

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys, Key
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, GroupTable
from callguard.counters.protocol import PARTS, Series


class LanesTable(GroupTable):
    """Groups whose state has a total and lanes that are ``width`` bits wide."""

    __slots__ = ("lane", "most", "older", "total", "width")

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys, width: int) -> None:
        super().__init__(series, budget, group_keys)
        self.width = width
        self.lane = (1 << width) - 1
        self.total = (1 << BUCKET_BITS + width) - 1
        # All lanes but that of the newest bucket.
        self.most = width * (PARTS - 1)
        self.older = (1 << self.most) - 1

    def move(self, shard: dict[Key, Any], key: Key, state: int, bucket: int, more: int) -> int:
        """Count ``more`` in ``bucket`` (0: only judge), and give the total of its window.

        0 if it comes too late for the window, or finds nothing in it.
        """
        newest = state & BUCKET
        ahead = bucket - newest
        if ahead <= -PARTS:
            return 0
        total = ((state & self.total) >> BUCKET_BITS) + 1
        if ahead <= 0 and not more:
            return total
        width = self.width
        lanes = state >> BUCKET_BITS + width
        now, older = (lanes & self.lane, lanes >> width) if lanes else (total, 0)
        if ahead > 0:
            if ahead < PARTS:
                older = (older << width | now) << width * (ahead - 1)
                gone = older >> self.most
                if gone:
                    total -= gone % self.lane
                    older &= self.older
            else:
                total = older = 0
            if not more:
                return total
            now, newest = 0, bucket
            if bucket > self.newest_bucket:  # noqa: PLR1730  max() takes three times as long
                self.newest_bucket = bucket
        if ahead < 0:
            older += more << width * (-ahead - 1)
        else:
            now += more
        total += more
        new = newest | total - 1 << BUCKET_BITS
        if older:
            new |= (older << width | now) << BUCKET_BITS + width
        self.replace(shard, key, state, new)
        return total
