"""Plans of takedowns beside a mere scan and beside other ways, on registries of growing size.

``python3 -m bench.takedown --rows 1e6 1e7 1e8`` measures and prints; with ``--write`` it keeps the
figures in ``bench/results/takedown.json`` and draws ``docs/takedown-growth.png`` and the tables of
``bench/results/takedown.md`` from all that are kept. No way is timed before its plan was compared
with callguard's. Registries are made once and kept in a folder. Nothing else should run on the
machine.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow.parquet as pq

from bench import takedown_page
from bench.takedown_page import COLD, COLD_SCAN, SCAN, Figures, SingleLookUps
from bench.takedown_peak import peak
from bench.takedown_scene import AT, CACHE, Scene, scene
from bench.takedown_ways import LIMITS, OURS, Engine, engine, make_plan, scan
from callguard.errors import CallguardError
from callguard.numbering import NumberingPlan
from callguard.takedown import NumberLookup, PlanFolder, Registry, Setting, read_reports

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_DROP: Final = Path("/proc/sys/vm/drop_caches")
_LOOK_UPS: Final = 1_000
_PARTS: Final = ("orders.jsonl", "exclusions.jsonl", "cases.jsonl")
# A number (E.164 digits) and a moment (seconds since 1970).
Question = tuple[int, int]
_WARMED: Final = (SCAN, OURS)


@dataclass(frozen=True, slots=True)
class Course:
    """How a measurement goes: rounds of everything, and of what is slow; single look-ups."""

    rounds: int = 7
    slow_rounds: int = 3
    look_ups: int = _LOOK_UPS
    slow_s: float = 20.0


def measure(of: Scene, course: Course = Course()) -> Figures:
    """Compare every way's plan with callguard's, then time them in turns."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="callguard-plan-") as made:
        output = Path(made)
        spark = stack.enter_context(_spark()) if of.made.rows <= LIMITS["Spark"] else None
        ways = {
            name: stack.enter_context(engine(name, of, spark))
            for name, limit in LIMITS.items()
            if of.made.rows <= limit and (name != "Spark" or spark is not None)
        }
        same_plans(of, ways, output)
        questions = reported(of)
        runs: dict[str, Callable[[], object]] = {SCAN: lambda: scan(of)}
        for name, way in ways.items():
            runs[name] = _run(of, output / "timed", way)
        laps = _turns(runs, course)
        cold = {
            COLD: _cold(of.registry_files(), runs[OURS], course.slow_rounds),
            COLD_SCAN: _cold([of.plain], runs[SCAN], course.slow_rounds),
        }
        return Figures(
            made=of.made,
            touched=_touched(of, questions),
            orders=len(make_plan(of, output / "counted").orders),
            laps={**laps, **cold},
            dropped="drop_caches" if _may_drop() else "POSIX_FADV_DONTNEED",
            peak_bytes=peak(of, output / "peak", AT),
            look_ups=time_look_ups(of, questions[: course.look_ups]),
            drawn_look_ups=time_look_ups(of, drawn(of, course.look_ups)),
            load=os.getloadavg()[0],
            cores=os.cpu_count() or 1,
            machine=takedown_page.machine(),
        )


def same_plans(of: Scene, ways: Mapping[str, Engine | None], output: Path) -> PlanFolder:
    """Callguard's plan; AssertionError if any other way's differs in a byte of its lines."""
    expected = make_plan(of, output / "expected")
    assert expected.orders, "no report of this scene leads to an order"
    for name, way in ways.items():
        found = make_plan(of, output / "found", way)
        for part in _PARTS:
            assert (expected.path / part).read_bytes() == (found.path / part).read_bytes(), (
                name,
                part,
            )
    return expected


def time_look_ups(of: Scene, questions: Sequence[Question]) -> SingleLookUps:
    """Single look-ups in a warm process, one in ten before the clock starts; milliseconds."""
    setting = Setting(AT, window_days=90, owner_cap=20, report_cap=20)
    spent = []
    with Registry.open(of.registry) as registry, NumberLookup(registry, ()) as lookup:
        for number, at in questions:
            start = perf_counter()
            lookup.look_up(f"+{number}", at, setting)
            spent.append((perf_counter() - start) * 1_000)
    timed = sorted(spent[len(spent) // 10 :])
    return SingleLookUps(len(timed), median(timed), timed[int(0.99 * len(timed))], timed[-1])


def reported(of: Scene) -> list[Question]:
    """Numbers and incidents of the reports that can be expanded, in their order."""
    with Registry.open(of.registry) as registry:
        read, _ = read_reports(of.reports, NumberingPlan(registry.manifest.home), registry.zone, AT)
    return [(report.number, report.incident_at) for report in read if not report.reason]


def drawn(of: Scene, count: int) -> list[Question]:
    """Numbers drawn evenly from all registrations, today: large owners are met often."""
    rng = np.random.default_rng(7)
    file = pq.ParquetFile(of.compact)
    groups = rng.choice(file.num_row_groups, min(64, file.num_row_groups), replace=False)
    numbers = file.read_row_groups(groups.tolist(), columns=["number"])["number"].to_numpy()
    return [(int(number), AT) for number in rng.choice(numbers, count)]


def _touched(of: Scene, questions: Sequence[Question]) -> int:
    numbers, moments = (np.array(column) for column in zip(*questions, strict=True))
    with Registry.open(of.registry) as registry:
        return len(registry.touched(numbers, moments))


def _run(of: Scene, output: Path, way: Engine | None) -> Callable[[], object]:
    return lambda: make_plan(of, output, way)


def _turns(runs: Mapping[str, Callable[[], object]], course: Course) -> dict[str, list[float]]:
    """Seconds of every run, one after the other, round by round; slow ones stop earlier."""
    laps: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(course.rounds):
        for name, run in runs.items():
            if turn >= course.slow_rounds and median(laps[name]) > course.slow_s:
                continue
            if name in _WARMED:
                run()  # the others may have pushed its files out of the page cache
            laps[name].append(_seconds(run))
    return laps


def _seconds(run: Callable[[], object]) -> float:
    gc.collect()
    start = perf_counter()
    run()
    return perf_counter() - start


def _cold(files: Sequence[Path], run: Callable[[], object], rounds: int) -> list[float]:
    """Seconds of runs before each of which the files leave the page cache."""
    laps = []
    for _ in range(rounds):
        _drop(files)
        laps.append(_seconds(run))
    return laps


def _may_drop() -> bool:
    """Whether we may have the kernel forget all files; if not, it is asked to forget ours."""
    return os.access(_DROP, os.W_OK) and os.environ.get("CALLGUARD_BENCH_DROP") == "all"


def _drop(files: Sequence[Path]) -> None:
    os.sync()
    for path in files:
        descriptor = os.open(path, os.O_RDONLY)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)
    if _may_drop():
        _DROP.write_text("3\n", encoding="ascii")


@contextmanager
def _spark() -> Iterator[SparkSession | None]:
    """Spark on two cores, if it can run here; it ends with this process."""
    from callguard.integrations.spark import session

    try:
        yield session("local[2]")
    except CallguardError as error:
        sys.stderr.write(f"without Spark: {error}\n")
        yield None


def main() -> None:
    """Measure each size, print the tables, and keep them if asked to."""
    parser = argparse.ArgumentParser(prog="bench.takedown", description=__doc__)
    parser.add_argument("--rows", type=float, nargs="+", default=[1e6], help="sizes, such as 1e6")
    parser.add_argument("--rounds", type=int, default=Course().rounds, help="times each is timed")
    parser.add_argument("--folder", type=Path, default=CACHE, help=f"where scenes are ({CACHE})")
    parser.add_argument("--write", action="store_true", help="keep figures, tables and the plot")
    given = parser.parse_args()
    for rows in map(int, given.rows):
        course = Course(rounds=given.rounds, slow_rounds=min(3, given.rounds))
        found = measure(scene(rows, given.folder), course).kept()
        sys.stdout.write(takedown_page.tables([found]) + "\n")
        sys.stdout.flush()
        if given.write:
            takedown_page.keep(found)


if __name__ == "__main__":
    main()
