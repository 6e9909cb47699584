"""Counters against the plain definition: keep every event, count anew each time."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.counters import MemoryCounters, Step
from callguard.rules.model import Correlation, CorrelationType
from tests.making import counting

COMPARE = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "eq": operator.eq,
}
TYPES: tuple[CorrelationType, ...] = (
    "event_count",
    "value_count",
    "value_sum",
    "value_avg",
    "temporal",
    "temporal_ordered",
)
RULES = ("a", "b", "c")


@dataclass
class PlainCounters:
    """Every step ever counted, in one list."""

    seen: list[Step] = field(default_factory=list)

    def step(self, step: Step) -> bool:
        if step.matched:
            self.seen.append(step)
        window = [
            other
            for other in self.seen
            if (other.key, other.group) == (step.key, step.group)
            and step.at - step.correlation.timespan < other.at <= step.at
        ]
        return bool(window) and holds(step.correlation, window)


def holds(correlation: Correlation, window: list[Step]) -> bool:
    if correlation.type.startswith("temporal"):
        choices = [
            [step.at for step in window if step.matched >> number & 1]
            for number in range(len(correlation.rules))
        ]
        if correlation.type == "temporal":
            return all(choices)
        return any(list(times) == sorted(times) for times in product(*choices))
    values = [Fraction(step.value) for step in window if step.value is not None]
    total = sum(values, Fraction(0))
    if correlation.type == "value_avg" and not values:
        return False
    figure = {
        "event_count": lambda: Fraction(len(window)),
        "value_count": lambda: Fraction(len(set(values))),
        "value_sum": lambda: total,
        "value_avg": lambda: total / len(values),
    }[correlation.type]()
    return all(COMPARE[op](figure, Fraction(limit)) for op, limit in correlation.condition)


VALUES = (None, 0, 0.1, 0.2, 1, 1.0, 2.5, 60, 1e9)
LIMITS = (0, 1, 2, 3, 0.1, 0.30000000000000004, 1.5, 61)
# Times that meet, miss and lie about the end of a window of 60 seconds.
TIMES = (0.0, 0.1, 1.0, 30.0, 59.9, 60.0, 60.1, 61.0, 90.0, 120.0, 5000.0)


@st.composite
def correlations(draw: st.DrawFn, kind: CorrelationType) -> Correlation:
    pair = st.tuples(st.sampled_from(list(COMPARE)), st.sampled_from(LIMITS))
    condition = draw(st.lists(pair, min_size=1, max_size=2).map(tuple))
    return counting(
        "count",
        *RULES,
        type=kind,
        timespan=draw(st.sampled_from([1, 60])),
        condition=() if kind.startswith("temporal") else condition,
    )


# Steps at all these times, some only judged, of two groups one of which is busier.
STEPS = list(product([("x",), ("x",), ("y",)], TIMES, range(8), VALUES))


def steps(correlation: Correlation) -> st.SearchStrategy[list[Step]]:
    """Steps in any order of time."""
    some = st.lists(st.sampled_from(STEPS), max_size=9)
    return some.map(lambda drawn: [Step(correlation, "key", *each) for each in drawn])


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
def test_correlations_hold_as_the_plain_counters_say(
    kind: CorrelationType, data: st.DataObject
) -> None:
    counters, plain = MemoryCounters(), PlainCounters()
    for step in data.draw(steps(data.draw(correlations(kind)))):
        expected = [plain.step(step)]
        assert [expected, expected] == [counters.preview([step]), counters.step([step])]


def count(at: float, **changes: Any) -> Step:
    return replace(Step(counting("count", "a"), "key", (), at, 1), **changes)


def answers(*given_steps: Step) -> list[bool]:
    counters = MemoryCounters()
    return [counters.step([step])[0] for step in given_steps]


def test_the_steps_of_one_batch_are_counted_one_after_another() -> None:
    assert [False, True] == MemoryCounters().step([count(0), count(1)])


def test_the_steps_of_one_preview_do_not_see_each_other() -> None:
    assert [False, False] == MemoryCounters().preview([count(0), count(1)])


def test_a_preview_counts_nothing_however_often_it_is_asked() -> None:
    counters = MemoryCounters()
    for _ in range(5):
        counters.preview([count(0)])
    assert [False] == counters.step([count(0)])


def test_keys_and_groups_are_counted_apart() -> None:
    some = [count(0), count(0, key="other"), count(0, group=("x",)), count(0, group=("y",))]
    assert [False] * 4 == answers(*some)


def test_equal_numbers_are_one_group() -> None:
    assert [False, True] == answers(count(0, group=(5,)), count(0, group=(5.0,)))


@pytest.mark.parametrize(("second", "expected"), [(59.999, True), (60.0, False), (0.0, True)])
def test_the_window_excludes_its_far_end(second: float, expected: bool) -> None:
    assert [False, expected] == answers(count(0), count(second))


def test_an_event_of_the_future_counts_when_its_time_has_come() -> None:
    assert [False, False, True] == answers(count(100), count(0), count(100.5))


def test_who_has_done_nothing_is_not_caught_by_a_condition_that_nothing_fulfils() -> None:
    few = counting("count", "a", condition=(("lt", 5),))
    idle = count(0, correlation=few, matched=0)
    assert [False, True, True] == answers(idle, count(1, correlation=few), replace(idle, at=2))


def test_a_window_that_has_emptied_is_like_one_that_never_filled() -> None:
    few = counting("count", "a", condition=(("lt", 5),))
    assert [True, False] == answers(
        count(0, correlation=few), count(100, correlation=few, matched=0)
    )


def test_sums_are_not_rounded() -> None:
    one = counting("count", "a", type="value_sum", condition=(("gte", 1),))
    assert [False] * 9 + [True] == answers(
        *(count(n, correlation=one, value=0.1) for n in range(10))
    )


def test_means_are_not_rounded() -> None:
    mean = counting("count", "a", type="value_avg", condition=(("eq", 0.1),))
    assert [True] * 30 == answers(*(count(n, correlation=mean, value=0.1) for n in range(30)))


class Owner:
    """Somebody who counts."""


def test_what_its_owner_counts_no_more_is_forgotten() -> None:
    counters, owner = MemoryCounters(), Owner()
    counters.step([count(0), count(0, key="gone")])
    counters.retain(owner, frozenset({"key"}))
    assert [True, False] == counters.step([count(1), count(1, key="gone")])


def test_what_another_counts_is_kept() -> None:
    counters, one, other = MemoryCounters(), Owner(), Owner()
    counters.retain(one, frozenset({"key"}))
    counters.step([count(0)])
    counters.retain(other, frozenset({"other"}))
    counters.retain(other, frozenset())
    assert [True] == counters.step([count(1)])


def test_what_somebody_counted_who_is_gone_is_forgotten() -> None:
    counters, one = MemoryCounters(), Owner()
    counters.retain(one, frozenset({"key"}))
    counters.step([count(0)])
    del one
    counters.retain(other := Owner(), frozenset())
    assert [False] == counters.step([count(1)])
    del other


def test_what_its_owner_counts_again_is_counted_anew() -> None:
    counters, owner = MemoryCounters(), Owner()
    counters.step([count(0)])
    counters.retain(owner, frozenset())
    counters.retain(owner, frozenset({"key"}))
    assert [False, True] == counters.step([count(1), count(1)])
