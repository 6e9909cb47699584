"""What a full store keeps of a caller while others use each forged number a few times."""

from __future__ import annotations

import pytest

from callguard.counters import MemoryCounters, Series, WindowFigure

COUNT = Series("counts", "event_count", 3600, 64, 1, 0)
GROUPS = 2000
CALLS = 40


def heavy_caller(uses: int, share: float) -> int:
    """What the caller counted at the end, calling ``share`` times as often as the bound asks."""
    counters = MemoryCounters(max_groups=GROUPS)
    between = int(GROUPS / 4 / (uses + 1) / share)
    numbers = iter(range(10**9))

    def forge(amount: int) -> None:
        for _ in range(amount):
            number = f"forged-{next(numbers)}"
            for _ in range(uses):
                counters.step([(COUNT, number, 5, 1, 1)])

    forge(GROUPS)
    figure: WindowFigure = 0
    for _ in range(CALLS):
        (figure,) = counters.step([(COUNT, "heavy", 5, 1, 1)])
        forge(between)
    assert isinstance(figure, int)
    return figure


@pytest.mark.parametrize("uses", [1, 2, 3, 5])
def test_a_caller_above_the_bound_is_kept(uses: int) -> None:
    assert heavy_caller(uses, 1.0) >= CALLS - uses


def test_a_caller_far_below_the_bound_begins_again_and_again() -> None:
    assert heavy_caller(3, 0.25) <= 3
