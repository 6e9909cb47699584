"""``callguard takedown journal``: the journal's own upkeep."""

from __future__ import annotations

from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.cli import takedown_options as shared


@click.group("journal", cls=commands.Group)
def journal_group() -> None:
    """Look after the journal itself; its entries stay as they are."""


@journal_group.command("migrate")
@shared.journal
@shared.head
@options.as_json
def migrate_command(where: str, head_file: Path | None, as_json: bool) -> int:
    """Bring the tables of an older journal to the version that this callguard writes.

    Every entry is checked first. The next command that writes does the same: this one is for a
    database in which only its owner may change tables.
    """
    journal = shared.open_journal(where, head_file)
    before = journal.migrate()
    after = journal.version
    if as_json:
        terminal.say_json({"journal": journal.name, "before": before, "version": after})
    elif before == after:
        terminal.note(f"journal {journal.name}: version {after}, nothing to do")
    else:
        terminal.say(f"journal {journal.name}: version {before} is now version {after}")
    return 0
