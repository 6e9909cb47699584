"""The plain counter store: every event that was counted kept in a list, per series and group.

It follows the sentences of ``docs/semantics.md`` one by one; every other store is compared with it.
Groups and values are compared as Python compares them: 5 and 5.0 are one, 5 and "5" are two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from callguard.counters import CounterUpdate, Group, Scalar, Series, WindowFigure


class Event(NamedTuple):
    bucket: int
    matched: int
    value: Scalar | None


class PlainCounters:
    """Counts as the sentences say, in memory that grows with every event."""

    batch = 1

    def __init__(self) -> None:
        self.events: dict[tuple[str, Group], list[Event]] = {}
        self.ids: set[str] = set()
        self.wanted: dict[object, frozenset[str]] = {}

    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        return [self._judge(step) for step in steps]

    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> list[Sequence[WindowFigure] | None]:
        if ids is None:
            return [self.step(steps) for steps in records]
        return [self._step_once(steps, name) for steps, name in zip(records, ids, strict=True)]

    def _step_once(self, steps: Sequence[CounterUpdate], name: str) -> list[WindowFigure]:
        if name in self.ids:
            return [self._judge((*step[:3], 0, step[4])) for step in steps]
        self.ids.add(name)
        return self.step(steps)

    def forget_ids(self, _records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]) -> None:
        self.ids.difference_update(ids)

    def preview(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        before = {place: list(events) for place, events in self.events.items()}
        found = self.step(steps)
        self.events = before
        return found

    def retain(self, owner: object, keys: frozenset[str]) -> None:
        self.wanted[owner] = keys
        kept = frozenset().union(*self.wanted.values())
        self.events = {place: events for place, events in self.events.items() if place[0] in kept}

    def reset(self, key: str, group: Group | None = None) -> int:
        gone = [place for place in self.events if place[0] == key]
        if group is not None:
            gone = [place for place in gone if place[1] == group]
        for place in gone:
            del self.events[place]
        return len(gone)

    def head(self, series: Series, group: Group) -> int | None:
        """The newest bucket of any event that the group counted; None if it counted none."""
        return max(
            (event.bucket for event in self.events.get((series.key, group), [])), default=None
        )

    def _judge(self, step: CounterUpdate) -> WindowFigure:
        series, group, bucket, matched, value = step
        head = self.head(series, group)
        if head is not None and bucket <= head - series.parts:
            return None
        if matched:
            counted = self.events.setdefault((series.key, group), [])
            counted.append(Event(bucket, matched, value))
        end = bucket if head is None else max(bucket, head)
        counted = self.events.get((series.key, group), [])
        return figure(series, [event for event in counted if event.bucket > end - series.parts])


def figure(series: Series, window: Sequence[Event]) -> WindowFigure:
    """What the events in a window come to."""
    if not window:
        return None
    values = [event.value for event in window]
    match series.kind:
        case "event_count":
            return len(window)
        case "value_count":
            return min(len(set(values)), series.keep)
        case "value_sum" | "value_avg":
            return len(values), sum(value for value in values if isinstance(value, int))
        case "temporal":
            return sum(
                1 << rule
                for rule in range(series.rules)
                if any(event.matched >> rule & 1 for event in window)
            )
        case "temporal_ordered":
            return in_order(series.rules, window)
    raise AssertionError(f"a type that is not counted here: {series.kind}")


def in_order(rules: int, window: Sequence[Event]) -> int:
    """How many rules, from the first, were matched in buckets that do not decrease."""
    earliest = min(event.bucket for event in window)
    for rule in range(rules):
        later = [
            event.bucket
            for event in window
            if event.matched >> rule & 1 and event.bucket >= earliest
        ]
        if not later:
            return rule
        earliest = min(later)
    return rules
