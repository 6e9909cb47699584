"""Distinct values beyond what is told apart exactly: some are counted and stand for the others."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Any

import pytest

from callguard.counters import firing
from callguard.engine.correlate import CompiledCorrelation, compile_correlations, definition_keys
from callguard.engine.layout import lay_out
from callguard.rules.model import Correlation, Rule
from tests.made.rules import counting, detection

CALLS = detection("calls")


def test_a_figure_of_sampled_values_stands_for_more() -> None:
    rule = counting("count", "calls", type="value_count", condition=(("gte", 100_001),))
    fires_at = firing(rule, one_in=8)
    assert (False, True) == (fires_at(12_500), fires_at(12_501))


# One in four of 40,000: the standard error is 0.87 %.
LIMIT = 40_000
SEEDS = 12


def sampled(limit: int = LIMIT, name: str = "count") -> CompiledCorrelation:
    count = counting(
        name,
        "calls",
        type="value_count",
        value_field="called.e164",
        condition=(("gte", limit),),
    )
    rules: list[Rule | Correlation] = [CALLS, count]
    ((only,), _) = compile_correlations(rules, lay_out(rules, "setup"), definition_keys(rules))
    return only


def chosen(found: CompiledCorrelation, values: Iterable[Any]) -> list[Any]:
    """The values that the correlation counts."""
    steps = ((value, found.step(1, 0.0, [value])) for value in values)
    return [value for value, step in steps if step and step[3]]


def test_many_distinct_values_are_told_within_the_error_that_is_said() -> None:
    numbers = [f"+86{13_800_000_000 + number}" for number in range(LIMIT)]
    errors = []
    for seed in range(SEEDS):
        found = sampled(name=f"count{seed}")
        number = len(chosen(found, numbers))
        assert number <= found.series.keep
        errors.append(number * found.series.one_in / LIMIT - 1)
    assert sqrt(sum(error**2 for error in errors) / SEEDS) < 0.012
    # Nor are they all too many or all too few.
    assert abs(sum(errors) / SEEDS) < 3 * 0.012 / sqrt(SEEDS)
    assert min(errors) < 0 < max(errors)


@pytest.mark.parametrize("limit", [16_384, 32_766, 32_767, 1_000_000, 10**9])
def test_the_error_is_never_greater_than_is_said(limit: int) -> None:
    series = sampled(limit).series
    counted = limit / series.one_in
    assert sqrt((1 - 1 / series.one_in) / counted) < 0.012
    assert counted < series.keep <= 16_384


def test_which_values_are_counted_depends_on_what_counts_them() -> None:
    numbers = [f"+86{13_800_000_000 + number}" for number in range(200)]
    first, other, again = (
        chosen(found, numbers) for found in (sampled(), sampled(name="other"), sampled())
    )
    assert first == again != other
    # Whoever is in one sample is in another no more often than anybody is.
    assert len({*first} & {*other}) < len(first) / 2


def test_equal_values_are_counted_alike() -> None:
    found = sampled()
    whole = chosen(found, range(1000))
    assert whole == chosen(found, map(float, range(1000)))
    assert whole != chosen(found, map(str, range(1000)))


def test_limits_that_can_be_told_exactly_count_every_value() -> None:
    found = sampled(16_383)
    assert (1, 16_384, None) == (found.series.one_in, found.series.keep, found.sample)
