"""What a record costs with the rule pack that comes with callguard, on the demo's day.

Event by event, with the pack's correlations and without, each over ``unpackb`` of the same
records. Every lap scores records that the guard has not scored before, in the day's order.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

from bench.report import Report
from bench.scene import SMOKE
from bench.stopwatch import lap, ratio, rounds, spread
from callguard import Guard, rulepack
from callguard.demo import generate_day
from callguard.engine.lists import read_lists
from callguard.faults import Faults
from callguard.records.fields import EVENTS
from callguard.rules.model import Rule
from tests.oracles.verdicts import Oracle

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_RECORDS = 3_000 if SMOKE else 60_000
_CHECKED = 600
_ROUNDS = 9
_TITLE = "The rule pack on the demo's day"


@cache
def _pack() -> Guard:
    return Guard.load(rulepack.path())


@cache
def _day() -> Sequence[bytes]:
    return [msgpack.packb(one.record) for one in generate_day(2016, "CN", _RECORDS)]


@cache
def _about(event: str) -> Sequence[bytes]:
    if event == "all":
        return _day()
    return [data for data in _day() if msgpack.unpackb(data)["event"] == event]


def _guard(correlations: bool) -> tuple[Guard, Oracle]:
    rules = _pack().rules
    if not correlations:
        rules = replace(rules, rules=tuple(one for one in rules.rules if isinstance(one, Rule)))
    plan, lists = _pack().plan, read_lists(_pack().rules, _pack().plan, Faults())
    oracle = Oracle(rules, plan, {**lists.numbers, **lists.texts})
    return Guard(rules, plan, lists, clock=lambda: math.inf), oracle


@pytest.mark.parametrize("correlations", [True, False], ids=["correlations", "detections"])
@pytest.mark.parametrize("event", ["all", *EVENTS])
def test_pack(benchmark: BenchmarkFixture, report: Report, event: str, correlations: bool) -> None:
    guard, oracle = _guard(correlations)
    for data in _about(event)[:_CHECKED]:
        record = msgpack.unpackb(data)
        verdict, expected = guard.score(record), oracle.judge(record)
        assert (expected.rules, expected.shadow) == (tuple(verdict.rules), tuple(verdict.shadow))
    guard, _ = _guard(correlations)
    if benchmark.disabled:
        rounds(benchmark, guard.score, lambda: msgpack.unpackb(_about(event)[0]))
        return
    pieces = _pieces(_about(event))
    lap(guard.score, [msgpack.unpackb(data) for data in next(pieces)])
    unpacking: list[float] = []
    scoring: list[float] = []

    def fresh() -> list[Any]:
        piece = next(pieces)
        unpacking.append(lap(msgpack.unpackb, piece))
        return [msgpack.unpackb(data) for data in piece]

    def timed(records: Sequence[Any]) -> None:
        scoring.append(lap(guard.score, records))

    rounds(benchmark, timed, fresh, _ROUNDS)
    report.notes.setdefault(_TITLE, list(_HEAD)).append(
        f"| {event} | {'with' if correlations else 'without'} | {len(_about(event)):,} "
        f"| {median(scoring):.2f} | {min(scoring):.2f} | {spread(scoring):.2f} "
        f"| {median(unpacking):.2f} | {ratio(scoring, unpacking):.1f} |"
    )


_HEAD = (
    "| event | correlations | records | median | min | IQR | `unpackb` | over `unpackb` |",
    "|---|---|--:|--:|--:|--:|--:|--:|",
)


def _pieces(data: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The records in as many pieces as laps are wanted, a first one to warm up included."""
    size = max(1, len(data) // (_ROUNDS + 1))
    return (data[start : start + size] for start in range(0, size * (_ROUNDS + 1), size))
