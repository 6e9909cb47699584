"""``callguard lists``: their bad lines, lists without them, and the form that opens at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from callguard.cli import commands, options, terminal
from callguard.errors import ListError
from callguard.faults import Fault
from callguard.files import whole_file
from callguard.numbering import NumberingPlan, NumberList, compile_list
from callguard.numbering.listfile import LeftOut, read_numbers, read_texts

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_files = click.argument("files", metavar="FILE...", nargs=-1, required=True, type=_FILE)
_of_texts = click.option(
    "--text", "of_texts", is_flag=True, help="These are lists of texts, not of numbers."
)


@click.group(cls=commands.Group)
def lists() -> None:
    """Check lists, clean them, and prepare number lists."""


@lists.command("check")
@_files
@_of_texts
@options.home
@options.number_ranges
@options.as_json
def check_command(
    files: Sequence[Path], of_texts: bool, home: str, number_ranges: Path | None, as_json: bool
) -> int:
    """Print every bad line of lists, however many there are.

    One a line: FILE:LINE:COL CODE message; remedy. Status 1 if there is one.
    """
    plan = NumberingPlan(home, number_ranges=number_ranges)
    found: list[Fault] = []
    count = 0

    def show(fault: Fault) -> None:
        nonlocal count
        count += 1
        if as_json:
            found.append(fault)
        else:
            terminal.say(str(fault))

    for file in files:
        _read(file, plan, of_texts, show)
    if as_json:
        terminal.say_json({"faults": [fault.to_dict() for fault in found]})
    terminal.note(f"{_counted(count)} in {terminal.count(files, 'list')}")
    return 1 if count else 0


@lists.command("clean")
@click.argument("file", metavar="FILE", type=_FILE)
@click.option(
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the clean list goes; it may be FILE itself.",
)
@_of_texts
@options.home
@options.number_ranges
def clean_command(
    file: Path, output: Path, of_texts: bool, home: str, number_ranges: Path | None
) -> int:
    """Write a list without its bad lines, and print these.

    Good lines and comments stay as they are. The new file appears when it is complete.
    """
    bad: set[int] = set()

    def leave_out(fault: Fault) -> None:
        bad.add(fault.line)
        terminal.say(str(fault))

    _read(file, NumberingPlan(home, number_ranges=number_ranges), of_texts, leave_out)
    with file.open("rb") as lines, whole_file(output) as stream:
        stream.writelines(line for number, line in enumerate(lines, 1) if number not in bad)
    terminal.note(f"{output}: {_counted(len(bad))} left out")
    return 0


@lists.command("compile")
@_files
@click.option("--skip-bad", is_flag=True, help="Leave bad lines out, and print them.")
@options.home
@options.number_ranges
def compile_command(
    files: Sequence[Path], skip_bad: bool, home: str, number_ranges: Path | None
) -> int:
    """Compile number lists, so that millions of numbers open at once.

    The compiled list is written beside each FILE and used in its place until FILE changes. Prints
    its path and how many numbers and prefixes it holds. A list with bad lines is refused, or with
    --skip-bad compiled without them: rules then say that lines are left out, as a warning.
    """
    plan = NumberingPlan(home, number_ranges=number_ranges)
    status = 0
    for file in files:
        bad = 0

        def leave_out(fault: Fault) -> None:
            nonlocal bad
            bad += 1
            terminal.note(str(fault))

        try:
            compiled = compile_list(file, plan, leave_out if skip_bad else None)
            size = len(NumberList.load(file, plan))
        except ListError as error:
            terminal.complain(error)
            status = 1
        else:
            terminal.say(f"{compiled}\t{size}")
            if bad:
                terminal.note(f"{file}: {_counted(bad)} left out")
    return status


def _read(file: Path, plan: NumberingPlan, of_texts: bool, bad: LeftOut) -> None:
    """Read the whole list for the sake of its bad lines. Raises ListError if that fails."""
    if of_texts:
        read_texts(file, bad)
    else:
        read_numbers(file, plan, bad)


def _counted(number: int) -> str:
    return "1 bad line" if number == 1 else f"{number:,} bad lines"
