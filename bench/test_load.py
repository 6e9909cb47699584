"""Loading a rule file: seconds, and the memory that the guard then keeps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
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
from collections.abc import Callable
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


# Key -> the value number i: how loading grows with the values that one rule writes out.
_WRITTEN_OUT: dict[str, Callable[[int], str]] = {
    "calling.e164": lambda i: f"+86138{i:08d}",
    "calling.e164|startswith": lambda i: f"+8613{i:06d}",
    "display_name|contains": lambda i: f"name {i}",
    "source_ip|cidr": lambda i: f"10.{i // 256}.{i % 256}.0/24",
}
_FEW, _MANY = 4_000, 16_000


@pytest.mark.parametrize("key", _WRITTEN_OUT)
def test_values_written_out(
    benchmark: BenchmarkFixture, report: Report, tmp_path: Path, key: str
) -> None:
    seconds: dict[int, float] = {}
    path = tmp_path
    for size in (_FEW, _MANY):
        path = tmp_path / f"{size}.yaml"
        values = "".join(f"      - '{_WRITTEN_OUT[key](number)}'\n" for number in range(size))
        path.write_text(
            "title: t\nid: 0f4f0d3e-0000-4000-8000-000000000001\nname: r\nstatus: experimental\n"
            "logsource: {product: telecom, category: call_setup}\n"
            f"detection:\n  sel:\n    {key}:\n{values}  condition: sel\n",
            encoding="utf-8",
        )
        start = perf_counter()
        guard = Guard.load(path)
        seconds[size] = perf_counter() - start
        assert 1 == len(guard.rules.rules)
    benchmark.group = "load"
    rounds(benchmark, Guard.load, lambda: path, 1)
    lines = report.notes.setdefault(
        f"Values written out in one rule: {_FEW:,} and {_MANY:,}, four times as many",
        ["| key | seconds | seconds | ratio |", "|---|--:|--:|--:|"],
    )
    few, many = seconds[_FEW], seconds[_MANY]
    lines.append(f"| `{key}` | {few:.2f} | {many:.2f} | {many / few:.1f} |")
