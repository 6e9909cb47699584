"""The sentences about correlations, one by one: the guard and the plain judge say the same."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from callguard.guard import Guard
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import Absent, Compare, Literal
from tests.made.guards import guard_of, lists, members, oracle_of, plan, said
from tests.made.parts import changed, correlation, rule
from tests.oracles.verdicts import Oracle
from tests.strategies.rules import rule_set

Records = list[dict[str, Any]]
Rules = list[Rule | Correlation]


def feeder(name: str, category: str = "call_setup", **changes: Any) -> Rule:
    """A rule that every record about the event matches."""
    clauses = ((Literal("called_party_number", Absent(), negated=True),),)
    return changed(rule(name, clauses), category=category, **changes)


def counting(kind: str, rules: tuple[str, ...] = ("calls",), **changes: Any) -> Correlation:
    """A correlation over a minute for each calling number, fulfilled by two events or more."""
    base = correlation("found", rules, group_by=("calling_party_number",), score=60)
    return changed(base, type=kind, **changes)


def call(at: float, event: str = "setup", caller: str | None = "13800138000", **more: Any) -> Any:
    return {
        "event": event,
        "at": at,
        "calling_party_number": caller,
        "called_party_number": "01069445566",
        **more,
    }


def firing(rules: Rules, calls: Records) -> list[bool]:
    """For each record whether the correlation fires; the plain judge must say the same."""
    guard, oracle = guard_of(rule_set(rules)), oracle_of(rule_set(rules))
    fired = []
    for record in calls:
        verdict = guard.score(record)
        assert oracle.judge(record) == said(verdict)
        fired.append("found" in verdict.rules)
    return fired


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([960, 1019.999], [False, True]),
        ([960, 1020], [False, False]),
        ([960.9, 1019.999], [False, True]),
        ([960.9, 1020], [False, False]),
        ([1000, 1000], [False, True]),
        ([1060, 1059], [False, True]),
        ([1060, 1000.3, 1059], [False, False, True]),
        ([1060, 1001, 1002, 1061], [False, True, True, True]),
        ([1000, 5000, 1001, 5001], [False, False, False, True]),
    ],
    ids=[
        "inside",
        "the far end is outside",
        "the end of the oldest bucket is inside",
        "the end of the oldest bucket is outside",
        "the near end is inside",
        "out of order",
        "late, not counted",
        "out of order, counted where it belongs",
        "a jump leaves the past behind",
    ],
)
def test_the_window_reaches_back_from_the_record_judged(
    times: list[float], expected: list[bool]
) -> None:
    assert expected == firing([feeder("calls"), counting("event_count")], [*map(call, times)])


def test_one_wrong_clock_does_not_end_the_counting() -> None:
    rules: Rules = [feeder("calls"), counting("event_count")]
    calls = [call(1000), call(1301), call(1001), call(1300), call(1001)]
    guard = Guard(rule_set(rules), plan(), lists(), clock=lambda: 1000.0)
    oracle = Oracle(rule_set(rules), plan(), members(), now=1000.0)
    verdicts = [guard.score(record) for record in calls]
    assert [oracle.judge(record) for record in calls] == [said(verdict) for verdict in verdicts]
    assert [[], ["early"], [], [], []] == [verdict.degraded for verdict in verdicts]
    assert [False, False, True, False, False] == ["found" in v.rules for v in verdicts]


def test_callers_are_counted_apart_and_those_without_a_number_not_at_all() -> None:
    callers = ["+861", "861", "+861", None, None, "", ""]
    calls = [call(1000, caller=caller) for caller in callers]
    expected = [False, False, True, False, False, False, True]
    assert expected == firing([feeder("calls"), counting("event_count")], calls)


def test_a_record_that_matches_several_rules_counts_once() -> None:
    rules: Rules = [feeder("calls"), feeder("again"), counting("event_count", ("calls", "again"))]
    assert [False, True] == firing(rules, [call(1000), call(1001)])


def test_setups_are_judged_by_what_releases_counted_before() -> None:
    rules: Rules = [feeder("ends", "call_release"), counting("event_count", ("ends",))]
    events = ["setup", "release", "setup", "release", "setup", "answer", "sms", "setup"]
    calls = [call(1000 + n, event) for n, event in enumerate(events)]
    expected = [False, False, False, True, True, False, False, True]
    assert expected == firing(rules, calls)


def test_setups_that_do_not_count_are_not_judged_where_others_do() -> None:
    picky = feeder("picky", clauses=((Literal("ring_s", Compare("gt", 5)),),))
    rules: Rules = [feeder("ends", "call_release"), picky]
    rules.append(counting("event_count", ("ends", "picky")))
    calls = [call(1000, "release"), call(1001, "release"), call(1002), call(1003, ring_s=9)]
    assert [False, True, False, True] == firing(rules, calls)


def test_nobody_is_caught_by_having_done_nothing() -> None:
    rules: Rules = [
        feeder("ends", "call_release"),
        counting("event_count", ("ends",), condition=(("lt", 5),)),
    ]
    assert [False, True, True] == firing(rules, [call(1), call(2, "release"), call(3)])


def test_a_call_to_an_emergency_number_is_not_counted() -> None:
    emergency = {**call(1000), "called_party_number": "110"}
    rules: Rules = [feeder("calls"), counting("event_count")]
    assert [False, False, False, True] == firing(
        rules, [emergency, emergency, call(1001), call(1002)]
    )


def test_sums_are_exact() -> None:
    calls = [call(1000 + n, duration_s=0.1) for n in range(10)]
    condition = (("gte", 1), ("lt", 1.0000001))
    rules: Rules = [
        feeder("calls"),
        counting("value_sum", value_field="duration_s", condition=condition),
    ]
    assert [False] * 9 + [True] == firing(rules, calls)


def test_a_mean_is_over_the_records_that_have_the_value() -> None:
    calls = [call(1000), call(1001, duration_s=2), call(1002), call(1003, duration_s=4)]
    condition = (("gte", 3), ("lte", 3))
    rules: Rules = [
        feeder("calls"),
        counting("value_avg", value_field="duration_s", condition=condition),
    ]
    assert [False, False, False, True] == firing(rules, calls)


def test_limits_are_the_decimals_that_were_written() -> None:
    rules: Rules = [
        feeder("calls"),
        counting("value_sum", value_field="duration_s", condition=(("eq", 0.1),)),
    ]
    assert [True, False] == firing(rules, [call(1000, duration_s=0.1), call(1001, duration_s=1)])


def test_a_record_without_the_value_is_no_event() -> None:
    rules: Rules = [
        feeder("calls"),
        counting("value_count", value_field="origid", condition=(("lt", 5),)),
    ]
    calls = [call(1000), call(1001, origid="a"), call(1002)]
    assert [False, True, False] == firing(rules, calls)


def test_order_is_that_of_event_time_and_not_of_arrival() -> None:
    first = feeder("first", clauses=((Literal("ring_s", Compare("lt", 5)),),))
    second = feeder("second", clauses=((Literal("ring_s", Compare("gt", 5)),),))
    rules: Rules = [first, second, counting("temporal_ordered", ("first", "second"), condition=())]
    quick: dict[str, Any] = {"ring_s": 1}
    slow: dict[str, Any] = {"ring_s": 9}
    assert [False, False] == firing(rules, [call(1000, **slow), call(1001, **quick)])
    assert [False, True] == firing(rules, [call(1000, **slow), call(1000, **quick)])
    late = [call(1001, **slow), call(1000, **quick), call(1002, **quick)]
    assert [False, True, True] == firing(rules, late)
    near = [call(1000.01, **slow), call(1000, **quick)]
    assert [False, True] == firing(rules, near)


@pytest.mark.parametrize("kind", ["event_count", "value_count", "value_sum", "temporal_ordered"])
def test_long_disorderly_traffic_is_counted_as_the_plain_judge_counts_it(kind: str) -> None:
    rng = Random(kind)
    few = feeder("few", clauses=((Literal("cause", Compare("gt", 25)),),))
    rules: Rules = [
        feeder("calls"),
        few,
        counting(
            kind,
            ("calls", "few"),
            value_field="cause" if kind.startswith("value") else None,
            condition=() if kind == "temporal_ordered" else (("gte", 25),),
        ),
    ]
    calls = [
        call(1000 + n / 2 + rng.uniform(-70, 5), caller=rng.choice("ab"), cause=rng.randrange(30))
        for n in range(500)
    ]
    fired = firing(rules, calls)
    assert {True, False} == set(fired)
