"""Correlations seen from outside: when a guard's verdicts name them, and when they stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

from callguard.counters import CounterStore, MemoryCounters, RedisCounters
from callguard.guard import Guard
from callguard.guard.guard import Scored
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import Compare, Literal
from tests.made.broken_guards import BrokenCounters
from tests.made.guards import lists, plan
from tests.made.parts import changed
from tests.made.rule_text import rule_file
from tests.made.rules import call, counting, detection, equals
from tests.real_servers.redis import server
from tests.strategies.rules import rule_set

NOW = 1_000_000.0
BEGIN = 960.0  # a bucket begins here

CALLS = detection("calls")
ENDS = detection("ends", category="call_release")
ANSWERS = detection("answers", category="call_answer")
MESSAGES = detection("messages", category="sms")
BANK = detection("bank", equals("display_name", "bank"), verdict="label")
BY_CALLER: dict[str, Any] = {"group_by": ("calling.e164",), "verdict": "label"}
MANY = counting("many", "calls", condition=(("gte", 3),), **BY_CALLER)


def guard_of(
    *rules: Rule | Correlation,
    state: CounterStore | None = None,
    clock: Callable[[], float] = lambda: NOW,
) -> Guard:
    return Guard(rule_set(rules), plan(), lists(), state=state, clock=clock)


def fired(guard: Guard, *calls: dict[str, Any]) -> list[list[str]]:
    return [guard.score(record).rules for record in calls]


def at(seconds: float, event: str = "setup", **more: Any) -> dict[str, Any]:
    """A record so many seconds after the beginning."""
    return call(event=event, at=BEGIN + seconds, **more)


def test_a_correlation_fires_on_the_record_that_crosses_and_while_it_holds() -> None:
    found = fired(guard_of(CALLS, MANY), at(0), at(20), at(40), at(59), at(61), at(81))
    assert [[], [], ["many"], ["many"], ["many"], ["many"]] == found


def test_it_stops_when_the_window_has_passed() -> None:
    guard = guard_of(CALLS, MANY)
    assert [[], [], ["many"]] == fired(guard, at(0), at(20), at(40))
    # Of the window of 90 are 40 and 90 itself, of that of 200 nothing but itself.
    assert [[], []] == fired(guard, at(90), at(200))
    assert [[], ["many"]] == fired(guard, at(201), at(202))


def test_each_caller_is_judged_by_own_calls() -> None:
    guard = guard_of(CALLS, MANY)
    other = {"calling_party_number": "13900139000"}
    found = fired(guard, at(0), at(1, **other), at(2), at(3, **other), at(4), at(5, **other))
    assert [[], [], [], [], ["many"], ["many"]] == found


def test_what_came_late_neither_counts_nor_is_judged() -> None:
    guard = guard_of(CALLS, MANY)
    assert [[], []] == fired(guard, at(100), at(39))
    assert [[], ["many"], ["many"]] == fired(guard, at(99), at(41), at(100))


JUDGED_BY: dict[str, tuple[Rule, dict[str, Any]]] = {
    "release": (ENDS, {"event": "release", "duration_s": 2}),
    "answer": (ANSWERS, {"event": "answer"}),
    "sms": (MESSAGES, {"event": "sms"}),
}


@pytest.mark.parametrize("event", JUDGED_BY)
def test_a_setup_is_judged_by_what_other_events_counted_before(event: str) -> None:
    rule, said = JUDGED_BY[event]
    guard = guard_of(rule, counting("many", rule.name, condition=(("gte", 2),), **BY_CALLER))
    found = fired(guard, at(0), at(1, **said), at(2), at(3, **said), at(4), at(5), at(70))
    assert [[], [], [], ["many"], ["many"], ["many"], []] == found
    assert ["label", "allow"] == [
        guard.score(record).action for record in (at(6), at(6, calling_party_number="139"))
    ]


def test_setups_that_are_only_judged_count_nothing() -> None:
    state = MemoryCounters()
    guard = guard_of(ENDS, counting("many", "ends", **BY_CALLER), state=state)
    fired(guard, *[at(second) for second in range(10)])
    assert 0 == state.reset(guard.series["many"].key)


def test_short_calls_are_summed_and_averaged_from_their_releases() -> None:
    short = counting(
        "short", "ends", type="value_avg", value_field="duration_s", condition=(("lt", 3),),
        **BY_CALLER,
    )  # fmt: skip
    long = changed(short, name="long", type="value_sum", condition=(("gte", 10),))
    guard = guard_of(ENDS, short, long)
    ends = [at(second, "release", duration_s=span) for second, span in enumerate((2.5, 2.5, 5.2))]
    found = fired(guard, *ends, at(5), at(6, "release"), at(7))
    assert [["short"], ["short"], ["long"], ["long"], [], ["long"]] == found


def test_a_sequence_is_found_across_kinds_of_events() -> None:
    ring_once = detection("ring-once", Literal("ring_s", Compare("lt", 3)), category="call_release")
    back = detection("back", equals("trunk_group", "back"))
    wangiri = counting(
        "wangiri", "ring-once", "back", type="temporal_ordered", condition=(), verdict="label",
        group_by=("trunk_group",),
    )  # fmt: skip
    guard = guard_of(ring_once, back, wangiri)
    ring, call_back = at(0, "release", ring_s=1, trunk_group="back"), at(9, trunk_group="back")
    assert [[], [], ["wangiri"]] == fired(guard, at(-9, trunk_group="back"), ring, call_back)


def test_a_record_far_ahead_of_the_clock_is_not_counted_and_says_so() -> None:
    guard = guard_of(CALLS, MANY, BANK, clock=lambda: BEGIN)
    early = at(300.5, display_name="bank")
    for _ in range(5):
        verdict = guard.score(early)
        assert (["bank"], ["early"]) == (verdict.rules, verdict.degraded)
    # It has not moved the window: what is in time counts.
    found = [guard.score(record) for record in (at(300), at(299), at(298))]
    assert [[], [], ["many"]] == [verdict.rules for verdict in found]
    assert [[], [], []] == [verdict.degraded for verdict in found]


@pytest.mark.parametrize("others", [[], [CALLS, MANY]])
def test_a_record_that_no_correlation_wants_is_never_early(others: list[Any]) -> None:
    guard = guard_of(BANK, *others, clock=lambda: 0.0)
    verdict = guard.score(at(0, display_name="bank", calling_party_number=None))
    assert (["bank"], []) == (verdict.rules, verdict.degraded)


def test_the_clock_is_asked_for_every_record() -> None:
    now = 0.0
    guard = guard_of(CALLS, MANY, clock=lambda: now)
    assert ["early"] == guard.score(at(0)).degraded
    now = BEGIN
    assert [] == guard.score(at(0)).degraded


def test_batches_are_early_record_by_record() -> None:
    guard = guard_of(CALLS, MANY, clock=lambda: BEGIN)
    verdicts = guard.score_batch([at(0), at(301), at(1), at(302), at(2)]).verdicts
    assert [[], ["early"], [], ["early"], []] == [verdict.degraded for verdict in verdicts]
    assert [[], [], [], [], ["many"]] == [verdict.rules for verdict in verdicts]


def test_a_repeated_record_is_counted_once_until_it_is_forgotten() -> None:
    guard = guard_of(CALLS, MANY)

    def scored() -> Scored:
        return guard.score_batch([at(0), at(1)], ["a", "b"])

    for _ in range(4):
        assert [[], []] == [verdict.rules for verdict in scored().verdicts]
    scored().forget()
    assert [["many"], ["many"]] == [verdict.rules for verdict in scored().verdicts]


def test_a_batch_whose_counters_are_down_is_judged_by_the_rest() -> None:
    guard = guard_of(CALLS, MANY, BANK, state=BrokenCounters(batch=10))
    scored = guard.score_batch([at(0, display_name="bank"), at(1)], ["a", "b"])
    scored.forget()
    assert [["bank"], []] == [verdict.rules for verdict in scored.verdicts]
    assert [["counters"]] * 2 == [verdict.degraded for verdict in scored.verdicts]


def test_two_guards_that_share_counters_count_together() -> None:
    state = MemoryCounters()
    one, other = guard_of(CALLS, MANY, state=state), guard_of(MANY, ENDS, CALLS, state=state)
    assert [[], []] == fired(one, at(0), at(1))
    assert [["many"]] == fired(other, at(2))
    assert [["many"]] == fired(one, at(3))


def test_guards_of_two_processes_count_together_on_a_server() -> None:
    with server() as one:
        setups, ends = (RedisCounters.from_url(one.url, timeout_s=10.0) for _ in range(2))
        rules = ENDS, counting("many", "ends", condition=(("gte", 2),), **BY_CALLER)
        judging, counted = guard_of(*rules, state=setups), guard_of(*rules, state=ends)
        verdicts = counted.score_many([at(0, "release"), at(1, "release")])
        assert [[], ["many"]] == [verdict.rules for verdict in verdicts]
        assert [["many"], []] == fired(judging, at(2), at(70))
        setups.close()
        ends.close()


def test_guards_with_counters_of_their_own_count_apart() -> None:
    one, other = guard_of(CALLS, MANY), guard_of(CALLS, MANY)
    assert [[], []] == fired(one, at(0), at(1))
    assert [[]] == fired(other, at(2))


def test_counts_that_were_saved_go_on_in_another_guard(tmp_path: Path) -> None:
    before = MemoryCounters()
    assert [[], []] == fired(guard_of(CALLS, MANY, state=before), at(0), at(1))
    before.save(tmp_path / "counters")
    after = MemoryCounters.load(tmp_path / "counters")
    assert [["many"]] == fired(guard_of(CALLS, MANY, state=after), at(2))


def test_one_caller_can_be_forgotten_or_all_of_them() -> None:
    state = MemoryCounters()
    guard = guard_of(CALLS, MANY, state=state)
    key = guard.series["many"].key
    others = [at(second, calling_party_number="13900139000") for second in (0, 1)]
    fired(guard, at(0), at(1), *others)
    assert 1 == state.reset(key, "+8613800138000")
    assert [[], ["many"]] == fired(guard, at(2), others[0])
    assert 2 == state.reset(key)
    assert [[], []] == fired(guard, at(3), others[0])


def write(path: Path, *rules: Rule | Correlation) -> None:
    """A file of these rules as shadows, which need no examples."""
    named = [
        changed(rule, id=str(uuid5(NAMESPACE_OID, rule.name)), status="experimental")
        for rule in rules
    ]
    path.write_text(rule_file(named), encoding="utf-8")


def test_a_reload_keeps_the_counts_of_unchanged_rules_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    mobile = detection("mobile", equals("calling.kind", "mobile"))
    few = changed(MANY, name="few", rules=("mobile",))
    write(file, CALLS, mobile, MANY, few)
    guard = Guard.load(file, clock=lambda: NOW)
    assert [[], []] == [guard.score(at(second)).shadow for second in (0, 1)]
    write(file, few, CALLS, MANY, detection("mobile", equals("calling.kind", "mobile", "fixed")))
    guard.reload()
    found = [guard.score(at(second)).shadow for second in (2, 3, 4)]
    assert [["many"], ["many"], ["few", "many"]] == found


def test_a_limit_may_be_moved_without_losing_what_was_counted() -> None:
    state = MemoryCounters()
    assert [[], []] == fired(guard_of(CALLS, MANY, state=state), at(0), at(1))
    higher = changed(MANY, condition=(("gte", 4),))
    assert [[], ["many"]] == fired(guard_of(CALLS, higher, state=state), at(2), at(3))


def test_more_values_than_can_be_told_apart_are_estimated() -> None:
    limit = 20_000
    wide = counting(
        "wide", "calls", type="value_count", value_field="origid", timespan=3600, verdict="label",
        condition=(("gte", limit),),
    )  # fmt: skip
    guard = guard_of(CALLS, wide)
    found = fired(guard, *[at(0, origid=f"{n:x}") for n in range(limit + limit // 20)])
    first = found.index(["wide"])
    # Four standard errors of 1.2 %.
    assert abs(first - limit) < 0.048 * limit
    assert [["wide"]] * (len(found) - first) == found[first:]
