"""Counters of correlations, kept in memory.

The window: an event at time t counts for a record at time T when T - timespan < t <= T, whatever
order they arrive in. Nothing is forgotten, so that a late record is judged exactly and a broken
clock silences nobody; the price is memory that grows with the number of events counted.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from callguard.rules.model import Correlation

_COMPARE = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq}


@dataclass(frozen=True, slots=True)
class Step:
    """What one record means to one correlation.

    ``key`` names the correlation's definition and ``group`` its group-by values. ``matched`` has
    bit i set if the record matched the i-th rule counted (0: it is judged but not counted).
    ``value`` is the record's value of the correlation's field, None if absent.
    """

    correlation: Correlation
    key: Hashable
    group: tuple[Hashable, ...]
    at: float
    matched: int
    value: Any = None


class MemoryCounters:
    """Exact counters in this process. Safe to share between threads and between guards."""

    def __init__(self) -> None:
        self._series: dict[Hashable, dict[tuple[Hashable, ...], _Series]] = {}
        self._wanted: WeakKeyDictionary[object, frozenset[Hashable]] = WeakKeyDictionary()
        self._lock = Lock()

    def step(self, steps: Sequence[Step]) -> list[bool]:
        """Count the steps that match, and say for each whether its correlation holds now."""
        with self._lock:
            return [self._step(step, keep=True) for step in steps]

    def preview(self, steps: Sequence[Step]) -> list[bool]:
        """What :meth:`step` would answer, counting nothing."""
        with self._lock:
            return [self._step(step, keep=False) for step in steps]

    def retain(self, owner: object, keys: frozenset[Hashable]) -> None:
        """Note which correlations ``owner`` counts now; forget what nobody counts any more."""
        with self._lock:
            self._wanted[owner] = keys
            wanted = frozenset().union(*self._wanted.values())
            self._series = {key: kept for key, kept in self._series.items() if key in wanted}

    def _step(self, step: Step, keep: bool) -> bool:
        groups = self._series.get(step.key)
        series = groups.get(step.group) if groups else None
        if series is None:
            if not step.matched:
                return False
            series = _Series()
            if keep:
                self._series.setdefault(step.key, {})[step.group] = series
        span = step.correlation.timespan
        where = series.add(step.at, step.matched, step.value) if step.matched else -1
        try:
            return _holds(step.correlation, *series.window(step.at - span, step.at))
        finally:
            if where >= 0 and not keep:
                series.remove(where)


class _Series:
    """The events of one group in order of time."""

    __slots__ = ("events", "times")

    def __init__(self) -> None:
        self.times: list[float] = []
        self.events: list[tuple[int, Any]] = []

    def add(self, at: float, matched: int, value: Any) -> int:
        where = bisect_right(self.times, at)
        self.times.insert(where, at)
        self.events.insert(where, (matched, value))
        return where

    def remove(self, where: int) -> None:
        del self.times[where], self.events[where]

    def window(self, after: float, until: float) -> tuple[list[float], list[tuple[int, Any]]]:
        first, last = bisect_right(self.times, after), bisect_right(self.times, until)
        return self.times[first:last], self.events[first:last]


def _holds(correlation: Correlation, times: list[float], events: list[tuple[int, Any]]) -> bool:
    if not times:
        return False
    match correlation.type:
        case "event_count":
            return _all_hold(correlation, len(times))
        case "value_count":
            return _all_hold(correlation, len({value for _, value in events} - {None}))
        case "value_sum" | "value_avg":
            return _sums_hold(correlation, [value for _, value in events if value is not None])
        case "temporal":
            return _seen_together(len(correlation.rules), events)
        case "temporal_ordered":
            return _seen_in_order(len(correlation.rules), times, events)


def _all_hold(correlation: Correlation, number: float) -> bool:
    return all(_COMPARE[op](number, limit) for op, limit in correlation.condition)


def _sums_hold(correlation: Correlation, values: list[float]) -> bool:
    average = correlation.type == "value_avg"
    if average and not values:
        return False
    times = len(values) if average else 1
    rounded = math.fsum(values)
    for op, limit in correlation.condition:
        target = limit * times
        if abs(rounded - target) > 1e-9 * (abs(rounded) + abs(target) + 1):
            holds = _COMPARE[op](rounded, target)
        else:
            # Too near to trust rounded arithmetic.
            exact = sum(map(Fraction, values), Fraction(0))
            holds = _COMPARE[op](exact, Fraction(limit) * times)
        if not holds:
            return False
    return True


def _seen_together(rules: int, events: list[tuple[int, Any]]) -> bool:
    seen = 0
    for matched, _ in events:
        seen |= matched
    return seen == (1 << rules) - 1


def _seen_in_order(rules: int, times: list[float], events: list[tuple[int, Any]]) -> bool:
    """The first rule, then the second no earlier than it, and so on; one event may serve several.

    Events of equal time count in either order, so each moment's events are taken together.
    """
    wanted = 0
    moment: float | None = None
    seen = 0
    for at, (matched, _) in zip(times, events, strict=True):
        seen = seen | matched if at == moment else matched
        moment = at
        while wanted < rules and seen >> wanted & 1:
            wanted += 1
    return wanted == rules
