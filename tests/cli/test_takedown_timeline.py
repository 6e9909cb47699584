from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.cli.takedown_timeline import ELSE, HELD, INCIDENT, WINDOW, Timeline

# Ten cells of ten seconds; the window is the fourth to the sixth of them.
LINE = Timeline(1000, 1100, (1030, 1060), 10)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1000, 1100, "██████████"),
        (1000, 1010, "█··░░░····"),
        (1000, 1011, "██·░░░····"),
        (1045, 1046, "···░█░····"),
        (1045, 1045, "···░█░····"),
        (1095, 1 << 38, "···░░░···█"),
        (0, 1005, "█··░░░····"),
        (1100, 1200, "···░░░····"),
        (900, 1000, "···░░░····"),
    ],
)
def test_a_registration_fills_the_cells_it_touches(start: int, end: int, expected: str) -> None:
    assert expected == LINE.line(start, end)


def test_the_moment_stands_on_the_window() -> None:
    assert "···▼░░····" == LINE.axis(1030)
    assert "···░░░···▼" == LINE.axis(1099)


times = st.integers(-(1 << 34), 1 << 38)


@given(times, times, times, times, st.integers(1, 60))
def test_a_line_is_as_long_as_the_span_whatever_the_times(
    start: int, end: int, registered: int, closed: int, width: int
) -> None:
    line = Timeline(start, end, (registered, closed), width)
    for text in (line.line(registered, closed), line.axis(registered)):
        assert width == len(text)
        assert set(text) <= {HELD, WINDOW, ELSE, INCIDENT}
