"""``callguard score``: records in, verdicts out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import click

from callguard import rulepack
from callguard.cli import options, progress, terminal
from callguard.cli.results import results
from callguard.errors import RecordError
from callguard.guard import Guard
from callguard.records import FORMATS, Record, read_records

UNREADABLE = "unreadable"


@click.command()
@click.argument(
    "inputs",
    metavar="INPUT...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@click.option(
    "--rules",
    "rule_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rule file; without it, the rule pack that comes with callguard.",
)
@click.option(
    "--format",
    type=click.Choice(("auto", *FORMATS)),
    default="auto",
    show_default=True,
    help="Format of every INPUT; auto looks at name and content.",
)
@options.home
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here instead of standard output. FILE appears, or is replaced, when complete.",
)
def score(
    inputs: Sequence[str], rule_file: Path | None, format: str, home: str, output: Path | None
) -> int:
    """Judge the records of each INPUT.

    One verdict a line (JSON Lines), in input order. INPUT is a file of records, or - for standard
    input. A record that cannot be read becomes a line {"error": ..., "source": ...} in its place;
    the run goes on and ends with status 1.
    """
    guard = Guard.load(rule_file or rulepack.path(), home=home)
    on_terminal = output is None and sys.stdout.isatty()
    with (
        results(output) as stream,
        progress.reading(inputs, results_on_terminal=on_terminal) as advance,
    ):
        # What comes through a pipe may come slowly: nobody should wait for a buffer to fill.
        counts = _score(guard, _records(inputs, format, advance), stream, prompt="-" in inputs)
    terminal.note(_summary(counts))
    return 1 if counts[UNREADABLE] else 0


def _score(
    guard: Guard, records: Iterator[Record | RecordError], stream: BinaryIO, *, prompt: bool
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for record in records:
        if isinstance(record, RecordError):
            counts[UNREADABLE] += 1
            terminal.write_line(stream, {"error": record.reason, "source": record.source})
        else:
            verdict = guard.score(record)
            counts[verdict.action] += 1
            terminal.write_line(stream, verdict.to_dict())
        if prompt:
            stream.flush()
    return counts


def _records(
    inputs: Sequence[str], format: str, advance: Callable[[int], None] | None
) -> Iterator[Record | RecordError]:
    """Every record of every input; an input that fails as a whole is one error."""
    for name in inputs:
        try:
            yield from read_records(name, format, lenient=True, progress=advance)
        except RecordError as error:
            yield error


def _summary(counts: Counter[str]) -> str:
    unreadable = counts[UNREADABLE]
    actions = {action: count for action, count in counts.items() if action != UNREADABLE}
    parts = [f"{action} {count:,}" for action, count in sorted(actions.items())]
    text = f"{sum(actions.values()):,} scored"
    if parts:
        text += f" ({', '.join(parts)})"
    return f"{text}, {unreadable:,} could not be read" if unreadable else text
