"""``callguard lists``: number lists in the form that opens at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.errors import ListError
from callguard.numbering import NumberingPlan, NumberList, compile_list


@click.group(cls=commands.Group)
def lists() -> None:
    """Prepare number lists."""


@lists.command("compile")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@options.home
@options.number_ranges
def compile_command(files: Sequence[Path], home: str, number_ranges: Path | None) -> int:
    """Compile number lists, so that millions of numbers open at once.

    The compiled list is written beside each FILE and used in its place until FILE changes. Prints
    its path and how many numbers and prefixes it holds.
    """
    plan = NumberingPlan(home, number_ranges=number_ranges)
    status = 0
    for file in files:
        try:
            compiled = compile_list(file, plan)
            size = len(NumberList.load(file, plan))
        except ListError as error:
            terminal.complain(error)
            status = 1
        else:
            terminal.say(f"{compiled}\t{size}")
    return status
