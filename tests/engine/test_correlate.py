"""From matched rules to steps of the counters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from callguard.engine.correlate import Watch, correlator, definition_keys, watches
from callguard.engine.counters import MemoryCounters, Step
from callguard.engine.layout import lay_out
from callguard.rules.model import Correlation, Place, Rule
from tests.faults import BrokenCounters
from tests.making import NEVER, counting, detection, equals, refuse

CALLS = detection("calls")
ENDS = detection("ends", category="call_release")
COUNT = counting("count", "calls", group_by=("calling.e164",))


def watched(
    *rules: Rule | Correlation, event: str = "setup"
) -> tuple[list[Watch], tuple[str, ...], list[int]]:
    """(watches, group fields, the owners of all bits) of the rules on an event."""
    layout = lay_out(rules, event)
    found, fields = watches(rules, layout, definition_keys(rules))
    return found, fields, layout.owners


def watch(*rules: Rule | Correlation, event: str = "setup") -> Watch:
    ((only,), _, _) = watched(*rules, event=event)
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
    assert key_of(COUNT) != key_of(replace(COUNT, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "other"},
        {"score": 90},
        {"status": "experimental"},
        {"alert": "default"},
        {"place": Place("other.yaml", 9, 9)},
        {"condition": (("gte", 5),)},
    ],
)
def test_counters_are_kept_when_only_the_outcome_changes(changes: dict[str, Any]) -> None:
    assert key_of(COUNT) == key_of(replace(COUNT, **changes))


def test_counters_start_anew_when_a_rule_that_is_counted_changes() -> None:
    others = [replace(CALLS, clauses=((NEVER,),)), replace(CALLS, category="sms")]
    assert 3 == len({key_of(COUNT, rule) for rule in [CALLS, *others]})


def test_counters_are_kept_when_a_rule_moves_or_is_scored_otherwise() -> None:
    moved = replace(CALLS, place=Place("other.yaml", 9, 9), score=10)
    assert key_of(COUNT) == key_of(COUNT, moved)


def test_a_rule_that_is_not_counted_is_none_of_the_counters_business() -> None:
    keys = definition_keys([CALLS, ENDS, COUNT])
    assert keys == definition_keys([replace(ENDS, clauses=((NEVER,),)), CALLS, COUNT])


def test_only_correlations_have_keys() -> None:
    assert ["count"] == list(definition_keys([CALLS, COUNT, ENDS]))


def test_a_correlation_has_a_bit_above_the_clauses() -> None:
    found, _, owners = watched(COUNT, CALLS, replace(COUNT, name="again"))
    assert ([0b10, 0b100], [1, 0, 2]) == ([each.fires for each in found], owners)


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
    found, _, _ = watched(CALLS, ENDS, counting("count", *rules), event=event)
    assert expected == [(each.correlation.name, each.judged) for each in found]


def test_a_correlation_that_is_off_concerns_nothing() -> None:
    assert ([], (), [0]) == watched(CALLS, replace(COUNT, status="deprecated"))


def test_each_field_that_steps_want_is_named_once() -> None:
    one = counting("one", "calls", group_by=("trunk_group", "origid"))
    two = counting("two", "calls", group_by=("origid",), value_field="duration_s")
    found, fields, _ = watched(CALLS, one, two)
    assert ("trunk_group", "origid", "duration_s") == fields
    assert [((0, 1), None), ((1,), 2)] == [(each.group, each.value) for each in found]


def test_a_step_carries_group_time_and_the_rules_that_matched() -> None:
    a, b = detection("a", equals("text", "a")), detection("b", equals("text", "b"))
    count = counting("count", "b", "a", group_by=("origid",), value_field="cause")
    step = watch(a, b, count).step(0b01, 1000.0, ["x", 16])
    assert step is not None
    expected = (("x",), 1000.0, 0b10, 16)
    assert expected == (step.group, step.at, step.matched, step.value)


def test_a_rule_of_two_clauses_is_matched_by_either() -> None:
    rule = detection("rule", clauses=((equals("text", "a"),), (equals("text", "b"),)))
    found = watch(rule, counting("count", "rule"))
    matched = [step and step.matched for step in (found.step(m, 0.0, []) for m in range(4))]
    assert [None, 1, 1, 1] == matched


def test_a_record_without_its_group_means_nothing() -> None:
    found = watch(CALLS, COUNT)
    assert found.step(1, 0.0, [None]) is None


@pytest.mark.parametrize("value", ["", 0, False])
def test_a_value_that_is_empty_is_a_group_all_the_same(value: object) -> None:
    step = watch(CALLS, COUNT).step(1, 0.0, [value])
    assert step is not None
    assert (value,) == step.group


def test_a_setup_that_is_only_judged_matches_nothing() -> None:
    step = watch(ENDS, counting("count", "ends")).step(0, 0.0, [])
    assert step is not None
    assert 0 == step.matched


class Recorder:
    """A store that holds what it was told, and answers as it was told to."""

    def __init__(self, *answers: bool) -> None:
        self.batches: list[list[str]] = []
        self.answers = list(answers)

    def step(self, steps: Sequence[Step]) -> list[bool]:
        self.batches.append([step.correlation.name for step in steps])
        return self.answers

    preview = retain = refuse


SEVERAL: list[Rule | Correlation] = [
    CALLS,
    *(counting(name, "calls") for name in ("one", "two", "three")),
]


def test_all_correlations_are_counted_in_one_batch() -> None:
    store = Recorder(True, False, True)
    found, _, _ = watched(*SEVERAL)
    assert 0b1010 == correlator(found, store)(1, 1000.0, ())
    assert [["one", "two", "three"]] == store.batches


def test_a_record_that_concerns_no_correlation_asks_no_store() -> None:
    store = Recorder()
    found, _, _ = watched(*SEVERAL)
    assert 0 == correlator(found, store)(0, 1000.0, ())
    assert [] == store.batches


@pytest.mark.parametrize(
    "store", [BrokenCounters(), Recorder(True), Recorder(*[True] * 4)], ids=["down", "few", "many"]
)
def test_counters_that_fail_or_answer_amiss_are_told_from_those_that_hold(store: Any) -> None:
    found, _, _ = watched(*SEVERAL)
    assert -1 == correlator(found, store)(1, 1000.0, ())


def test_what_fires_is_what_the_store_says() -> None:
    found, _, _ = watched(CALLS, COUNT)
    correlate = correlator(found, MemoryCounters())
    values = ["+861"], ["+862"], ["+861"], ["+861"]
    assert [0, 0, 0b10, 0b10] == [correlate(1, 1000.0, each) for each in values]
