"""``callguard backscore``: months of records in Parquet, scored on Spark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callguard import rulepack
from callguard.cli import commands, options, terminal
from callguard.errors import CallguardError, RecordError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


@click.command(cls=commands.Command)
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(exists=True))
@options.rules
@options.home
@options.number_ranges
@click.option(
    "--output",
    metavar="FOLDER",
    required=True,
    type=click.Path(path_type=Path),
    help="Write the verdicts there, as Parquet. It must not exist.",
)
@click.option(
    "--order",
    metavar="COLUMN",
    multiple=True,
    help="Order of records with equal times; without it, that of files and lines.",
)
@click.option(
    "--master", default="local[*]", show_default=True, help="Where Spark runs: a master's URL."
)
@options.as_json
def backscore(  # noqa: PLR0913  one argument an option
    *,
    inputs: Sequence[str],
    rule_file: Path | None,
    home: str,
    number_ranges: Path | None,
    output: Path,
    order: Sequence[str],
    master: str,
    as_json: bool,
) -> int:
    """Judge the records of each INPUT (Parquet files or folders) on Spark.

    Verdicts are those that callguard score gives for the same records in the order of their times.
    Prints how many records there were, by action and by rule.
    """
    if output.exists():
        raise click.UsageError(f"--output {output}: it exists; name another folder or remove it")
    # Before Spark is asked for, which takes seconds to say that it is not there.
    from callguard.integrations.spark.starting import require

    require()
    from pyspark.sql import SparkSession

    from callguard.integrations.spark import session

    running = SparkSession.getActiveSession()
    spark = session(master)
    try:
        summary = _score(spark, inputs, rule_file, (home, number_ranges), output, order)
    finally:
        if running is None:  # a session that was running is not ours to end
            spark.stop()
    if as_json:
        terminal.say_json(summary)
    else:
        terminal.table(
            ("what", "name", "records"),
            [
                (kind, name, f"{number:,}")
                for kind in ("action", "rule", "shadow", "degraded")
                for name, number in sorted(summary[kind].items())
            ],
        )
    terminal.note(f"{summary['records']:,} scored, verdicts in {output}")
    return 0


def _score(
    spark: SparkSession,
    inputs: Sequence[str],
    rule_file: Path | None,
    place: tuple[str, Path | None],
    output: Path,
    order: Sequence[str],
) -> dict[str, Any]:
    from callguard.integrations.spark import backscore as score_all

    records, positions = _read(spark, inputs)
    home, number_ranges = place
    score_all(
        spark,
        records,
        rule_file or rulepack.path(),
        home,
        order=order or positions,
        number_ranges=number_ranges,
    ).write.parquet(str(output))
    return _summary(spark.read.parquet(str(output)))


def _read(spark: SparkSession, inputs: Sequence[str]) -> tuple[DataFrame, tuple[str, str]]:
    """The records, and the columns that say where each one was."""
    from pyspark.errors import AnalysisException
    from pyspark.sql import functions as sql

    try:
        records = spark.read.parquet(*inputs)
        file, line = "_metadata.file_path", "_metadata.row_index"
        placed = records.withColumn("__file", sql.col(file)).withColumn("__line", sql.col(line))
    except AnalysisException as error:
        raise RecordError(f"no Parquet of records: {error.getMessage()}") from None
    except Exception as error:
        # Spark names a file that is not Parquet deep in its own text.
        if "is not a Parquet file" in str(error) or "CANNOT_READ" in str(error):
            raise RecordError(f"{', '.join(inputs)}: not Parquet") from None
        raise CallguardError(f"Spark: {str(error).splitlines()[0]}") from error
    return placed, ("__file", "__line")


def _summary(verdicts: DataFrame) -> dict[str, Any]:
    from pyspark.sql import functions as sql

    def tally(column: Any) -> dict[str, int]:
        rows = verdicts.select(column.alias("name")).groupBy("name").count().collect()
        return dict(Counter({row["name"]: row["count"] for row in rows}))

    return {
        "records": verdicts.count(),
        "action": tally(sql.col("action")),
        "rule": tally(sql.explode("rules")),
        "shadow": tally(sql.explode("shadow")),
        "degraded": tally(sql.explode("degraded")),
    }
