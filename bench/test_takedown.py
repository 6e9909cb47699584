"""Plans of takedowns on a small registry: equal from every way, then timed beside a mere scan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("polars", reason="the benchmarks' packages are absent: make bench has them")

from bench import takedown_page
from bench.scene import SMOKE
from bench.stopwatch import rounds
from bench.takedown import Course, measure
from bench.takedown_scene import scene

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

    from bench.report import Report

_ROWS = 20_000 if SMOKE else 1_000_000
_COURSE = Course(rounds=1, slow_rounds=1, look_ups=20) if SMOKE else Course(rounds=5)


def test_takedown(benchmark: BenchmarkFixture, report: Report, tmp_path: Path) -> None:
    there = scene(_ROWS, tmp_path)
    runs: list[takedown_page.Kept] = []
    benchmark.group = "takedown"
    rounds(benchmark, lambda _: runs.append(measure(there, _COURSE).kept()), lambda: None, 1)
    text = takedown_page.tables(runs)
    takedown_page.draw(runs, tmp_path / "growth.png")
    if not benchmark.disabled:
        report.findings += takedown_page.findings(runs[-1])
        report.notes[f"Takedown plans at {_ROWS:,} rows"] = text.splitlines()[2:]
