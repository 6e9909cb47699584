from __future__ import annotations

from functools import cache

import pytest

from callguard import rulepack
from callguard.demo import generate_day
from callguard.demo.takedown import TakedownResult, Traces, run_takedown
from callguard.numbering import NumberingPlan


@cache
def taken_down(seed: int = 2016) -> TakedownResult:
    traces = Traces(NumberingPlan("CN"))
    for one in generate_day(seed, "CN", 12_000):
        traces.see(one)
    found = run_takedown(traces, rulepack.path(), seed)
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [2016, 7])
def test_rings_are_shut_and_nobody_else(seed: int) -> None:
    found = taken_down(seed)
    fraudulent = found.cards + found.spare
    assert (fraudulent, 0) == (found.shut, found.innocent)
    assert (5, fraudulent - 5) == (found.stop, found.reverify)


def test_what_is_left_out_has_its_reason() -> None:
    found = taken_down()
    assert {"invalid_number": 2, "not_person": 40, "not_traced": 43} == found.reasons
    assert 1 == found.victims


def test_the_loop_closes_and_the_restored_number_is_out_of_it() -> None:
    found = taken_down()
    assert found.stop - 1 == found.listed
    assert 0 < found.calls == found.blocked
    assert 0 < found.restored_calls == found.passed


def test_a_day_without_enough_fraudsters_has_no_such_story() -> None:
    assert None is run_takedown(Traces(NumberingPlan("CN")), rulepack.path(), 1)
