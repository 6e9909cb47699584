"""Number lists: bytes a number, time to open the compiled form, time of a look-up.

``CALLGUARD_BENCH_LIST_SIZE`` sets how many numbers the list holds.
"""

from __future__ import annotations

import os
import random
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from pyroaring import BitMap64

from bench.report import AT_MOST, Finding, Report
from bench.scene import SMOKE
from bench.stopwatch import lap, rounds, spread
from callguard.numbering import NumberingPlan, NumberList, compile_list, compiled_list

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

SIZE = int(os.environ.get("CALLGUARD_BENCH_LIST_SIZE", "10000" if SMOKE else "10000000"))
_BLOCKS = min(500_000, SIZE)
_LAP = 200 if SMOKE else 20_000
_TITLE = f"Number lists ({SIZE:,} mobile numbers; {_BLOCKS:,} 7-digit blocks)"
_PLAN = NumberingPlan("CN")


def _numbers(source: random.Random) -> list[int]:
    """Chinese mobile numbers all over the numbering space, each once."""
    first, last = 86_130_0000_0000, 86_200_0000_0000
    if SIZE < 100_000:
        return source.sample(range(first, last), SIZE)
    step = (last - first) // SIZE
    return [first + place * step + source.randrange(step) for place in range(SIZE)]


def _compiled(folder: Path, name: str, content: compiled_list.ListContent) -> Path:
    """A list in its compiled form beside an empty text, written without parsing the text."""
    path = folder / name
    path.write_text("", encoding="utf-8")
    compiled_list.write(path, path.stat(), _PLAN, content)
    return path


def test_many_numbers(benchmark: BenchmarkFixture, report: Report, tmp_path: Path) -> None:
    source = random.Random(10)
    numbers = _numbers(source)
    path = _compiled(
        tmp_path, "many.txt", compiled_list.ListContent(BitMap64(numbers), {}, (), "0" * 64)
    )
    listed = NumberList.load(path, _PLAN)
    inside = [f"+{number}" for number in source.sample(numbers, _LAP)]
    outside = [
        f"+{number}" for number in source.sample(range(86_200_0000_0000, 86_9000_0000_0000), _LAP)
    ]
    assert len(numbers) == len(listed)
    assert (True, False) == (all(n in listed for n in inside), any(n in listed for n in outside))
    del numbers
    opened: list[float] = []

    def open_it(_: object) -> None:
        start = perf_counter()
        NumberList.load(path, _PLAN)
        opened.append(perf_counter() - start)

    benchmark.group = "lists"
    rounds(benchmark, open_it, lambda: None, 11)
    looked = [lap(listed.__contains__, calls) for _ in range(11) for calls in (inside, outside)]
    if benchmark.disabled:
        return
    size = compiled_list.compiled_path(path).stat().st_size / SIZE
    _note(report, "whole numbers", size, opened, looked)
    report.findings += [
        Finding("bytes a listed number", AT_MOST, 15, size),
        Finding("opening the list, seconds", AT_MOST, 0.1, median(opened)),
        Finding("look-up in the list, µs", AT_MOST, 0.6, median(looked)),
    ]


def test_many_prefixes(benchmark: BenchmarkFixture, report: Report, tmp_path: Path) -> None:
    source = random.Random(7)
    blocks = source.sample(range(861_300_000, 862_000_000), _BLOCKS)
    content = compiled_list.ListContent(BitMap64(), {9: BitMap64(blocks)}, (), "0" * 64)
    path = _compiled(tmp_path, "blocks.txt", content)
    listed = NumberList.load(path, _PLAN)
    calls = [f"+{source.randrange(86_130_0000_0000, 86_200_0000_0000)}" for _ in range(_LAP)]
    known = frozenset(map(str, blocks))
    assert [call[1:10] in known for call in calls] == [call in listed for call in calls]
    opened: list[float] = []

    def open_it(_: object) -> None:
        start = perf_counter()
        NumberList.load(path, _PLAN)
        opened.append(perf_counter() - start)

    benchmark.group = "lists"
    rounds(benchmark, open_it, lambda: None, 11)
    looked = [lap(listed.__contains__, calls) for _ in range(21)]
    if not benchmark.disabled:
        size = compiled_list.compiled_path(path).stat().st_size / _BLOCKS
        _note(report, "7-digit blocks", size, opened, looked)


def test_compiling_a_text(benchmark: BenchmarkFixture, report: Report, tmp_path: Path) -> None:
    lines = min(SIZE, 100_000)
    source = random.Random(3)
    numbers = source.sample(range(86_130_0000_0000, 86_200_0000_0000), lines)
    path = tmp_path / "text.txt"
    path.write_text("".join(f"+{number}\n" for number in numbers), encoding="utf-8")
    listed = {f"+{number}" for number in numbers}
    spent: list[float] = []

    def compile_it(_: object) -> None:
        start = perf_counter()
        compile_list(path, _PLAN)
        spent.append((perf_counter() - start) / lines * 1e6)

    benchmark.group = "lists"
    rounds(benchmark, compile_it, lambda: None, 3)
    found = NumberList.load(path, _PLAN)
    assert len(listed) == len(found)
    assert all(number in found for number in listed)
    if not benchmark.disabled:
        report.notes.setdefault(_TITLE, list(_HEAD)).append(
            f"| compiling text, µs a line | {median(spent):.2f} | | | |"
        )


_HEAD = [
    "| | bytes a number | seconds to open | look-up µs | IQR |",
    "|---|--:|--:|--:|--:|",
]


def _note(report: Report, what: str, size: float, opened: list[float], looked: list[float]) -> None:
    report.notes.setdefault(_TITLE, list(_HEAD)).append(
        f"| {what} | {size:.2f} | {median(opened):.3f} | {median(looked):.2f} "
        f"| {spread(looked):.2f} |"
    )
