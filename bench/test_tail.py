"""How long single records take: median, p99 and the slowest, with the garbage collector on."""

from __future__ import annotations

import gc
from statistics import median
from typing import TYPE_CHECKING

import pytest

from bench.report import AT_MOST, Finding, Report
from bench.rulegen import FAMILIES, Family
from bench.scene import SIZES, scene
from bench.stopwatch import each, rounds

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_PASSES = 7
_RECORDS = 10_000
_TITLE = "Single records (µs, median over passes of 10,000 new records)"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILIES)
def test_latency_of_single_records(
    benchmark: BenchmarkFixture, report: Report, family: Family, size: int
) -> None:
    if benchmark.disabled:
        pytest.skip("measures times only; test_score compares the answers")
    there = scene(family, size)
    run = there.guard.run
    each(run, there.records(2_000))
    passes: list[list[int]] = []
    gc.collect()
    assert gc.isenabled()
    benchmark.group = "passes over 10,000 single records"
    rounds(
        benchmark,
        lambda records: passes.append(sorted(each(run, records))),
        lambda: there.records(_RECORDS),
        _PASSES,
    )
    half, most, slowest = _at(passes, 0.5), _at(passes, 0.99), _at(passes, 1.0)
    lines = report.notes.setdefault(
        _TITLE, ["| rules | median | p99 | p99.9 | slowest |", "|---|--:|--:|--:|--:|"]
    )
    figures = (half, most, _at(passes, 0.999), slowest)
    lines.append(f"| {size:,} {family} | {' | '.join(f'{figure:.2f}' for figure in figures)} |")
    report.findings.append(
        Finding(f"p99 over median, {size:,} rules, {family}", AT_MOST, 3, most / half)
    )


def _at(passes: list[list[int]], share: float) -> float:
    """That quantile of each pass, the median over the passes, in microseconds."""
    return median(spent[min(len(spent) - 1, int(share * len(spent)))] / 1_000 for spent in passes)
