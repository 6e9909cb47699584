"""Figures in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from callguard.engine.figures import counted, figure_text, wanted
from callguard.engine.series import Figure, series_of
from tests.making import counting


@pytest.mark.parametrize(
    ("kind", "figure", "expected"),
    [
        ("event_count", None, "nothing in the window"),
        ("event_count", 1234, "1,234"),
        ("value_count", 15, "15"),
        ("value_count", 16, "16 or more"),
        ("value_sum", (3, 1500), "1.5"),
        ("value_sum", (1, 10**15), "1000000000000"),
        ("value_avg", (3, 10_000), "3.33333 over 3"),
        ("temporal", 0b11, "all seen"),
        ("temporal", 0b10, "not seen: a"),
        ("temporal_ordered", 0, "in order so far: none"),
        ("temporal_ordered", 1, "in order so far: a"),
    ],
)
def test_a_figure_is_said_in_its_own_unit(kind: Any, figure: Figure, expected: str) -> None:
    rule = counting("c", "a", "b", type=kind, value_field="duration_s")
    assert expected == figure_text(rule, series_of(rule, "k"), figure)


def test_a_sampled_figure_is_said_to_be_about_right() -> None:
    rule = counting("c", "a", type="value_count", condition=(("gt", 100_000),))
    assert "about 80,000" == figure_text(rule, series_of(rule, "k"), 10_000)


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
    rule = replace(counting("c", "a", "b", value_field="cause"), type=kind)
    assert expected == (counted(rule), wanted(rule))
