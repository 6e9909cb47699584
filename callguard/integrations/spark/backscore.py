"""Records in a Spark DataFrame -> verdicts in a Spark DataFrame."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callguard import rulepack
from callguard.errors import RecordError
from callguard.integrations.spark.packed_rules import pack
from callguard.integrations.spark.starting import require
from callguard.numbering import RangeText
from callguard.records import REQUIRED
from callguard.records.fields import RAW_FIELDS, FieldType

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_NUMBERS: Final = ("tinyint", "smallint", "int", "bigint", "float", "double")
# monotonically_increasing_id counts the rows of a part in these bits, and the parts above them.
_ROW_BITS: Final = 33
_TIMES: Final = (*_NUMBERS, "timestamp", "timestamp_ntz")


def backscore(
    spark: SparkSession,
    records: DataFrame,
    rules: str | os.PathLike[str] | None = None,
    home: str = "CN",
    *,
    order: Sequence[str] = (),
    thresholds: Mapping[str, int] | None = None,
    number_ranges: str | os.PathLike[str] | None = None,
) -> DataFrame:
    """The verdict of every record, as a guard gives them that sees the records in order.

    ``records`` has columns of the signalling record, as many as there are; others are ignored.
    ``at`` is a number (seconds since 1970 UTC) or a timestamp. Records are taken in the order of
    ``at`` and then of the columns in ``order``; give one that differs from record to record (a line
    number), or those with equal times come in any order. ``rules`` is a rule file, by default the
    shipped pack; it is read here, and workers need only the installed package. So is
    ``number_ranges``, a file of number ranges that the numbering table lacks.

    The result has one row a record, in the order of ``record``, a number that grows with the
    records' order; besides ``call_id``, ``at``, ``action``, ``score``, ``rules``, ``shadow``,
    ``basis``, ``alert_template``, ``alert_text``, ``emergency``, ``call_back``, ``degraded``,
    ``ruleset``. It is worked out again each time it is used: write it, or cache it.

    Raises RecordError for columns that cannot be records, RuleError for rules that cannot be used,
    NumberingError for ranges that cannot be, CallguardError if Spark cannot run here.
    """
    require()
    from pyspark.sql import functions as sql

    from callguard.integrations.spark.phases import ROW_DDL, VERDICT_DDL, count, finish, judge

    present = _checked(records)
    ranges = None if number_ranges is None else RangeText.load(number_ranges)
    rules_here = pack(rules or rulepack.path(), home, thresholds, ranges)
    packed = partial(_value, spark.sparkContext.broadcast(rules_here))
    parts = int(str(spark.conf.get("spark.sql.shuffle.partitions")))
    # The upper bits of a record's number are its part of the order: parts stay in order.
    part = sql.shiftright("record", _ROW_BITS).cast("int")
    return (
        _ranked(records, present, order)
        .mapInArrow(partial(judge, packed), ROW_DDL)
        .repartition("series", "grouped")
        .sortWithinPartitions("series", "grouped", "record")
        .mapInArrow(partial(count, packed), ROW_DDL)
        .repartitionById(parts, part)
        .sortWithinPartitions("record", "step")
        .mapInArrow(partial(finish, packed), VERDICT_DDL)
    )


def _value(broadcast: Any) -> Any:
    return broadcast.value


def _ranked(records: DataFrame, present: Sequence[str], order: Sequence[str]) -> DataFrame:
    """The record's columns, and ``record``: a number that grows in the order of the records."""
    from pyspark.sql import functions as sql

    decimal = [name for name, kind in records.dtypes if kind.startswith("decimal")]
    wanted = [
        sql.col(name).cast("double").alias(name) if name in decimal else sql.col(name)
        for name in present
        if name != "at"
    ]
    at = sql.col("at").cast("double").alias("at")
    keys = [sql.col(f"`{name}`") for name in dict.fromkeys(order) if name not in present]
    # A sort gives each partition a range of the order, and the numbers grow with the partitions.
    return (
        records.select(*wanted, at, *keys)
        .orderBy("at", *(sql.col(f"`{name}`") for name in order))
        .select(*present)
        .withColumn("record", sql.monotonically_increasing_id())
    )


def _checked(records: DataFrame) -> list[str]:
    """The columns that are keys of a record. Raises RecordError if they cannot be ones."""
    types = dict(records.dtypes)
    missing = [key for key in REQUIRED if key not in types]
    if missing:
        raise RecordError(
            f"no column {', '.join(missing)}; expected those of the signalling record, of which "
            f"{', '.join(REQUIRED)} must be there"
        )
    present = [key for key in RAW_FIELDS if key in types]
    for key in present:
        wanted = _TIMES if key == "at" else _wanted(RAW_FIELDS[key])
        exact = types[key].startswith("decimal") and "double" in wanted
        if types[key] not in wanted and not exact:
            raise RecordError(
                f"column {key} is of type {types[key]}; expected {' or '.join(wanted)}"
                + (": numbers are strings, as signalled" if wanted == ("string",) else "")
            )
    return present


def _wanted(kind: FieldType) -> tuple[str, ...]:
    return _NUMBERS if kind is FieldType.NUMERIC else ("string",)
