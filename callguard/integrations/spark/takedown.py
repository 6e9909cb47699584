"""Expansion of takedown reports on Spark, for registries that outgrow a machine.

The steps are the SQL files of ``callguard.takedown.expansion``, unchanged. Where the embedded
engine looks rows up through the registry's index, Spark reads the sorted Parquet of all segments
(``touched.sql``); what the rest of a plan is made of is the same, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from callguard.errors import RegistryError
from callguard.takedown import Closing, Expansion, Registry, Setting, expand, row_schema, step_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from callguard.takedown import Expander, Protected

_TOUCHED: Final = "touched"
# A session of our own starts with Spark's defaults; these follow those of the given one.
_KEPT: Final = ("spark.sql.shuffle.partitions", "spark.sql.autoBroadcastJoinThreshold")
# The steps rely on these, whatever this Spark was set to: sums that overflow are errors.
_FIXED: Final = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "false",
    "spark.sql.crossJoin.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}


def spark_engine(spark: SparkSession) -> Callable[[Registry], Expander]:
    """The ``engine`` for ``takedown.plan`` that runs every step on Spark.

    The registry folder must be at the same path on every machine of the cluster. Its tables are
    visible in no other session of this Spark, and are dropped after each plan.
    """

    def engine(registry: Registry) -> Expander:
        def run(reports: pa.Table, setting: Setting, protected: Protected) -> Expansion:
            with SparkRunner(spark) as runner:
                runner.read("registry", registry)
                runner.put("report", reports)
                runner.step(_TOUCHED, step_text(_TOUCHED))
                return expand(runner, setting, protected.among)

        return run

    return engine


class SparkRunner(Closing):
    """The tables of one expansion in a session of their own. Close it, or use ``with``."""

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark.newSession()
        for name in _KEPT:
            self._spark.conf.set(name, str(spark.conf.get(name)))
        for name, value in _FIXED.items():
            self._spark.conf.set(name, value)
        self._names: set[str] = set()

    def read(self, name: str, registry: Registry) -> None:
        """Have all rows of a registry as the table ``name``, which Spark reads when asked.

        The column ``segment`` counts the segments from 0, the oldest.
        """
        from pyspark.sql.functions import lit

        parts = [
            self._spark.read.parquet(path.as_uri())
            .select(*row_schema().names)
            .withColumn("segment", lit(segment))
            for segment, path in enumerate(registry.parquet_by_owner())
        ]
        if not parts:
            raise RegistryError(f"{registry.folder}: has no segment; build the registry again")
        reduce(lambda older, newer: older.unionByName(newer), parts).createOrReplaceTempView(name)
        self._names.add(name)

    def put(self, name: str, rows: pa.Table) -> None:
        """Have ``rows`` as the table ``name``, instead of what had that name."""
        self._spark.createDataFrame(rows).createOrReplaceTempView(name)
        self._names.add(name)

    def step(self, name: str, sql: str) -> None:
        """Make the table ``name`` of what the SQL selects.

        Its rows come to this machine and go out again: they grow with the reports and not with
        the registry, and a step that starts from finished rows is planned in milliseconds.
        """
        self.put(name, self.fetch(sql))

    def fetch(self, sql: str) -> pa.Table:
        """The rows that the SQL selects; as with any engine, every column may hold nulls."""
        rows = self._spark.sql(sql).toArrow()
        return rows.cast(pa.schema([field.with_nullable(nullable=True) for field in rows.schema]))

    def close(self) -> None:
        """Forget every table."""
        for name in self._names:
            self._spark.catalog.dropTempView(name)
        self._names.clear()
