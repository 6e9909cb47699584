"""The second stage of scoring: from matched rules to steps of the counters, in one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from callguard.engine.counters import Step
from callguard.engine.layout import Layout
from callguard.rules.model import Correlation, Place, Rule

_NOWHERE = Place("", 0, 0)


class CounterStore(Protocol):
    """Where correlations count. One call a record, whatever the number of correlations."""

    def step(self, steps: Sequence[Step]) -> list[bool]: ...

    def preview(self, steps: Sequence[Step]) -> list[bool]: ...

    def retain(self, owner: object, keys: frozenset[Hashable]) -> None: ...


@dataclass(frozen=True, slots=True)
class Watch:
    """One correlation as one event's program sees it."""

    correlation: Correlation
    key: str
    fires: int  # the correlation's own bit, above the clauses'
    counted: int  # clauses of all rules counted
    masks: tuple[int, ...]  # clauses of each rule counted
    judged: bool  # also on records that it does not count
    group: tuple[int, ...]  # positions of the group-by values
    value: int | None  # position of the value

    def step(self, mask: int, at: float, values: Sequence[Any]) -> Step | None:
        """What this record means to the correlation, None if nothing."""
        hit = mask & self.counted
        if not hit and not self.judged:
            return None
        group = tuple([values[position] for position in self.group])
        if None in group:
            return None
        matched = 0
        if hit:
            for position, clauses in enumerate(self.masks):
                if mask & clauses:
                    matched |= 1 << position
        value = None if self.value is None else values[self.value]
        return Step(self.correlation, self.key, group, at, matched, value)


def definition_keys(rules: Sequence[Rule | Correlation]) -> dict[str, str]:
    """For each correlation a digest of all that decides what it counts, its place aside.

    Counters are kept under it, so that changing one rule resets only what depended on it.
    """
    detections = {rule.name: rule for rule in rules if isinstance(rule, Rule)}
    keys = {}
    for rule in rules:
        if not isinstance(rule, Correlation):
            continue
        counted = [
            (name, detections[name].category, detections[name].clauses) for name in rule.rules
        ]
        bare = (rule.name, rule.type, rule.group_by, rule.timespan, rule.value_field, counted)
        keys[rule.name] = hashlib.sha256(repr(bare).encode()).hexdigest()
    return keys


def watches(
    rules: Sequence[Rule | Correlation], layout: Layout, keys: Mapping[str, str]
) -> tuple[list[Watch], tuple[str, ...]]:
    """The correlations that this event's records may count or be judged by.

    Gives each a bit of ``layout``, and returns the fields whose values their steps want, in the
    order in which :meth:`Watch.step` expects them.
    """
    categories = {rule.name: rule.category for rule in rules if isinstance(rule, Rule)}
    fields: dict[str, int] = {}
    found = []
    for index, rule in enumerate(rules):
        if not isinstance(rule, Correlation) or not rule.on:
            continue
        judged = layout.event == "setup" and not any(
            categories[name] == "call_setup" for name in rule.rules
        )
        masks = tuple(layout.rule_masks.get(name, 0) for name in rule.rules)
        if not any(masks) and not judged:
            continue
        for name in (*rule.group_by, *filter(None, [rule.value_field])):
            fields.setdefault(name, len(fields))
        found.append(
            Watch(
                correlation=replace(rule, place=_NOWHERE),
                key=keys[rule.name],
                fires=1 << len(layout.owners),
                counted=_union(masks),
                masks=masks,
                judged=judged,
                group=tuple(fields[name] for name in rule.group_by),
                value=fields[rule.value_field] if rule.value_field else None,
            )
        )
        layout.owners.append(index)
    return found, tuple(fields)


def _union(masks: Sequence[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def correlator(
    found: Sequence[Watch], store: CounterStore
) -> Callable[[int, float, Sequence[Any]], int]:
    """(mask, at, values) -> bits of the correlations that fire; -1 if the counters failed."""

    def correlate(mask: int, at: float, values: Sequence[Any]) -> int:
        steps = []
        bits = []
        for watch in found:
            step = watch.step(mask, at, values)
            if step is not None:
                steps.append(step)
                bits.append(watch.fires)
        if not steps:
            return 0
        try:
            answers = zip(bits, store.step(steps), strict=True)
            return _union([bit for bit, holds in answers if holds])
        except Exception:  # noqa: BLE001  a call is never lost to its counters
            return -1

    return correlate
