"""``callguard takedown``: from reports to orders, and every step of an order in the journal."""

from __future__ import annotations

from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared
from callguard.cli.takedown_issued import acknowledge_command, restore_command, say_paths
from callguard.cli.takedown_journal import journal_group
from callguard.cli.takedown_plan import plan_command
from callguard.cli.takedown_status import status_command, verify_command
from callguard.cli.takedown_who import who
from callguard.cli.worker import Duration


@click.group(cls=commands.Group)
def takedown() -> None:
    """Take reported numbers down: plan, approve, issue, restore.

    plan, then two people approve, then issue. The journal has every step of every order.
    """


for command in (
    plan_command,
    who,
    acknowledge_command,
    restore_command,
    status_command,
    verify_command,
    journal_group,
):
    takedown.add_command(command)


@takedown.command("approve")
@shared.plan_folder
@shared.by
@click.option(
    "--reviewed", is_flag=True, help="You have looked at what a cap left out of this plan."
)
@shared.journal
@shared.head
@options.as_json
def approve_command(
    plan_path: Path,
    by: str,
    reviewed: bool,
    where: str,
    head_file: Path | None,
    as_json: bool,
) -> int:
    """Approve a PLAN as it is. Two different people must, before it can be issued."""
    from callguard.takedown import PlanFolder, approve

    folder = PlanFolder.load(plan_path)
    journal = shared.open_journal(where, head_file, create=True)
    done = approve(journal, folder, by=by, at=shared.now(), reviewed=reviewed)
    if as_json:
        terminal.say_json(done.as_dict())
        return 0
    people = ", ".join(done.people)
    stop, reverify = (folder.summary["counts"][act] for act in ("stop", "reverify"))
    terminal.say(
        f"{plan_path}: {stop:,} to stop, {reverify:,} to verify again, approved by {people} "
        f"(plan {done.plan})"
    )
    if done.missing:
        terminal.note("another person must approve it too")
    else:
        terminal.note(f"next: callguard takedown issue {plan_path}")
    return 0


@takedown.command("issue")
@shared.plan_folder
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files for carriers go; without it, PLAN/issued.",
)
@shared.by_program
@click.option(
    "--max-age",
    type=Duration(),
    default="7d",
    show_default=True,
    help="Refuse a plan that is older.",
)
@shared.journal
@shared.head
@options.as_json
def issue_command(
    plan_path: Path,
    output: Path | None,
    by: str,
    max_age: float,
    where: str,
    head_file: Path | None,
    as_json: bool,
) -> int:
    """Write the orders of an approved PLAN into two files a carrier: CSV and JSON Lines.

    Refused unless two people have approved it, and plan, reports and registry are as they were. To
    issue a plan again only writes the same files again.
    """
    from callguard.takedown import PlanFolder, issue

    folder = PlanFolder.load(plan_path)
    journal = shared.open_journal(where, head_file)
    done = issue(
        journal,
        folder,
        output or plan_path / "issued",
        at=shared.now(),
        by=by,
        max_age_s=int(max_age),
    )
    if as_json:
        terminal.say_json(done.as_dict())
        return 0
    say_paths(done.files)
    terminal.note(
        shared.counted(done.orders, "order")
        + (" issued before; only the files were written" if done.again else " issued")
    )
    for count, what in (
        (len(done.superseded), "left out: another order does it for the number already"),
        (len(done.already), "left out: issued with an earlier plan"),
        (len(done.restored), "left out: restored before"),
        (done.since_restored, "restored since, and no longer in the files"),
    ):
        if count:
            terminal.note(f"{count:,} {what}")
    return 0


@takedown.command("export-list")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))
@click.option(
    "--act",
    type=click.Choice(("stop", "reverify", "all")),
    default="stop",
    show_default=True,
    help="Numbers with orders of which act.",
)
@shared.journal
def export_command(file: str, act: str, where: str) -> int:
    """Write the numbers with an order in force as a list that rules can name, into FILE or -.

    A number is in it once it was issued, and no longer once it was restored.
    """
    from callguard.takedown import export_list, export_numbers

    journal = shared.open_journal(where)
    acts = ("stop", "reverify") if act == "all" else (act,)
    if file == "-":
        for line in export_numbers(journal, acts).splitlines():
            terminal.say(line)
        return 0
    count = export_list(journal, Path(file), acts)
    terminal.say(f"{file}\t{count}")
    return 0
