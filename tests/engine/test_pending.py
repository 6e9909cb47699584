"""Records whose counters are asked for later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from callguard.counters import WindowFigure
from callguard.engine.pending import Pending
from callguard.engine.verdict import Verdict


def pending() -> Pending:
    """Two correlations wait: the first fires from 2 on, the second from 5 on."""

    def finish(
        _record: Mapping[str, Any], call_id: Any, at: float, mask: int, degraded: list[str]
    ) -> Verdict:
        return Verdict(call_id, at, "allow", mask, [], [], None, None, False, "d", degraded)

    triggers = [(0b010, lambda figure: figure >= 2), (0b100, lambda figure: figure >= 5)]
    return Pending(finish, {}, "c1", 7.0, 0b001, ["list"], [], triggers, ["record: odd"])


@pytest.mark.parametrize(
    ("figures", "mask"),
    [((1, 4), 0b001), ((2, 4), 0b011), ((2, 5), 0b111), ((None, 5), 0b101), ((None, None), 0b001)],
)
def test_correlations_join_the_clauses_that_matched(
    figures: Sequence[WindowFigure], mask: int
) -> None:
    found = pending().finish(figures)
    assert (mask, ["list", "record: odd"]) == (found.score, found.degraded)


@pytest.mark.parametrize("figures", [None, (), (2,), (2, 5, 9)])
def test_figures_that_are_missing_leave_the_clauses_that_matched(
    figures: Sequence[WindowFigure] | None,
) -> None:
    found = pending().finish(figures)
    assert (0b001, ["list", "counters", "record: odd"]) == (found.score, found.degraded)


def test_a_record_may_be_finished_twice() -> None:
    one = pending()
    assert one.finish((2, 5)) == one.finish((2, 5))
