"""``callguard takedown status`` and ``verify``: the state of orders and journal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared
from callguard.cli.worker import Duration
from callguard.errors import JournalError

if TYPE_CHECKING:
    from callguard.takedown import Spread, Standing, Status

_MOST = 50


@click.command("status", cls=commands.Command)
@click.option(
    "--due",
    type=Duration(),
    default="24h",
    show_default=True,
    help="An order is overdue when a carrier has had it for this long.",
)
@shared.journal
@options.as_json
def status_command(due: float, where: str, as_json: bool) -> int:
    """Show all orders by carrier and state, times to shut, overdue ones, wrongful closures."""
    from callguard.takedown import status

    journal = shared.open_journal(where)
    result = status(journal, at=shared.now(), due_s=int(due))
    if as_json:
        terminal.say_json(result.as_dict())
    else:
        _show(result)
    return 0


@click.command("verify", cls=commands.Command)
@shared.journal
@shared.head
@click.option(
    "--guard",
    is_flag=True,
    help="If all entries are correct, restore triggers against changes that the database lacks.",
)
@options.as_json
def verify_command(where: str, head_file: Path | None, guard: bool, as_json: bool) -> int:
    """Check every entry of the journal, and print its head.

    Finds entries that were changed, deleted, reordered or put in; with --head also those that were
    cut off from the end. Status 1 with the first bad one.
    """
    from callguard.takedown import read_head, verify

    journal = shared.open_journal(where)
    kept = None if head_file is None else read_head(head_file)
    if head_file is not None and kept is None:
        raise JournalError(
            f"{head_file}: no head of a journal is kept here; name the file that approve and issue "
            "were given with --head"
        )
    finding = verify(journal, kept, guard=guard)
    if as_json:
        terminal.say_json(finding.as_dict())
    if not finding.ok:
        terminal.complain(f"journal {journal.name}: entry {finding.seq} {finding.fault}")
        return 1
    if not as_json:
        terminal.say(f"{finding.head.seq}\t{finding.head.hash}")
    terminal.note(
        f"journal {journal.name}: all of {finding.entries:,} entries are sound"
        + ("" if kept else "; without --head, entries cut off from its end do not show")
    )
    if not finding.unguarded:
        return 0
    gone = ", ".join(finding.unguarded)
    if guard:
        terminal.note(f"put back: {gone}")
        return 0
    terminal.complain(
        f"journal {journal.name}: the database no longer refuses changes to entries ({gone} is "
        "gone); find out who did that, then run verify --guard"
    )
    return 1


def _show(result: Status) -> None:
    terminal.table(("carrier", *result.total.states, "overdue"), _by_carrier(result))
    terminal.say("")
    total = result.total
    terminal.table(
        ("time to shut", "orders", "median", "9 of 10 within"),
        [
            ("from the plan", *_spread(total.planned_to_executed)),
            ("from the issue", *_spread(total.issued_to_executed)),
        ],
    )
    if result.overdue:
        _show_overdue(result)
    share = "" if total.wrongful_share is None else f" ({total.wrongful_share:.2%} of the executed)"
    terminal.say("")
    terminal.say(
        f"{shared.counted(result.plans, 'plan')} approved, {result.plans_issued:,} issued; "
        f"{shared.counted(total.executed, 'order')} executed; "
        f"{shared.counted(total.wrongful, 'wrongful closure')}{share}"
    )


def _show_overdue(result: Status) -> None:
    terminal.say("")
    terminal.table(
        ("overdue order", "number", "carrier", "waited"),
        [
            (
                one.order_id,
                one.number,
                one.carrier,
                span(one.waited_s),
            )
            for one in result.overdue[:_MOST]
        ],
    )
    if len(result.overdue) > _MOST:
        terminal.note(f"and {len(result.overdue) - _MOST:,} more; --json has them all")


def _by_carrier(result: Status) -> Iterator[tuple[str, ...]]:
    for name, standing in result.carriers.items():
        yield (name, *_counts(standing))
    yield ("all", *_counts(result.total))


def _counts(standing: Standing) -> tuple[str, ...]:
    return (*(f"{count:,}" for count in standing.states.values()), f"{standing.overdue:,}")


def _spread(spread: Spread) -> tuple[str, str, str]:
    return (f"{spread.count:,}", span(spread.median_s), span(spread.p90_s))


def span(seconds: int | None) -> str:
    """A time as people say it: ``45 s``, ``12 min``, ``5 h 20 min``, ``3 d 4 h``; ``-`` is none."""
    if seconds is None:
        return "-"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if not minutes:
        return f"{seconds} s"
    if not hours:
        return f"{minutes} min"
    if not days:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"
