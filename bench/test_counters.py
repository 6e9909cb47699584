"""One step of the counters in memory, for each type: light groups and heavy ones.

Light: every step has a group of its own. Heavy: a hundred groups take all the steps. Beside it, as
the floor, one call of a Python method that adds one to a number in a dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from bench.report import Report
from bench.stopwatch import duel, lap, rounds, spread
from callguard.counters import PARTS, CounterUpdate, MemoryCounters, Series, bucket_of
from callguard.rules.correlation_types import TYPES
from tests.oracles.counters import PlainCounters

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_CHUNK = 2_000
_SPAN = 600
_START = 1_795_395_600.0
_RATE = 1_000.0
_HEAVY = 100
_TITLE = "A step of the counters in memory"


class Plain:
    """A dictionary of numbers: what any counting costs in Python."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}

    def step(self, step: CounterUpdate) -> int:
        group = step[1]
        found = self.numbers[group] = self.numbers.get(group, 0) + 1
        return found


def _series(kind: str) -> Series:
    parts = 1024 if kind == "temporal_ordered" else PARTS
    return Series("k" * 32, kind, _SPAN, parts, 2, 64 if kind == "value_count" else 0)


def _steps(series: Series, weight: str) -> Callable[[], Sequence[CounterUpdate]]:
    """Makes the next steps, in order of time."""
    places = count()

    def make(place: int) -> CounterUpdate:
        group = f"+861{(place if weight == 'light' else place % _HEAVY):010}"
        value: Any = None
        matched = 1
        if series.kind == "value_count":
            value = f"+8613{place % 9_973:09}"
        elif series.kind.startswith("value"):
            value = place % 60_000
        elif series.kind.startswith("temporal"):
            matched = 1 + place % 3
        bucket = bucket_of(_START + place / _RATE, series.timespan, series.parts)
        return series, group, bucket, matched, value

    return lambda: [make(next(places)) for _ in range(_CHUNK)]


@pytest.mark.parametrize("weight", ["light", "heavy"])
@pytest.mark.parametrize("kind", [*TYPES])
def test_a_step(benchmark: BenchmarkFixture, report: Report, kind: str, weight: str) -> None:
    series = _series(kind)
    plain, checked = PlainCounters(), MemoryCounters()
    for step in _steps(series, weight)()[:500]:
        assert plain.step([step]) == checked.step([step])
    counter = MemoryCounters().counter(series)
    run, floor = (lambda step: counter(*step[1:])), Plain().step
    if benchmark.disabled:
        rounds(benchmark, run, lambda: _steps(series, weight)()[0])
        return
    make = _steps(series, weight)
    times = duel(benchmark, (run, make), (floor, _steps(series, weight)))
    laps = [lap(run, make()) for _ in range(9)]
    notes = report.notes.setdefault(
        _TITLE,
        [
            "| type | groups | us a step, median | IQR | over a dictionary |",
            "|---|---|--:|--:|--:|",
        ],
    )
    notes.append(
        f"| {kind} | {weight} | {sorted(laps)[4]:.2f} | {spread(laps):.2f} | {times:.1f} |"
    )
