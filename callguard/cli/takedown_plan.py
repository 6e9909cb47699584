"""``callguard takedown plan``: what would be ordered for reports, and what would not, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared
from callguard.cli.options import Decorator
from callguard.cli.takedown_one_report import OneReport
from callguard.errors import CallguardError

if TYPE_CHECKING:
    from callguard.takedown import Expander, PlanFolder, Registry

_MOST = 20
_DAY_S = 86_400


def _of_one(name: str, metavar: str, what: str) -> Decorator:
    return click.option(name, metavar=metavar, help=f"With --number: {what}")


@click.command("plan", cls=commands.Command)
@click.option(
    "--reports",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The reports, a CSV file.",
)
@click.option("--number", metavar="N", help="Instead of --reports: one reported number.")
@_of_one("--case", "ID", "the case.")
@_of_one("--incident-at", "TIME", f"when it was used; {shared.TIME_HELP}.")
@_of_one("--authority", "NAME", "who reports it.")
@_of_one("--certified-by", "NAME", "who certifies that it was traced.")
@_of_one("--report-id", "ID", "the report's id; without it, one made of the others.")
@shared.registry
@click.option(
    "--output",
    metavar="PLAN",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the plan.",
)
@shared.window
@shared.protected
@shared.no_default_protected
@shared.owner_cap
@shared.report_cap
@click.option(
    "--batch-cap",
    metavar="N",
    type=click.IntRange(0),
    help="The most orders in all; without it 500, or twice the median of the batches that the "
    "journal has of the last 30 days if that is more.",
)
@click.option(
    "--registry-age",
    "registry_age_days",
    metavar="DAYS",
    type=shared.Days(),
    default="7d",
    show_default=True,
    help="Do not plan from a registry that was brought up to date longer ago.",
)
@click.option(
    "--at",
    metavar="TIME",
    help=f"Plan as at this time, {shared.TIME_HELP}; without it, now.",
)
@shared.journal
@click.option(
    "--spark",
    metavar="URL",
    help="Expand on Spark, for instance local[*]; needs the extra `spark`. The plan is the same.",
)
@options.as_json
def plan_command(  # noqa: PLR0913  one argument an option
    *,
    reports: Path | None,
    number: str | None,
    case: str | None,
    incident_at: str | None,
    authority: str | None,
    certified_by: str | None,
    report_id: str | None,
    registry_folder: Path,
    output: Path,
    window_days: int,
    protected: Sequence[Path],
    no_default_protected: bool,
    owner_cap: int,
    report_cap: int,
    batch_cap: int | None,
    registry_age_days: int,
    at: str | None,
    where: str,
    spark: str | None,
    as_json: bool,
) -> int:
    """Find out what to order for reports: numbers to stop, and others of their holders to verify.

    Nothing but PLAN is written, and nothing is ordered. Status 1 if there were too many orders for
    one batch: then the plan has none.
    """
    from callguard.takedown import Caps, check_plan_folder, earlier, plan

    one = OneReport.of(
        number,
        {
            "--case": case,
            "--incident-at": incident_at,
            "--authority": authority,
            "--certified-by": certified_by,
        },
        report_id,
    )
    file = reports if one is None else one.beside(output)
    if file is None or (one is not None and reports is not None):
        raise click.UsageError("give either --reports FILE or --number N")
    zone, numbering = shared.registry_place(registry_folder)
    time = shared.now() if at is None else shared.moment(at, zone, "--at")
    check_plan_folder(output)
    before = earlier(where, at=time)
    if one is not None:
        one.write(output, zone, numbering, time)
    with shared.interruptible(), _engine(spark) as engine:
        made = plan(
            file,
            registry_folder,
            output,
            at=time,
            window_days=window_days,
            protected=shared.protected_lists(protected, without_default=no_default_protected),
            caps=Caps(owner=owner_cap, report=report_cap, batch=batch_cap),
            batches=before.batches,
            restored=before.restored,
            max_registry_age_s=registry_age_days * _DAY_S,
            engine=engine,
        )
    if as_json:
        terminal.say_json({"plan": str(output), "digest": made.digest, **made.summary})
    else:
        _show(made, whole=one is not None)
    return _next(made)


@contextmanager
def _engine(master: str | None) -> Iterator[Callable[[Registry], Expander] | None]:
    """The engine of expansion: None is the embedded one."""
    if master is None:
        yield None
        return
    from callguard.integrations.spark.starting import require

    require()
    from pyspark.sql import SparkSession

    from callguard.integrations.spark import session
    from callguard.integrations.spark.takedown import spark_engine

    running = SparkSession.getActiveSession()
    spark = None
    try:
        spark = session(master)
        yield spark_engine(spark)
    except Exception as error:
        if not type(error).__module__.startswith(("py4j.", "pyspark.")):
            raise
        said = str(getattr(error, "java_exception", error)).splitlines()
        raise CallguardError(f"Spark: {said[0] if said else type(error).__name__}") from error
    finally:
        if spark is not None and running is None:  # a session that was running is not ours to end
            spark.stop()


def _show(made: PlanFolder, *, whole: bool) -> None:
    summary = made.summary
    counts = summary["counts"]
    terminal.table(
        ("plan", str(made.path)),
        [
            ("reports", f"{counts['reports']:,}"),
            ("orders", f"{counts['orders']:,}"),
            ("to stop", f"{counts['stop']:,}"),
            ("to verify again", f"{counts['reverify']:,}"),
            ("left out", f"{counts['exclusions']:,}"),
            ("cases", f"{counts['cases']:,}"),
        ],
    )
    _section(("left out because", "numbers"), _counted(summary["reasons"]))
    _section(("carrier", "orders"), _counted(summary["carriers"]))
    _section(
        ("to review", "of", "candidates", "cap"),
        [
            (hit["cap"], hit["subject"], f"{hit['count']:,}", f"{hit['limit']:,}")
            for hit in summary["review"][:_MOST]
        ],
    )
    if len(summary["review"]) > _MOST:
        terminal.say(f"and {len(summary['review']) - _MOST:,} more in {made.path}/summary.json")
    if whole:
        _section(
            ("order", "number", "act", "carrier"),
            [
                (
                    order["order_id"],
                    order["number"],
                    order["act"],
                    order["carrier"],
                )
                for order in made.orders
            ],
        )
        lines = (made.path / "exclusions.jsonl").read_bytes().splitlines()
        _section(
            ("left out", "because", "which means"),
            [
                (line["number"], line["reason"], line["detail"])
                for line in map(orjson.loads, lines[:_MOST])
            ],
        )


def _next(made: PlanFolder) -> int:
    """Say what to do now; status 1 if the batch was stopped."""
    path, summary = made.path, made.summary
    batch = [hit for hit in summary["review"] if hit["cap"] == "batch"]
    if batch:
        terminal.complain(
            f"{shared.counted(batch[0]['count'], 'order')} would be more than one batch may have "
            f"({batch[0]['limit']:,}), so none was made; look at {path}/exclusions.jsonl, then "
            "plan again with fewer reports, or with --batch-cap"
        )
        return 1
    if not made.orders:
        terminal.note(f"no orders, nothing to approve; {path}/exclusions.jsonl says why")
        return 0
    if summary["review"]:
        terminal.note(f"caps were hit: look at what they left out in {path}/exclusions.jsonl")
    reviewed = " --reviewed" if summary["review"] else ""
    terminal.note(f"next, by two people: callguard takedown approve {path} --by NAME{reviewed}")
    return 0


def _section(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        terminal.say("")
        terminal.table(columns, rows)


def _counted(counts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, f"{count:,}") for name, count in counts.items()]
