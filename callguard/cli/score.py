"""``callguard score``: records in, verdicts out."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from callguard import rulepack
from callguard.cli import commands, options, progress, terminal
from callguard.cli.counting import Hold, kept, opened
from callguard.cli.results import results
from callguard.engine.degraded import COUNTERS
from callguard.engine.verdict import Verdict
from callguard.errors import RecordError
from callguard.guard import Guard
from callguard.records import FORMATS, Record, UnknownKeys, read_records
from callguard.rules.model import ACTIONS

UNREADABLE = "unreadable"
UNCOUNTED = "uncounted"


@click.command(cls=commands.Command)
@click.argument(
    "inputs",
    metavar="INPUT...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
)
@options.rules
@click.option(
    "--format",
    type=click.Choice(("auto", *FORMATS)),
    default="auto",
    show_default=True,
    help="Format of every INPUT; auto looks at name and content.",
)
@options.home
@options.number_ranges
@options.set_field
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write here instead of standard output. FILE appears, or is replaced, when complete.",
)
@options.counters
def score(
    inputs: Sequence[str],
    rule_file: Path | None,
    output: Path | None,
    counters: str | None,
    format: str,
    given: dict[str, object],
    **numbering: Any,
) -> int:
    """Judge the records of each INPUT.

    One verdict a line (JSON Lines), in input order. INPUT is a file of records, or - for standard
    input. A record that cannot be read becomes a line {"error": ..., "source": ...} in its place;
    the run goes on and ends with status 1. Keys of records that no field has are named, and not
    read.

    With --counters FILE, correlations go on from what FILE holds, and it is saved at the end, also
    of a run that is interrupted. With a URL they count on that server, together with all who use
    it; while it is away, verdicts are given without them and say so ("degraded").
    """
    on_terminal = output is None and sys.stdout.isatty()
    at = None if counters is None else opened(counters, new=True)
    state = None if at is None else at.store
    # Before anything is saved: rules that are refused must not cost a count.
    guard = Guard.load(rule_file or rulepack.path(), state=state, **numbering)
    # What comes through a pipe may come slowly: nobody should wait for a buffer to fill.
    prompt = "-" in inputs
    size = 1 if prompt or state is None else state.batch
    with (
        kept(at) as hold,
        results(output) as stream,
        progress.reading(inputs, results_on_terminal=on_terminal) as advance,
    ):
        records = _records(inputs, format, given, advance)
        counts = _score(guard, records, stream, size, hold, prompt=prompt)
    terminal.note(_summary(counts))
    if at is not None and counts[UNCOUNTED]:
        why = f" ({at.error})" if at.error else ""
        terminal.complain(f"verdicts made without counters: {counts[UNCOUNTED]:,}{why}")
    return 1 if counts[UNREADABLE] else 0


def _score(
    guard: Guard,
    records: Iterator[Record | RecordError],
    stream: IO[bytes],
    size: int,
    hold: Hold,
    *,
    prompt: bool,
) -> Counter[str]:
    """Write a line for each record, ``size`` of them judged together."""
    counts: Counter[str] = Counter()
    while batch := list(islice(records, size)):
        with hold:
            verdicts = iter(_verdicts(guard, [one for one in batch if isinstance(one, Record)]))
        for record in batch:
            if isinstance(record, RecordError):
                counts[UNREADABLE] += 1
                terminal.write_line(stream, {"error": record.reason, "source": record.source})
                continue
            verdict = next(verdicts)
            counts[verdict.action] += 1
            counts[UNCOUNTED] += COUNTERS in verdict.degraded
            terminal.write_line(stream, verdict.to_dict())
        if prompt:
            stream.flush()
    return counts


def _verdicts(guard: Guard, records: Sequence[Record]) -> Sequence[Verdict]:
    if len(records) == 1:
        return [guard.score(records[0])]
    return guard.score_batch(records).verdicts


def _records(
    inputs: Sequence[str],
    format: str,
    given: dict[str, object],
    advance: Callable[[int], None] | None,
) -> Iterator[Record | RecordError]:
    """Every record of every input; an input that fails as a whole is one error."""
    unknown = UnknownKeys()
    for name in inputs:
        try:
            for record in read_records(name, format, lenient=True, given=given, progress=advance):
                if isinstance(record, Record):
                    for said in unknown.said_of(record, record.source):
                        terminal.complain(said)
                yield record
        except RecordError as error:
            yield error


def _summary(counts: Counter[str]) -> str:
    unreadable = counts[UNREADABLE]
    actions = {name: counts[name] for name in ACTIONS if counts[name]}
    parts = [f"{action} {count:,}" for action, count in sorted(actions.items())]
    text = f"{sum(actions.values()):,} scored"
    if parts:
        text += f" ({', '.join(parts)})"
    return f"{text}, {unreadable:,} could not be read" if unreadable else text
