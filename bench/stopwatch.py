"""Timing in laps: two sides take turns on fresh records, so that noise meets both alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from time import perf_counter_ns, process_time_ns
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

Run = Callable[[Any], Any]
ROUNDS = 21
# On a machine that others use too, processor time is steadier than time on the wall.
CLOCK = os.environ.get("CALLGUARD_BENCH_CLOCK", "wall")
_now = {"wall": perf_counter_ns, "cpu": process_time_ns}[CLOCK]


def lap(run: Run, chunk: Sequence[Any]) -> float:
    """Microseconds a record."""
    start = _now()
    for given in chunk:
        run(given)
    return (_now() - start) / len(chunk) / 1_000


def each(run: Run, chunk: Sequence[Any]) -> list[int]:
    """Nanoseconds of every single call."""
    spent = []
    for given in chunk:
        start = _now()
        run(given)
        spent.append(_now() - start)
    return spent


def rounds(
    benchmark: BenchmarkFixture,
    target: Callable[[Any], object],
    fresh: Callable[[], object],
    count: int = ROUNDS,
) -> None:
    """Time ``target(fresh())``; ``fresh`` is called before every round and is not timed."""
    benchmark.pedantic(  # type: ignore[no-untyped-call]
        target, setup=lambda: ((fresh(),), {}), rounds=count
    )


def duel(
    benchmark: BenchmarkFixture,
    left: tuple[Run, Callable[[], Sequence[Any]]],
    right: tuple[Run, Callable[[], Sequence[Any]]],
) -> float:
    """How many times as long ``left`` takes a record as ``right``.

    Each side is what runs and what makes the records of its next lap.
    """
    of_left: list[float] = []
    of_right: list[float] = []

    def fresh() -> Sequence[Any]:
        of_right.append(lap(right[0], right[1]()))
        return left[1]()

    for run, make in (left, right):
        lap(run, make())
    rounds(benchmark, lambda chunk: of_left.append(lap(left[0], chunk)), fresh)
    return ratio(of_left, of_right)


def spread(laps: Sequence[float]) -> float:
    """The interquartile range."""
    if len(laps) < 2:
        return 0.0
    low, _, high = quantiles(laps, n=4)
    return high - low


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of lap over lap; laps of one place were run one right after the other."""
    return median(a / b for a, b in zip(above, below, strict=True))
