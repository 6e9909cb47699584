"""What the plain judge makes of the events in a correlation's window."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from callguard.rules.model import Correlation

Fields = Mapping[str, object]


@dataclass(frozen=True)
class Seen:
    """One record that was judged: what rules saw of it, and which detections matched."""

    fields: Fields
    matched: frozenset[str]

    @property
    def at(self) -> float:
        at = self.fields["at"]
        assert isinstance(at, float)
        return at


def group_of(rule: Correlation, fields: Fields) -> tuple[object, ...] | None:
    """The record's group; None if it lacks a group-by field."""
    values = tuple(fields.get(name) for name in rule.group_by)
    return None if None in values else values


def condition_holds(rule: Correlation, window: list[Seen]) -> bool:
    """True if the events of one group in the window fulfil the correlation's condition."""
    if rule.type == "temporal":
        return all(any(name in seen.matched for seen in window) for name in rule.rules)
    if rule.type == "temporal_ordered":
        return in_order(rule, window)
    values = [seen.fields[rule.value_field] for seen in window if rule.value_field]
    if rule.type == "event_count":
        figure = Fraction(len(window))
    elif rule.type == "value_count":
        figure = Fraction(len(set(values)))
    else:
        thousandths = [round(value * 1000) for value in values if isinstance(value, int | float)]
        figure = Fraction(sum(thousandths), 1000)
        if rule.type == "value_avg":
            figure /= len(thousandths)
    return all(compare(figure, op, Fraction(str(number))) for op, number in rule.condition)


def compare(figure: Fraction, op: str, number: Fraction) -> bool:
    return {
        "gt": figure > number,
        "gte": figure >= number,
        "lt": figure < number,
        "lte": figure <= number,
        "eq": figure == number,
    }[op]


def parts_of(rule: Correlation) -> int:
    """How many buckets a window has."""
    return 1024 if rule.type == "temporal_ordered" else 64


def bucket(rule: Correlation, seen: Seen) -> int:
    """The bucket of a record's time, by fractions."""
    return math.floor(Fraction(seen.at) * parts_of(rule) / rule.timespan)


def in_order(rule: Correlation, window: list[Seen]) -> bool:
    """True if there is an event for each rule, in buckets that never go back."""
    earliest: float = -math.inf
    for name in rule.rules:
        places = [bucket(rule, seen) for seen in window if name in seen.matched]
        later = [place for place in places if place >= earliest]
        if not later:
            return False
        earliest = min(later)
    return True
