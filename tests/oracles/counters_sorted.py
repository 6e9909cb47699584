"""The plain counters for long traffic: events in order of their buckets, those that passed dropped.

Each kind keeps a tally of the events in the window, to which every event is added when it comes and
from which it is taken when its bucket passes. So it counts events, where stores count buckets.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from callguard.counters import CounterUpdate, Group, Scalar, Series, WindowFigure


class Tally:
    """The events of one group: ``buckets`` in order, and what each counted in ``counted``."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self.buckets: list[int] = []
        self.counted: list[Any] = []

    def step(self, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        buckets, parts = self.buckets, self.series.parts
        end = max(bucket, buckets[-1]) if buckets else bucket
        if buckets and bucket <= buckets[-1] - parts:
            return None
        if matched:
            place = bisect_right(buckets, bucket)
            buckets.insert(place, bucket)
            self.counted.insert(place, self.add(bucket, matched, value))
        passed = bisect_right(buckets, end - parts)
        if passed == len(buckets):
            return None
        if not passed:
            return self.figure()
        if not matched:
            return self.figure_of(passed)
        for one in self.counted[:passed]:
            self.remove(one)
        del buckets[:passed], self.counted[:passed]
        return self.figure()

    def add(self, bucket: int, matched: int, value: Scalar | None) -> Any:  # noqa: ARG002
        return None

    def remove(self, counted: Any) -> None:
        pass

    def figure(self) -> WindowFigure:
        """What all events come to."""
        return len(self.buckets)

    def figure_of(self, passed: int) -> WindowFigure:
        """What all events but the first ``passed`` come to."""
        return len(self.buckets) - passed


class Distinct(Tally):
    def __init__(self, series: Series) -> None:
        super().__init__(series)
        self.times: Counter[Any] = Counter()

    def add(self, bucket: int, matched: int, value: Scalar | None) -> Any:  # noqa: ARG002
        self.times[value] += 1
        return value

    def remove(self, counted: Any) -> None:
        self.times[counted] -= 1
        if not self.times[counted]:
            del self.times[counted]

    def figure(self) -> WindowFigure:
        return min(len(self.times), self.series.keep)

    def figure_of(self, passed: int) -> WindowFigure:
        return min(len(set(self.counted[passed:])), self.series.keep)


class Sum(Tally):
    def __init__(self, series: Series) -> None:
        super().__init__(series)
        self.total = 0

    def add(self, bucket: int, matched: int, value: Scalar | None) -> Any:  # noqa: ARG002
        assert isinstance(value, int)
        self.total += value
        return value

    def remove(self, counted: Any) -> None:
        self.total -= counted

    def figure(self) -> WindowFigure:
        return len(self.buckets), self.total

    def figure_of(self, passed: int) -> WindowFigure:
        return len(self.buckets) - passed, sum(self.counted[passed:])


class Temporal(Tally):
    """Keeps the buckets of each rule's events, in order."""

    def __init__(self, series: Series) -> None:
        super().__init__(series)
        self.seen: list[list[int]] = [[] for _ in range(series.rules)]

    def add(self, bucket: int, matched: int, value: Scalar | None) -> Any:  # noqa: ARG002
        for rule, seen in enumerate(self.seen):
            if matched >> rule & 1:
                insort(seen, bucket)
        return matched

    def remove(self, counted: Any) -> None:
        for rule, seen in enumerate(self.seen):
            if counted >> rule & 1:
                del seen[0]

    def figure(self) -> WindowFigure:
        return self.figure_of(0)

    def figure_of(self, passed: int) -> WindowFigure:
        first = self.buckets[passed]
        return sum(1 << rule for rule, seen in enumerate(self.seen) if seen and seen[-1] >= first)


class Ordered(Temporal):
    def figure_of(self, passed: int) -> WindowFigure:
        earliest = self.buckets[passed]
        for rule, seen in enumerate(self.seen):
            place = bisect_left(seen, earliest)
            if place == len(seen):
                return rule
            earliest = seen[place]
        return self.series.rules


TALLIES: Final[Mapping[str, Callable[[Series], Tally]]] = {
    "event_count": Tally,
    "value_count": Distinct,
    "value_sum": Sum,
    "value_avg": Sum,
    "temporal": Temporal,
    "temporal_ordered": Ordered,
}


class SortedCounters:
    """Answers steps as the plain counters do, in time that does not grow with all that came."""

    def __init__(self) -> None:
        self.groups: dict[tuple[str, Group], Tally] = {}

    def step(self, step: CounterUpdate) -> WindowFigure:
        series, group, bucket, matched, value = step
        tally = self.groups.get((series.key, group))
        if tally is None:
            if not matched:
                return None
            tally = self.groups[series.key, group] = TALLIES[series.kind](series)
        return tally.step(bucket, matched, value)
