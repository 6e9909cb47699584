"""``Guard.score`` against other rule engines, hand-written code and ``msgpack.unpackb``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgpack
import pytest

from bench import engines
from bench.engines import CONTENDERS, Contender
from bench.report import AT_MOST, FLOOR, Finding, Report, Row
from bench.rulegen import FAMILIES, Family
from bench.scene import SIZES, Scene, same_answers, scene
from bench.stopwatch import ROUNDS, duel, lap, rounds

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_CHUNK = 1_000  # records in a round of a fast contender
_ROUND_US = 40_000  # about how long a round of a slow one may take
_BESIDE = 200  # records that callguard and unpackb score before each round of another


@pytest.mark.parametrize("name", [FLOOR, *CONTENDERS])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILIES)
def test_score(
    benchmark: BenchmarkFixture, report: Report, family: Family, size: int, name: str
) -> None:
    there = scene(family, size)
    contender = _build(name, there)
    if name != FLOOR:
        for expected, actual in same_answers(there, name, contender):
            assert expected == actual
    if benchmark.disabled:
        rounds(benchmark, contender.run, lambda: there.inputs(name, 1)[0])
        return
    report.rows.append(_measure(benchmark, there, name, contender))


def _build(name: str, there: Scene) -> Contender:
    if name == FLOOR:
        return Contender(msgpack.unpackb)
    if name == "callguard":
        return there.guard
    pytest.importorskip(f"bench.engines.{CONTENDERS[name][0]}", exc_type=ImportError)
    return engines.build(name, there.rules)


def _measure(benchmark: BenchmarkFixture, there: Scene, name: str, contender: Contender) -> Row:
    run = contender.run
    warm_up = min(2_000, max(3, int(_ROUND_US / lap(run, there.inputs(name, 3)))))
    pace = lap(run, there.inputs(name, warm_up))
    number = min(_CHUNK, max(1, int(_ROUND_US / pace)))
    laps: list[float] = []
    beside: dict[str, list[float]] = {FLOOR: [], "callguard": []}

    def fresh() -> list[Any]:
        beside[FLOOR].append(lap(msgpack.unpackb, there.inputs(FLOOR, _BESIDE)))
        beside["callguard"].append(lap(there.guard.run, there.inputs("callguard", _BESIDE)))
        return there.inputs(name, number)

    lap(there.guard.run, there.inputs("callguard", 2_000))
    benchmark.group = f"{there.size:6} rules, {there.family}"
    benchmark.extra_info["records a round"] = number
    rounds(benchmark, lambda chunk: laps.append(lap(run, chunk)), fresh)
    return Row(there.family, there.size, name, ROUNDS * number, laps, beside)


@pytest.mark.skipif(not {100, 10_000} <= set(SIZES), reason="needs 100 and 10,000 rules")
@pytest.mark.parametrize("family", FAMILIES)
def test_growth_from_100_to_10_000_rules(
    benchmark: BenchmarkFixture, report: Report, family: Family
) -> None:
    if benchmark.disabled:
        pytest.skip("compares times only; test_score compares the answers")
    few, many = scene(family, 100), scene(family, 10_000)
    benchmark.group = "10,000 rules against 100"
    times = duel(
        benchmark,
        (many.guard.run, lambda: many.records(_CHUNK)),
        (few.guard.run, lambda: few.records(_CHUNK)),
    )
    report.findings.append(Finding(f"10,000 rules over 100, {family}", AT_MOST, 6, times))
