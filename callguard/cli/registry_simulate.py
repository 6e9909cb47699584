"""``callguard registry simulate``: a made-up feed of registrations, to try things on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from callguard.cli import commands, options, progress, terminal
from callguard.cli.takedown_options import Share, counted, moment

_SEED = 2016


@click.command("simulate", cls=commands.Command)
@click.argument("output", metavar="OUTPUT", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--rows",
    type=click.IntRange(50, 2_000_000_000),
    default=100_000,
    show_default=True,
    help="Registrations.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=_SEED,
    show_default=True,
    help="Another feed; the same seed gives the same bytes.",
)
@click.option(
    "--reports",
    "report_rows",
    metavar="N",
    type=click.IntRange(1, 10_000_000),
    help="Also N reports about it, in NAME.reports.csv.",
)
@click.option(
    "--rings",
    metavar="SHARE",
    type=Share(),
    default="0.4%",
    show_default=True,
    help="The share of numbers that fraud rings hold, at most half.",
)
@click.option("--documents", is_flag=True, help="Made-up identity documents instead of owner ids.")
@click.option(
    "--at", metavar="TIME", help="The day on which the feed was taken; without it, 2026-11-24."
)
@options.as_json
def simulate_command(  # noqa: PLR0913  one argument an option
    *,
    output: Path,
    rows: int,
    seed: int,
    report_rows: int | None,
    rings: float,
    documents: bool,
    at: str | None,
    as_json: bool,
) -> int:
    """Make a feed of China into OUTPUT (.csv, .csv.gz or .parquet).

    Few owners have many numbers, companies tens of thousands, fraud rings 5 to 50 registered within
    weeks; numbers are recycled and ported. NAME.labels.csv beside it says which owner is what.
    """
    from callguard.demo.holders.feed import DEFAULT_AT, simulate
    from callguard.demo.holders.reports import simulate_reports
    from callguard.times import open_zone

    time = DEFAULT_AT if at is None else moment(at, open_zone("Asia/Shanghai"), "--at")
    with progress.counting("simulating", rows) as advance:
        made = simulate(
            output,
            rows,
            seed,
            at=time,
            with_documents=documents,
            rings=rings,
            progress=_Steps(advance),
        )
    files = {"feed": made.feed, "labels": made.labels}
    if report_rows is not None:
        files["reports"] = output.with_name(f"{output.name.split('.')[0]}.reports.csv")
        simulate_reports(made.feed, made.labels, files["reports"], report_rows, seed)
    counts: dict[str, Any] = {"rows": made.rows, "owners": made.owners, "rings": made.rings}
    if as_json:
        terminal.say_json({**{name: str(path) for name, path in files.items()}, **counts})
    else:
        for path in files.values():
            terminal.say(str(path))
        terminal.note(
            f"{counted(made.rows, 'row')}, {counted(made.owners, 'owner')}, "
            f"{made.rings:,} of them rings"
        )
    return 0


@dataclass(slots=True)
class _Steps:
    """Rows done so far, passed on as rows done since."""

    advance: Callable[[int], None] | None
    done: int = 0

    def __call__(self, rows: int) -> None:
        if self.advance is not None:
            self.advance(rows - self.done)
        self.done = rows
