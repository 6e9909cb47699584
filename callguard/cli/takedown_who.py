"""``callguard takedown who``: one number. Looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared
from callguard.cli.takedown_who_shown import as_json as described
from callguard.cli.takedown_who_shown import show


@click.command("who", cls=commands.Command)
@click.argument("number", metavar="N")
@click.option(
    "--at",
    metavar="TIME",
    required=True,
    help=f"The moment that is asked about: {shared.TIME_HELP}.",
)
@shared.registry
@click.option("--now", "now_at", metavar="TIME", help="What is open at this time; without it, now.")
@shared.window
@shared.protected
@shared.no_default_protected
@shared.owner_cap
@shared.report_cap
@options.as_json
def who(  # noqa: PLR0913  one argument an option
    *,
    number: str,
    at: str,
    registry_folder: Path,
    now_at: str | None,
    window_days: int,
    protected: Sequence[Path],
    no_default_protected: bool,
    owner_cap: int,
    report_cap: int,
    as_json: bool,
) -> int:
    """Say who had the number N at a time, and which other numbers an order for it would include.

    Shows the registration, the owner's other numbers with a time line, and for each of them whether
    a plan would have it verified again or leave it out, and why. Changes nothing.
    """
    from callguard.takedown import NumberLookup, Registry, Setting

    with Registry.open(registry_folder) as registry:
        moment = shared.moment(at, registry.zone, "--at")
        now = shared.now() if now_at is None else shared.moment(now_at, registry.zone, "--now")
        if moment > now:
            raise click.BadParameter(f"{at!r} is in the future", param_hint="'--at'")
        lists = shared.protected_lists(protected, without_default=no_default_protected)
        with shared.interruptible(), NumberLookup(registry, lists) as desk:
            setting = Setting(now, window_days, owner_cap, report_cap)
            result = desk.look_up(number, moment, setting)
    if as_json:
        terminal.say_json(described(result))
    else:
        show(result)
    return 0
