"""What correlations add to the whole path: a record from MessagePack to its verdict.

``shipped``: ten correlations of the rule pack on the demo's traffic, where a record concerns some
of them. ``all of them``: ten correlations each of which counts every set-up, the most
expensive case.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

from bench.report import AT_MOST, Finding, Report
from bench.stopwatch import duel, rounds
from callguard import Guard, rulepack
from callguard.demo import generate_day
from callguard.rules.model import Correlation, Rule, RuleSet
from tests.made.parts import changed
from tests.oracles.verdicts import Oracle

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_TEN = 10
_CHUNK = 2_000
_CHECKED = 600
# Type, group-by, field and timespan in seconds.
_EVERY: tuple[tuple[str, str, str | None, int], ...] = (
    ("event_count", "calling.e164", None, 3600),
    ("event_count", "calling.e164", None, 60),
    ("event_count", "called.e164", None, 600),
    ("event_count", "trunk_group", None, 60),
    ("value_count", "calling.e164", "called.e164", 600),
    ("value_count", "called.e164", "calling.e164", 5),
    ("value_count", "trunk_group", "calling.e164", 600),
    ("value_count", "calling.e164", "ingress", 60),
    ("value_count", "called.prefix", "calling.e164", 600),
    ("value_count", "ingress", "calling.country", 600),
)


@cache
def _pack() -> Guard:
    return Guard.load(rulepack.path())


@cache
def _day() -> Sequence[bytes]:
    return [msgpack.packb(one.record) for one in generate_day(2016, "CN", 20_000)]


def _with(correlations: Sequence[Correlation]) -> RuleSet:
    rules = _pack().rules
    detections = tuple(rule for rule in rules.rules if isinstance(rule, Rule))
    return replace(rules, rules=(*detections, *correlations))


def _shipped() -> RuleSet:
    found = [rule for rule in _pack().rules.rules if isinstance(rule, Correlation) and rule.on]
    return _with(found[:_TEN])


def _every() -> RuleSet:
    base = next(rule for rule in _pack().rules.rules if isinstance(rule, Correlation))
    some = [
        changed(
            base,
            name=f"every-{number}",
            type=kind,
            rules=("call-attempt",),
            group_by=(group,),
            value_field=field,
            timespan=span,
            condition=(("gte", 1_000),),
            score=0,
            verdict=None,
        )
        for number, (kind, group, field, span) in enumerate(_EVERY)
    ]
    attempt = next(rule for rule in _pack().rules.rules if rule.name == "mobile-call-attempt")
    assert isinstance(attempt, Rule)
    every = changed(attempt, name="call-attempt", clauses=((),))
    found = _with(some)
    return replace(found, rules=(*found.rules, every))


SETS: dict[str, Callable[[], RuleSet]] = {"shipped": _shipped, "all of them": _every}


@pytest.mark.parametrize("name", SETS)
def test_ten_correlations(benchmark: BenchmarkFixture, report: Report, name: str) -> None:
    ruleset = SETS[name]()
    without = replace(
        ruleset, rules=tuple(rule for rule in ruleset.rules if isinstance(rule, Rule))
    )
    plan = _pack().plan
    _same_answers(ruleset)
    lists = _lists()
    runs = [
        _path(Guard(rules, plan, lists, clock=lambda: math.inf)) for rules in (ruleset, without)
    ]
    if benchmark.disabled:
        rounds(benchmark, runs[0], lambda: _day()[0])
        return
    times = duel(benchmark, (runs[0], _chunks()), (runs[1], _chunks()))
    report.findings.append(
        Finding(f"whole path with ten correlations ({name}) over none", AT_MOST, 2, times)
    )


def _lists() -> Any:
    from callguard.engine.lists import read_lists
    from callguard.faults import Faults

    return read_lists(_pack().rules, _pack().plan, Faults())


def _path(guard: Guard) -> Callable[[bytes], Any]:
    unpack, score = msgpack.unpackb, guard.score
    return lambda data: score(unpack(data))


def _chunks() -> Callable[[], Sequence[bytes]]:
    """The day in pieces, from the beginning, and again when it is over."""
    places = count(0, _CHUNK)
    day = _day()
    return lambda: [day[(start + n) % len(day)] for start in (next(places),) for n in range(_CHUNK)]


def _same_answers(ruleset: RuleSet) -> None:
    """The correlations fire as the plain judge says."""
    lists = _lists()
    guard = Guard(ruleset, _pack().plan, lists, clock=lambda: math.inf)
    oracle = Oracle(ruleset, _pack().plan, {**lists.numbers, **lists.texts})
    for data in _day()[:_CHECKED]:
        record = msgpack.unpackb(data)
        verdict = guard.score(record)
        expected = oracle.judge(record)
        assert (expected.rules, expected.shadow) == (tuple(verdict.rules), tuple(verdict.shadow))
