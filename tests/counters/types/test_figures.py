"""Figures in words."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.counters import (
    WindowFigure,
    counted,
    figure_text,
    figure_value,
    series_of,
    wanted,
)
from tests.made.parts import changed
from tests.made.rules import counting

# Type, figure, the words for people, the value for programs.
FIGURES: tuple[tuple[Any, WindowFigure, str, object], ...] = (
    ("event_count", None, "nothing in the window", None),
    ("event_count", 1234, "1,234", 1234),
    ("value_count", 15, "15", 15),
    ("value_count", 16, "16 or more", 16),
    ("value_sum", (3, 1500), "1.5", 1.5),
    ("value_sum", (1, -1), "-0.001", -0.001),
    ("value_sum", (1, 0), "0", 0.0),
    ("value_sum", (1, 10**15), "1,000,000,000,000", 1e12),
    ("value_sum", (9, 10**20 + 10), "100,000,000,000,000,000.01", 1e17),
    ("value_avg", (3, 10_000), "3.33333 (mean of 3)", 10 / 3),
    ("value_avg", (1, -2500), "-2.5 (mean of 1)", -2.5),
    ("temporal", 0b11, "all seen", ["a", "b"]),
    ("temporal", 0b10, "seen b, not seen a", ["b"]),
    ("temporal", 0, "seen none, not seen a, b", []),
    ("temporal_ordered", 0, "in order so far none", []),
    ("temporal_ordered", 1, "in order so far a", ["a"]),
    ("temporal_ordered", 2, "all seen in order", ["a", "b"]),
)


@pytest.mark.parametrize(("kind", "figure", "text", "value"), FIGURES)
def test_a_figure_in_its_own_unit(
    kind: Any, figure: WindowFigure, text: str, value: object
) -> None:
    rule = counting("c", "a", "b", type=kind, value_field="duration_s")
    series = series_of(rule, "k")
    assert (text, value) == (
        figure_text(rule, series, figure),
        figure_value(rule, series, figure),
    )


def test_a_sampled_figure_is_said_to_be_about_right() -> None:
    rule = counting("c", "a", type="value_count", condition=(("gt", 100_000),))
    series = series_of(rule, "k")
    assert ("about 80,000", 80_000) == (
        figure_text(rule, series, 10_000),
        figure_value(rule, series, 10_000),
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("event_count", ("event_count over 60 s", "gte 2")),
        ("value_count", ("value_count of cause over 60 s", "gte 2")),
        ("temporal", ("temporal over 60 s", "all of a, b")),
        ("temporal_ordered", ("temporal_ordered over 60 s", "in this order a, b")),
    ],
)
def test_what_is_counted_and_what_is_wanted(kind: Any, expected: tuple[str, str]) -> None:
    rule = changed(counting("c", "a", "b", value_field="cause"), type=kind)
    assert expected == (counted(rule), wanted(rule))
