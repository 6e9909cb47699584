"""Loading a rule file: seconds, and the memory that the guard then keeps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from bench.report import Report
from bench.rulegen import FAMILIES, Family
from bench.scene import SIZES, scene
from bench.sigma import write_rules
from bench.stopwatch import rounds
from callguard import Guard

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_TITLE = "Loading (examples of every rule are run; memory of a process that holds the guard)"
# Prints resident memory in KiB before loading, after it, and at the highest.
_PROGRAM = """
import sys
from pathlib import Path
from callguard import Guard
def status(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(name))
before = status("VmRSS")
guard = Guard.load(sys.argv[1])
print(before, status("VmRSS"), status("VmHWM"))
"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("family", FAMILIES)
def test_load(
    benchmark: BenchmarkFixture, report: Report, tmp_path: Path, family: Family, size: int
) -> None:
    path = write_rules(scene(family, size).rules, tmp_path / "rules.yaml")
    benchmark.group = "load"
    seconds: list[float] = []

    def load(rule_file: Path) -> None:
        start = perf_counter()
        guard = Guard.load(rule_file)
        seconds.append(perf_counter() - start)
        assert size == len(guard.rules.rules)

    rounds(benchmark, load, lambda: path, 3 if size < 10_000 else 1)
    if benchmark.disabled or not Path("/proc/self/status").exists():
        return
    printed = subprocess.run(
        [sys.executable, "-c", _PROGRAM, path], check=True, capture_output=True, text=True
    )
    before, after, highest = (int(word) / 1024 for word in printed.stdout.split())
    lines = report.notes.setdefault(
        _TITLE,
        ["| rules | file MB | seconds | guard MB | highest MB |", "|---|--:|--:|--:|--:|"],
    )
    lines.append(
        f"| {size:,} {family} | {path.stat().st_size / 1e6:.2f} | {min(seconds):.2f} "
        f"| {after - before:.1f} | {highest:.0f} |"
    )
