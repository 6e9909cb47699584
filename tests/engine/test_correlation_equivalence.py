"""Correlations against the plain judge, which keeps every event and counts anew each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callguard.alerts import render
from callguard.counters import BreakerCounters, CounterStore, MemoryCounters, RedisCounters
from callguard.engine.pending import Pending
from callguard.engine.program import compile_rules
from callguard.engine.slow_path import score_on_slow_path
from callguard.engine.verdict import Verdict
from callguard.errors import RecordError
from callguard.guard import Guard
from callguard.rules.model import Correlation, Rule, RuleSet
from tests.made.guards import guard_of, lists, members, plan, said
from tests.made.read_results import or_refusal
from tests.oracles.verdicts import Oracle
from tests.real_servers.redis import Server, server
from tests.strategies.correlations import CLOCKS, counted_sets, traffic

Records = list[dict[str, Any]]
Rules = list[Rule | Correlation]


class Chunks(BreakerCounters):
    """Counters in memory that want a few records at once."""

    batch = 3


# One verdict after another; as many as the counters want at once; counted by somebody else.
def one_by_one(guard: Guard, calls: Records, _: CounterStore) -> list[Verdict]:
    return [guard.score(call) for call in calls]


def many(guard: Guard, calls: Records, _: CounterStore) -> list[Verdict]:
    return list(guard.score_many(calls))


def in_two_phases(guard: Guard, calls: Records, store: CounterStore) -> list[Verdict]:
    begun = (guard.begin(call) for call in calls)
    return [
        found.finish(store.step(found.steps)) if isinstance(found, Pending) else found
        for found in begun
    ]


def in_batches(guard: Guard, calls: Records, _: CounterStore) -> list[Verdict]:
    parts = calls[:2], calls[2:]
    return [verdict for part in parts for verdict in guard.score_batch(part).verdicts]


Way = Callable[[Guard, Records, CounterStore], list[Verdict]]
WAYS: list[tuple[Callable[[], CounterStore], Way]] = [
    (MemoryCounters, one_by_one),
    (MemoryCounters, in_batches),
    (MemoryCounters, in_two_phases),
    (lambda: BreakerCounters(MemoryCounters()), one_by_one),
    (lambda: Chunks(MemoryCounters()), many),
]


@given(counted_sets(), traffic(), CLOCKS)
def test_verdicts_are_those_of_the_plain_judge(
    ruleset: RuleSet, calls: Records, now: float
) -> None:
    oracle = Oracle(ruleset, plan(), members(), now=now)
    expected = [(oracle.judge(call), oracle.early) for call in calls]
    found = []
    for make, way in WAYS:
        store = make()
        guard = Guard(ruleset, plan(), lists(), state=store, clock=lambda: now)
        found.append(way(guard, calls, store))
    assert expected == [(said(verdict), "early" in verdict.degraded) for verdict in found[0]]
    assert [found[0]] * len(WAYS) == found


@given(counted_sets(), traffic())
def test_the_slow_path_counts_as_the_fast_one_does(ruleset: RuleSet, calls: Records) -> None:
    fast, slow = MemoryCounters(), MemoryCounters()
    guard = Guard(ruleset, plan(), lists(), state=fast)
    alerter = partial(render, plan=plan())
    program = compile_rules(ruleset, plan(), lists(), store=slow, alerter=alerter)
    for call in calls:
        assert said(guard.score(call)) == said(score_on_slow_path(program, call))


@pytest.fixture(scope="module")
def valkey() -> Iterator[Server]:
    with server() as one:
        yield one


def test_verdicts_are_the_same_with_counters_on_a_server(valkey: Server) -> None:
    @given(counted_sets(), traffic(), CLOCKS, st.sampled_from([one_by_one, many, in_two_phases]))
    @settings(max_examples=settings().max_examples // 2)
    def check(ruleset: RuleSet, calls: Records, now: float, way: Way) -> None:
        store = RedisCounters.from_url(valkey.url, prefix=uuid4().hex, timeout_s=10.0)
        guard = Guard(ruleset, plan(), lists(), state=store, clock=lambda: now)
        oracle = Oracle(ruleset, plan(), members(), now=now)
        expected = [oracle.judge(call) for call in calls]
        verdicts = way(guard, calls, store)
        store.close()
        assert expected == [said(verdict) for verdict in verdicts]
        assert [] == [verdict for verdict in verdicts if "counters" in verdict.degraded]

    check()


@given(counted_sets(), traffic())
def test_explaining_counts_nothing(ruleset: RuleSet, calls: Records) -> None:
    asked, unasked = guard_of(ruleset), guard_of(ruleset)
    for call in calls:
        for _ in range(2):
            assert or_refusal(asked.explain, call) is not None
        assert unasked.score(call) == asked.score(call)


@given(counted_sets(), traffic())
def test_explaining_says_what_scoring_then_finds(ruleset: RuleSet, calls: Records) -> None:
    guard = guard_of(ruleset)
    for call in calls:
        explained = or_refusal(guard.explain, call)
        if isinstance(explained, RecordError):
            assert guard.score(call).degraded
            continue
        reporting = {e.rule for e in explained if e.matched and e.role in ("acts", "shadow")}
        verdict = guard.score(call)
        if not verdict.emergency:
            assert reporting == {*verdict.rules, *verdict.shadow}
