"""``callguard takedown acknowledge`` and ``restore``: what comes after an order was issued."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared

_FIRST = 10


@click.command("acknowledge", cls=commands.Command)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@shared.by_program
@shared.journal
@shared.head
@options.as_json
def acknowledge_command(
    files: Sequence[Path], by: str, where: str, head_file: Path | None, as_json: bool
) -> int:
    """Read carriers' answers: each FILE (CSV or JSON Lines) as a whole, or not at all."""
    from callguard.takedown import acknowledge

    journal = shared.open_journal(where, head_file)
    done = acknowledge(journal, files, at=shared.now(), by=by)
    if as_json:
        terminal.say_json(done.as_dict())
    else:
        terminal.table(
            ("answers", "orders"),
            [
                (name, f"{getattr(done, name):,}")
                for name in ("acknowledged", "executed", "refused", "repeated")
            ],
        )
    if done.late:
        terminal.complain(
            "answers came to orders that had been restored, ask the carrier whether the number "
            f"works: {_some(done.late)}"
        )
    return 1 if done.late else 0


@click.command("restore", cls=commands.Command)
@click.argument("order_id", metavar="[ORDER_ID]", required=False)
@click.option("--report", "report_id", metavar="ID", help="Restore all that came from this report.")
@shared.by
@click.option("--reason", metavar="TEXT", required=True, help="Why; no identity documents.")
@click.option(
    "--ground",
    type=click.Choice(("appeal", "error", "case_closed")),
    default="appeal",
    show_default=True,
    help="appeal and error count as wrongful closures.",
)
@click.option(
    "--output",
    metavar="DIR",
    default="restored",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files for carriers go.",
)
@shared.journal
@shared.head
@options.as_json
def restore_command(  # noqa: PLR0913  one argument an option
    *,
    order_id: str | None,
    report_id: str | None,
    by: str,
    reason: str,
    ground: str,
    output: Path,
    where: str,
    head_file: Path | None,
    as_json: bool,
) -> int:
    """Take back one order, or with --report all that came from one report.

    An order that has not been issued yet never will be. For the others two files a carrier say what
    to open again.
    """
    from callguard.takedown import restore

    if (order_id is None) == (report_id is None):
        raise click.UsageError("give either one ORDER_ID or --report ID")
    done = restore(
        shared.open_journal(where, head_file),
        order_id=order_id,
        report_id=report_id,
        by=by,
        reason=reason,
        ground=ground,
        output=output,
        at=shared.now(),
    )
    if as_json:
        terminal.say_json(done.as_dict())
        return 0
    say_paths(done.files)
    for ids, what in (
        (done.restored, "restored"),
        (done.withdrawn, "withdrawn before they were issued"),
        (done.already, "had been restored before"),
        (done.still, "other orders for the same numbers stay in force"),
    ):
        if ids:
            terminal.note(f"{len(ids):,} {what}: {_some(ids)}")
    return 0


def say_paths(paths: Sequence[Path]) -> None:
    """One path a line."""
    for path in paths:
        terminal.say(str(path))


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - _FIRST
    return ", ".join(ids[:_FIRST]) + (f" and {more:,} more" if more > 0 else "")
