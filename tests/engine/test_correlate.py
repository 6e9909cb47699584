"""From matched rules to steps of the counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from callguard.counters import CounterUpdate, MemoryCounters, WindowFigure, firing
from callguard.engine.correlate import (
    EARLY,
    FAILED,
    CompiledCorrelation,
    compile_correlations,
    correlator,
    definition_keys,
    too_early,
)
from callguard.engine.layout import lay_out
from callguard.rules.model import Correlation, Location, Rule
from tests.made.broken_guards import BrokenCounters
from tests.made.parts import changed
from tests.made.rules import NEVER, counting, detection, equals

CALLS = detection("calls")
ENDS = detection("ends", category="call_release")
COUNT = counting("count", "calls", group_by=("calling.e164",))


def compiled(
    *rules: Rule | Correlation, event: str = "setup"
) -> tuple[list[CompiledCorrelation], tuple[str, ...], list[int]]:
    """(correlations, group fields, the owners of all bits) of the rules on an event."""
    layout = lay_out(rules, event)
    found, fields = compile_correlations(rules, layout, definition_keys(rules))
    return found, fields, layout.owners


def correlation(*rules: Rule | Correlation, event: str = "setup") -> CompiledCorrelation:
    ((only,), _, _) = compiled(*rules, event=event)
    return only


def key_of(count: Correlation, rule: Rule = CALLS) -> str:
    return definition_keys([rule, count])[count.name]


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "temporal"},
        {"group_by": ("called.e164",)},
        {"timespan": 61},
        {"value_field": "cause"},
    ],
)
def test_counters_start_anew_when_what_is_counted_changes(changes: dict[str, Any]) -> None:
    assert key_of(COUNT) != key_of(changed(COUNT, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "other"},
        {"score": 90},
        {"status": "experimental"},
        {"alert": "default"},
        {"location": Location("other.yaml", 9, 9)},
        {"condition": (("gte", 5),)},
    ],
)
def test_counters_are_kept_when_only_the_outcome_changes(changes: dict[str, Any]) -> None:
    assert key_of(COUNT) == key_of(changed(COUNT, **changes))


def test_counters_start_anew_when_a_rule_that_is_counted_changes() -> None:
    others = [changed(CALLS, clauses=((NEVER,),)), changed(CALLS, category="sms")]
    assert 3 == len({key_of(COUNT, rule) for rule in [CALLS, *others]})


def test_counters_are_kept_when_a_rule_moves_or_is_scored_otherwise() -> None:
    moved = changed(CALLS, location=Location("other.yaml", 9, 9), score=10)
    assert key_of(COUNT) == key_of(COUNT, moved)


def test_a_rule_that_is_not_counted_is_none_of_the_counters_business() -> None:
    keys = definition_keys([CALLS, ENDS, COUNT])
    assert keys == definition_keys([changed(ENDS, clauses=((NEVER,),)), CALLS, COUNT])


def test_only_correlations_have_keys() -> None:
    assert ["count"] == list(definition_keys([CALLS, COUNT, ENDS]))


def test_a_correlation_has_a_bit_above_the_clauses() -> None:
    found, _, owners = compiled(COUNT, CALLS, changed(COUNT, name="again"))
    assert ([0b10, 0b100], [1, 0, 2]) == ([each.trigger[0] for each in found], owners)


@pytest.mark.parametrize(
    ("event", "rules", "expected"),
    [
        ("setup", ("calls",), [("count", False)]),
        ("release", ("calls",), []),
        ("setup", ("ends",), [("count", True)]),
        ("release", ("ends",), [("count", False)]),
        ("sms", ("ends",), []),
        ("setup", ("calls", "ends"), [("count", False)]),
        ("release", ("calls", "ends"), [("count", False)]),
    ],
)
def test_a_correlation_concerns_what_it_counts_and_setups_if_it_counts_none(
    event: str, rules: tuple[str, ...], expected: list[tuple[str, bool]]
) -> None:
    found, _, _ = compiled(CALLS, ENDS, counting("count", *rules), event=event)
    assert expected == [(each.rule.name, not each.counted) for each in found]


def test_a_correlation_that_is_off_concerns_nothing() -> None:
    assert ([], (), [0]) == compiled(CALLS, changed(COUNT, status="deprecated"))


def test_each_field_that_steps_want_is_named_once() -> None:
    one = counting("one", "calls", group_by=("trunk_group", "origid"))
    two = counting("two", "calls", type="value_sum", group_by=("origid",), value_field="duration_s")
    found, fields, _ = compiled(CALLS, one, two)
    assert ("trunk_group", "origid", "duration_s") == fields
    assert [((0, 1), None), ((1,), 2)] == [(each.group, each.value) for each in found]


def test_a_step_carries_group_bucket_and_the_rules_that_matched() -> None:
    a, b = detection("a", equals("text", "a")), detection("b", equals("text", "b"))
    count = counting("count", "b", "a", type="value_sum", group_by=("origid",), value_field="cause")
    found = correlation(a, b, count)
    expected = (found.series, "x", 1066, 0b10, 16_000)
    assert expected == found.step(0b01, 1000.0, ["x", 16])


@pytest.mark.parametrize(
    ("fields", "values", "group"),
    [((), [], ()), (("origid",), ["x"], "x"), (("origid", "cause"), ["x", 5], ("x", 5))],
)
def test_a_group_is_one_value_or_several(
    fields: tuple[str, ...], values: list[Any], group: Any
) -> None:
    step = correlation(CALLS, counting("count", "calls", group_by=fields)).step(1, 0.0, values)
    assert step is not None
    assert group == step[1]


def test_a_rule_of_two_clauses_is_matched_by_either() -> None:
    rule = detection("rule", clauses=((equals("text", "a"),), (equals("text", "b"),)))
    found = correlation(rule, counting("count", "rule"))
    matched = [step and step[3] for step in (found.step(m, 0.0, []) for m in range(4))]
    assert [None, 1, 1, 1] == matched


def test_a_record_without_the_value_is_no_event() -> None:
    count = counting("count", "calls", type="value_count", value_field="cause")
    assert correlation(CALLS, count).step(1, 0.0, [None]) is None


def test_a_record_without_its_group_means_nothing() -> None:
    found = correlation(CALLS, COUNT)
    assert found.step(1, 0.0, [None]) is None


@pytest.mark.parametrize("value", ["", 0, False])
def test_a_value_that_is_empty_is_a_group_all_the_same(value: object) -> None:
    step = correlation(CALLS, COUNT).step(1, 0.0, [value])
    assert step is not None
    assert value == step[1]


def test_a_setup_that_is_only_judged_matches_nothing() -> None:
    step = correlation(ENDS, counting("count", "ends")).step(0, 0.0, [])
    assert step is not None
    assert 0 == step[3]


def test_a_setup_that_is_only_judged_needs_no_value() -> None:
    count = counting("count", "ends", type="value_sum", value_field="duration_s")
    found, fields, _ = compiled(ENDS, count)
    assert () == fields
    assert [(found[0].series, (), 0, 0, None)] == [found[0].step(0, 0.0, [])]


class Recorder:
    """A store that holds what it was told, and answers as it was told to."""

    def __init__(self, *answers: WindowFigure) -> None:
        self.batches: list[list[CounterUpdate]] = []
        self.answers = list(answers)

    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        self.batches.append(list(steps))
        return self.answers


SEVERAL: list[Rule | Correlation] = [
    CALLS,
    *(counting(name, "calls") for name in ("one", "two", "three")),
]


def correlated(store: Any, at: float = 1000.0, now: float = 1000.0) -> int:
    """What the correlations of SEVERAL come to, all of them stepped."""
    found, _, _ = compiled(*SEVERAL)
    steps = [step for each in found if (step := each.step(1, at, []))]
    return correlator(store, too_early(lambda: now))(at, steps, [each.trigger for each in found])


def test_all_correlations_are_counted_in_one_batch() -> None:
    store = Recorder(2, 1, 3)
    assert 0b1010 == correlated(store)
    assert [3] == [len(batch) for batch in store.batches]


def test_a_correlation_without_a_figure_does_not_fire() -> None:
    assert 0b0010 == correlated(Recorder(2, None, None))


@pytest.mark.parametrize(
    "store", [BrokenCounters(), Recorder(2), Recorder(2, 2, 2, 2)], ids=["down", "few", "many"]
)
def test_counters_that_fail_or_answer_amiss_are_told_from_those_that_hold(store: Any) -> None:
    assert FAILED == correlated(store)


@pytest.mark.parametrize(("at", "expected"), [(1300.0, 0b1110), (1300.1, EARLY)])
def test_a_record_far_ahead_of_the_clock_is_not_counted(at: float, expected: int) -> None:
    store = Recorder(2, 2, 2)
    assert expected == correlated(store, at)
    assert (expected > 0) == bool(store.batches)


def test_what_fires_is_what_the_store_says() -> None:
    found = correlation(CALLS, COUNT)
    store = MemoryCounters()
    correlate = correlator(store, too_early(lambda: 1000.0))
    callers = "+861", "+862", "+861", "+861"
    fired = [
        correlate(1000.0, [step], [found.trigger])
        for step in (found.step(1, 1000.0, [caller]) for caller in callers)
        if step
    ]
    assert [0, 0, 0b10, 0b10] == fired


@pytest.mark.parametrize(
    ("kind", "condition", "fires", "spares"),
    [
        ("event_count", (("gt", 5),), [6], [5]),
        ("event_count", (("gte", 5), ("lt", 7)), [5, 6], [4, 7]),
        ("event_count", (("eq", 5),), [5], [4, 6]),
        ("event_count", (("lte", 2.5),), [2], [3]),
        ("value_count", (("gte", 50),), [50], [49]),
        ("value_sum", (("gt", 0.1),), [(1, 101)], [(1, 100)]),
        ("value_avg", (("lt", 3),), [(2, 5999)], [(2, 6000)]),
        ("value_avg", (("gte", 0.0005),), [(2, 1)], [(3, 1)]),
    ],
)
def test_a_figure_is_compared_with_the_limits(
    kind: str, condition: Any, fires: list[Any], spares: list[Any]
) -> None:
    fires_at = firing(counting("count", "calls", type=kind, condition=condition))
    assert [True] * len(fires) + [False] * len(spares) == [*map(fires_at, fires + spares)]


@pytest.mark.parametrize("kind", ["temporal", "temporal_ordered"])
def test_every_rule_must_have_been_seen(kind: str) -> None:
    fires_at = firing(counting("count", "a", "b", type=kind, condition=()))
    whole, part = (0b11, 0b10) if kind == "temporal" else (2, 1)
    assert (True, False) == (fires_at(whole), fires_at(part))
