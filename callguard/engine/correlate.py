"""The second stage of scoring: from matched rules to steps of the counters, in one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from callguard.counters import (
    CounterStore,
    CounterUpdate,
    Scalar,
    Series,
    WindowFigure,
    bucket_of,
    conversion,
    firing,
    sampler,
    series_of,
)
from callguard.engine import degraded
from callguard.engine.layout import Layout
from callguard.rules.model import Correlation, Rule

# Event times further ahead of the clock than this are a broken clock's, not a fast one's.
AHEAD_S: Final = 300.0
# What a batch of steps may come to instead of bits.
FAILED: Final = -1
EARLY: Final = -2
DEGRADED: Final = {FAILED: degraded.COUNTERS, EARLY: degraded.EARLY}

# The bit of a correlation, and whether a figure makes it fire.
Trigger = tuple[int, Callable[[Any], bool]]


@dataclass(frozen=True, slots=True)
class CompiledCorrelation:
    """One correlation as one event's program sees it.

    ``fire`` has the correlation's own bit, above the clauses'. ``masks`` are, for each rule
    counted, its clauses; all are 0 where the correlation judges setups without counting them.
    ``group`` and ``value`` are positions among the values wanted. ``sample`` chooses the values
    that are counted, where not all are.
    """

    rule: Correlation
    series: Series
    trigger: Trigger
    masks: tuple[int, ...]
    group: tuple[int, ...]
    value: int | None
    sample: Callable[[Scalar], bool] | None

    @property
    def counted(self) -> int:
        """The clauses of all rules counted; 0 where the correlation only judges."""
        return union(self.masks)

    def step(self, mask: int, at: float, values: Sequence[Any]) -> CounterUpdate | None:
        """What this record means to the correlation, None if nothing."""
        group = [values[position] for position in self.group]
        if None in group:
            return None
        matched = 0
        value: Any = None
        if self.counted:
            for position, clauses in enumerate(self.masks):
                if mask & clauses:
                    matched |= 1 << position
            if self.value is not None:
                value = values[self.value]
                if value is None:
                    return None
            if not matched:
                return None
            if self.sample is not None and not self.sample(value):
                matched = 0
            convert = conversion(self.series)
            if convert is not None:
                value = convert(value)
        bucket = bucket_of(at, self.series.timespan, self.series.parts)
        return self.series, group[0] if len(group) == 1 else (*group,), bucket, matched, value


def definition_keys(rules: Sequence[Rule | Correlation]) -> dict[str, str]:
    """For each correlation a digest of all that decides what it counts, its location aside.

    Counters are kept under it, so that changing one rule resets only what depended on it. It is
    made of what Python shows of rules and series: another name for a class or a field of these
    would lose all that was counted.
    """
    detections = {rule.name: rule for rule in rules if isinstance(rule, Rule)}
    keys = {}
    for rule in rules:
        if not isinstance(rule, Correlation):
            continue
        counted = [
            (name, detections[name].category, detections[name].clauses) for name in rule.rules
        ]
        shape = series_of(rule, "")
        bare = (rule.name, shape, rule.group_by, rule.value_field, counted)
        keys[rule.name] = hashlib.sha256(repr(bare).encode()).hexdigest()[:32]
    return keys


def compile_correlations(
    rules: Sequence[Rule | Correlation], layout: Layout, keys: Mapping[str, str]
) -> tuple[list[CompiledCorrelation], tuple[str, ...]]:
    """The correlations that this event's records may count or be judged by.

    Gives each a bit of ``layout``, and returns the fields whose values their steps want, in the
    order in which :meth:`CompiledCorrelation.step` expects them.
    """
    categories = {rule.name: rule.category for rule in rules if isinstance(rule, Rule)}
    fields: dict[str, int] = {}
    compiled = []
    for index, rule in enumerate(rules):
        if not isinstance(rule, Correlation) or not rule.on:
            continue
        judged = layout.event == "setup" and not any(
            categories[name] == "call_setup" for name in rule.rules
        )
        masks = tuple(layout.rule_masks.get(name, 0) for name in rule.rules)
        if not any(masks) and not judged:
            continue
        value = rule.value_field if any(masks) else None
        for name in (*rule.group_by, *filter(None, [value])):
            fields.setdefault(name, len(fields))
        series = series_of(rule, keys[rule.name])
        compiled.append(
            CompiledCorrelation(
                rule=rule,
                series=series,
                trigger=(1 << len(layout.owners), firing(rule, series.one_in)),
                masks=masks,
                group=tuple(fields[name] for name in rule.group_by),
                value=fields[value] if value else None,
                sample=sampler(series),
            )
        )
        layout.owners.append(index)
    return compiled, tuple(fields)


def union(masks: Sequence[int]) -> int:
    """All bits of all masks."""
    bits = 0
    for mask in masks:
        bits |= mask
    return bits


def fired(triggers: Sequence[Trigger], figures: Sequence[WindowFigure]) -> int:
    """The bits of the correlations that fire, or ``FAILED`` if figures are missing."""
    if len(triggers) != len(figures):
        return FAILED
    bits = 0
    for (bit, fires_at), figure in zip(triggers, figures, strict=True):
        if figure is not None and fires_at(figure):
            bits |= bit
    return bits


def too_early(clock: Callable[[], float]) -> Callable[[float], bool]:
    """Whether a time is too far ahead of ``clock`` (seconds since 1970) to be counted."""
    return lambda at: at > clock() + AHEAD_S


def correlator(
    store: CounterStore, early: Callable[[float], bool]
) -> Callable[[float, Sequence[CounterUpdate], Sequence[Trigger]], int]:
    """(at, steps, triggers) -> bits of the correlations that fire, or ``FAILED``, or ``EARLY``."""

    def correlate(at: float, steps: Sequence[CounterUpdate], triggers: Sequence[Trigger]) -> int:
        try:
            if early(at):
                return EARLY
            return fired(triggers, store.step(steps))
        except Exception:  # noqa: BLE001  a call is never lost to its counters
            return FAILED

    return correlate
