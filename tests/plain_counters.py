"""The plain counter store: every event that was counted kept in a list, per series and group.

It follows the sentences of ``docs/semantics.md`` one by one; every other store is compared with it.
"""

from __future__ import annotations

from collections.abc import Sequence

from callguard.engine.series import Figure, Group, Series, Step

# (bucket, rules matched, value)
Event = tuple[int, int, object]


class PlainCounters:
    """Counts as the sentences say, in memory that grows with every event."""

    batch = 1

    def __init__(self) -> None:
        self.events: dict[tuple[str, Group], list[Event]] = {}
        self.ids: set[str] = set()

    def step(self, steps: Sequence[Step]) -> list[Figure]:
        return [self._judge(step, counting=True) for step in steps]

    def step_many(
        self, records: Sequence[Sequence[Step]], ids: Sequence[str] | None = None
    ) -> list[Sequence[Figure] | None]:
        found: list[Sequence[Figure] | None] = []
        for index, steps in enumerate(records):
            if ids is not None and ids[index] in self.ids:
                found.append([self._judge(step, counting=False) for step in steps])
                continue
            found.append(self.step(steps))
            if ids is not None:
                self.ids.add(ids[index])
        return found

    def forget_ids(self, records: Sequence[Sequence[Step]], ids: Sequence[str]) -> None:
        self.ids.difference_update(ids)

    def preview(self, steps: Sequence[Step]) -> list[Figure]:
        kept = {key: list(events) for key, events in self.events.items()}
        found = self.step(steps)
        self.events = kept
        return found

    def retain(self, owner: object, keys: frozenset[str]) -> None:
        self.events = {key: events for key, events in self.events.items() if key[0] in keys}

    def reset(self, key: str, group: Group | None = None) -> int:
        gone = [found for found in self.events if found[0] == key and group in (None, found[1])]
        for found in gone:
            del self.events[found]
        return len(gone)

    def _judge(self, step: Step, counting: bool) -> Figure:
        series, group, bucket, matched, value = step
        events = self.events.get((series.key, group), [])
        head = max((event[0] for event in events), default=bucket)
        if bucket <= head - series.parts:
            return None
        if matched and counting:
            events = self.events.setdefault((series.key, group), [])
            events.append((bucket, matched, value))
        end = max(head, bucket)
        return figure(series, [event for event in events if event[0] > end - series.parts])


def figure(series: Series, window: Sequence[Event]) -> Figure:
    """What the events in a window come to."""
    if not window:
        return None
    values = [value for _, _, value in window]
    match series.kind:
        case "event_count":
            return len(window)
        case "value_count":
            return min(len(set(values)), series.keep)
        case "value_sum" | "value_avg":
            return len(values), sum(value for value in values if isinstance(value, int))
        case "temporal":
            seen = 0
            for _, matched, _ in window:
                seen |= matched
            return seen
        case "temporal_ordered":
            return in_order(series.rules, window)


def in_order(rules: int, window: Sequence[Event]) -> int:
    """How many rules, from the first, were matched in buckets that do not decrease."""
    earliest = min(bucket for bucket, _, _ in window)
    for rule in range(rules):
        later = [b for b, matched, _ in window if matched >> rule & 1 and b >= earliest]
        if not later:
            return rule
        earliest = min(later)
    return rules
