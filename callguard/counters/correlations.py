"""What rules, scoring and people ask about a correlation's counters: its type has the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callguard.counters.protocol import Scalar, Series, WindowFigure
from callguard.counters.types import COUNTER_TYPES
from callguard.rules.correlation_types import TYPES
from callguard.rules.model import Correlation


def series_of(rule: Correlation, key: str) -> Series:
    """The series of a correlation, counted under ``key``."""
    counted = COUNTER_TYPES[rule.type]
    keep, one_in = counted.bounds(rule)
    return Series(key, rule.type, rule.timespan, counted.parts, len(rule.rules), keep, one_in)


def sampler(series: Series) -> Callable[[Scalar], bool] | None:
    """Which values are counted, if not all are: the same ones for all who count the series."""
    return COUNTER_TYPES[series.kind].sampler(series)


def conversion(series: Series) -> Callable[[Any], Scalar] | None:
    """What is counted of a field's value; None: the value itself."""
    return COUNTER_TYPES[series.kind].conversion()


def firing(rule: Correlation, one_in: int = 1) -> Callable[[Any], bool]:
    """Whether a figure of the correlation's series, not None, makes it fire."""
    return COUNTER_TYPES[rule.type].firing(rule, one_in)


def has_plain_figure(series: Series) -> bool:
    """Whether limits are compared, as they are in the rule, with the figure itself."""
    return COUNTER_TYPES[series.kind].plain_figure and series.one_in == 1


def wanted(rule: Correlation) -> str:
    """What makes the correlation fire: ``gte 20``, or the rules that must have been seen."""
    return COUNTER_TYPES[rule.type].wanted(rule)


def counted(rule: Correlation) -> str:
    """What the correlation looks at: ``value_count of called.e164 over 600 s``."""
    of = "" if TYPES[rule.type].value is None else f" of {rule.value_field}"
    return f"{rule.type}{of} over {rule.timespan} s"


def figure_text(rule: Correlation, series: Series, figure: WindowFigure) -> str:
    """A figure for people: counts, sums and means in the field's own unit, the rules seen."""
    if figure is None:
        return "nothing in the window"
    return COUNTER_TYPES[rule.type].text(rule, series, figure)


def figure_value(
    rule: Correlation, series: Series, figure: WindowFigure
) -> int | float | list[str] | None:
    """A figure for programs: a count, a sum or a mean in the field's own unit, the rules seen."""
    return None if figure is None else COUNTER_TYPES[rule.type].plain_value(rule, series, figure)
