"""What it costs to import callguard and to start its command line: whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from bench.report import AT_MOST, Finding, Report
from bench.stopwatch import rounds, spread

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_TITLE = "Starting (seconds of a whole process, the bare interpreter's taken off)"
_PROGRAMS = {
    "import callguard": ("-c", "import callguard"),
    "callguard --version": ("-m", "callguard", "--version"),
}


@pytest.mark.parametrize("name", _PROGRAMS)
def test_start(benchmark: BenchmarkFixture, report: Report, tmp_path: Path, name: str) -> None:
    bare = _process(tmp_path, "-c", "pass")
    whole = _process(tmp_path, *_PROGRAMS[name])
    # Compiles, as an installation has done.
    whole()
    benchmark.group = "start"
    seconds: list[float] = []
    # The two take turns, so that a slow moment of the machine meets both.
    rounds(benchmark, lambda _: seconds.append(whole() - bare()), lambda: None)
    if benchmark.disabled:
        return
    lines = report.notes.setdefault(_TITLE, ["| | median | min | IQR |", "|---|--:|--:|--:|"])
    lines.append(f"| {name} | {median(seconds):.3f} | {min(seconds):.3f} | {spread(seconds):.3f} |")
    if name == "import callguard":
        report.findings.append(Finding(f"`{name}`, seconds", AT_MOST, 0.3, median(seconds)))


def _process(cache: Path, *arguments: str) -> Callable[[], float]:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": ""}

    def run() -> float:
        start = perf_counter()
        subprocess.run(
            [sys.executable, *arguments], check=True, capture_output=True, env=environment
        )
        return perf_counter() - start

    return run
