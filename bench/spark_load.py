"""A generated day as Parquet, and what Spark makes of it."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from callguard import Guard, rulepack
from callguard.integrations.spark import backscore

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Records = Sequence[Mapping[str, Any]]
_TICKS = os.sysconf("SC_CLK_TCK")


def write(records: Records, path: Path) -> None:
    """The records as a Parquet file, with their ``line``."""
    keys = sorted({key for record in records for key in record})
    columns = {key: [record.get(key) for record in records] for key in keys}
    parquet.write_table(pa.table({**columns, "line": range(len(records))}), path)


def verdicts(spark: SparkSession, path: Path) -> DataFrame:
    """The verdicts of the shipped rule pack on the records of a file."""
    return backscore(spark, spark.read.parquet(str(path)), order=["line"])


def seconds(spark: SparkSession, path: Path) -> tuple[float, float]:
    """Seconds on the wall, and of processors, to find all verdicts and throw them away."""
    begun, start = family_s(), perf_counter()
    verdicts(spark, path).write.format("noop").mode("overwrite").save()
    return perf_counter() - start, family_s() - begun


def embedded(path: Path) -> list[dict[str, Any]]:
    """The verdicts of the engine in this process on the same file, in the order of its lines."""
    guard = Guard.load(rulepack.path(), clock=lambda: math.inf)
    rows = parquet.read_table(path).drop_columns(["line"]).to_pylist()
    made = [{key: value for key, value in row.items() if value is not None} for row in rows]
    return [guard.score(record).to_dict() for record in made]


def family_s() -> float:
    """Processor seconds of this process and those that it started, and that these started."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        parents[int(folder.name)] = int(fields[1])
        # utime, stime, and those of children that have ended
        spent[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS

    def ours(process: int) -> bool:
        while process > 1 and process != os.getpid():
            process = parents.get(process, 0)
        return process == os.getpid()

    return sum(value for process, value in spent.items() if ours(process))
