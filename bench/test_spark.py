"""Spark on this machine beside the embedded engine, on the same Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest

from bench.report import Report
from bench.scene import SMOKE
from bench.stopwatch import rounds
from callguard.demo import generate_day
from callguard.errors import CallguardError

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")

from bench import spark_load
from callguard.integrations.spark import session
from callguard.integrations.spark.starting import require

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_CALLS = 300 if SMOKE else 100_000
_ROUNDS = 1 if SMOKE else 3
_MASTER = "local[2]"


@pytest.fixture(scope="module")
def spark() -> Any:
    """A session; it ends with this process."""
    try:
        require()
    except CallguardError as error:
        pytest.skip(str(error))
    return session(_MASTER)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("spark") / "day.parquet"
    spark_load.write([one.record for one in generate_day(5, "CN", _CALLS)], path)
    yield path
    path.unlink()


def test_spark(benchmark: BenchmarkFixture, report: Report, spark: Any, day: Path) -> None:
    start = perf_counter()
    expected = spark_load.embedded(day)
    alone_s = perf_counter() - start
    # The first run is also what starts the workers and warms Spark up.
    found = spark_load.verdicts(spark, day).select("call_id", "action", "rules", "shadow").collect()
    assert [
        tuple(verdict[key] for key in ("call_id", "action", "rules", "shadow"))
        for verdict in expected
    ] == [tuple(row) for row in found]
    walls: list[float] = []
    spent: list[float] = []

    def work(_: None) -> None:
        wall, processor = spark_load.seconds(spark, day)
        walls.append(wall)
        spent.append(processor)

    benchmark.group = "spark"
    rounds(benchmark, work, lambda: None, _ROUNDS)
    if benchmark.disabled:
        return
    number = len(expected)
    warm = f"{number / median(walls):,.0f} | {median(spent) / number * 1e6:,.0f}"
    report.notes[f"Spark beside the embedded engine ({number:,} records of a generated day)"] = [
        "| | records/s | processor µs a record |",
        "|---|--:|--:|",
        f"| embedded, one core, reading Parquet | {number / alone_s:,.0f} | |",
        f"| Spark {_MASTER}, warm, median of {len(walls)} | {warm} |",
    ]
