"""What stores are told of a correlation."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import bucket_of, figure_text, series_of
from callguard.counters.types.sums import thousandths
from callguard.counters.types.value_count import EXACT_DISTINCT
from callguard.times import LATEST_AT
from tests.made.rules import counting


@given(st.floats(0, LATEST_AT), st.integers(1, 366 * 86_400), st.sampled_from((64, 1024)))
def test_the_bucket_is_the_exact_quotient(at: float, timespan: int, parts: int) -> None:
    assert math.floor(Fraction(at) * parts / timespan) == bucket_of(at, timespan, parts)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0),
        (0.1, 100),
        (0.0005, 0),
        (0.0015, 2),
        (0.0025, 2),
        (1.0005, 1000),
        (2.9999, 3000),
        (7, 7000),
        (1e9, 10**12),
    ],
)
def test_sums_are_made_of_whole_thousandths(value: float, expected: int) -> None:
    assert expected == thousandths(value)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, (16, 1)),
        (15, (16, 1)),
        (16, (32, 1)),
        (50, (64, 1)),
        (63.5, (64, 1)),
        (EXACT_DISTINCT, (16_384, 1)),
        (EXACT_DISTINCT + 1, (16_384, 2)),
        (1_000_000, (16_384, 64)),
    ],
)
def test_a_figure_of_distinct_values_can_pass_its_limit(
    limit: float, expected: tuple[int, int]
) -> None:
    rule = counting("c", "x", type="value_count", value_field="cause", condition=(("gt", limit),))
    series = series_of(rule, "k")
    assert expected == (series.keep, series.one_in)
    assert series.keep * series.one_in > limit


@pytest.mark.parametrize(("limit", "same"), [(20, True), (31, True), (32, False), (9, False)])
def test_a_limit_moves_within_a_power_of_two(limit: int, same: bool) -> None:
    before, after = (
        series_of(counting("c", "x", type="value_count", condition=(("gte", number),)), "k")
        for number in (16, limit)
    )
    assert same == (before == after)


def test_the_greatest_of_several_limits_counts() -> None:
    rule = counting("c", "x", type="value_count", condition=(("gte", 3), ("lt", 100)))
    assert 128 == series_of(rule, "k").keep


def test_other_types_have_no_such_bound() -> None:
    series = series_of(counting("c", "x", condition=(("gt", 10**9),)), "k")
    assert (0, 1) == (series.keep, series.one_in)


@pytest.mark.parametrize(("kind", "parts"), [("temporal", 64), ("temporal_ordered", 1024)])
def test_order_is_told_apart_more_finely(kind: str, parts: int) -> None:
    assert parts == series_of(counting("c", "x", "y", type=kind, condition=()), "k").parts


def test_a_figure_at_its_bound_may_stand_for_more() -> None:
    rule = counting("c", "x", type="value_count", condition=(("gt", 5),))
    series = series_of(rule, "k")
    texts = [figure_text(rule, series, figure) for figure in (15, 16)]
    assert ["15", "16 or more"] == texts
    rule = counting("c", "x")
    assert "1,000" == figure_text(rule, series_of(rule, "k"), 1000)
