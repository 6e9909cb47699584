"""``callguard rules``: check a rule file, run its examples, explain it on a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import orjson

from callguard.cli import commands, options, terminal
from callguard.cli.counting import opened
from callguard.engine.examples import ExampleResult
from callguard.errors import RecordError
from callguard.faults import Severity
from callguard.guard import MOST_STEPS, cost_text, explain, review, run_examples
from callguard.records import UnknownKeys, filled

RECORD_LIMIT = 1024 * 1024


@click.group(cls=commands.Group)
def rules() -> None:
    """Check rule files, run their examples, explain them."""


@rules.command("check")
@options.rule_file
@options.home
@options.number_ranges
@click.option("--strict", is_flag=True, help="Warnings count as faults.")
@options.as_json
def check_command(
    file: Path, home: str, number_ranges: Path | None, strict: bool, as_json: bool
) -> int:
    """Print every fault of a rule file and its lists, failing examples and warnings included.

    One a line: FILE:LINE:COL CODE message; remedy. Status 1 if there is a fault, with --strict if
    there is a warning too.
    """
    steps: dict[str, int] = {}
    reviewed = review(file, home=home, number_ranges=number_ranges, steps=steps)
    faults, warnings = reviewed.faults, reviewed.warnings
    if as_json:
        terminal.say_json(
            {
                "file": str(file),
                "faults": [fault.to_dict() for fault in faults],
                "warnings": [warning.to_dict() for warning in warnings],
                "steps": steps,
                "most_steps": MOST_STEPS,
            }
        )
    else:
        for fault in (*faults, *warnings):
            terminal.say(str(fault))
    counted = terminal.count(faults, "fault")
    if warnings:
        counted += f", {terminal.count(warnings, 'warning')}"
    terminal.note(f"{file}: {counted}")
    if any(steps.values()):
        terminal.note(f"{file}: automaton steps for the longest texts: {cost_text(steps)}")
    return 1 if faults or (strict and reviewed.count(Severity.WARNING)) else 0


@rules.command("test")
@options.rule_file
@options.home
@options.number_ranges
@options.as_json
def test_command(file: Path, home: str, number_ranges: Path | None, as_json: bool) -> int:
    """Run the examples of every rule.

    Prints for each rule how many of its examples passed, then every one that did not. Status 1 if
    one failed; one that is set aside, because what stands on a list decides it, changes nothing.
    """
    results = run_examples(file, home=home, number_ranges=number_ranges)
    failing = [result for result in results if not result.ok]
    set_aside = sum(result.set_aside for result in failing)
    if as_json:
        terminal.say_json({"file": str(file), "examples": [_example(result) for result in results]})
    else:
        terminal.table(("rule", "matches", "spares"), _tally(results))
        for result in failing:
            terminal.say(str(result.fault()))
    failed = len(failing) - set_aside
    counted = f"{terminal.count(results, 'example')}, {failed:,} failed"
    if set_aside:
        counted += f", {set_aside:,} set aside"
    terminal.note(f"{file}: {counted}")
    return 1 if failed else 0


@rules.command("explain")
@options.rule_file
@click.argument("record", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@options.home
@options.number_ranges
@options.set_field
@options.counters
@options.as_json
def explain_command(
    file: Path,
    record: str,
    home: str,
    number_ranges: Path | None,
    given: dict[str, object],
    counters: str | None,
    as_json: bool,
) -> int:
    """Say why each rule matches one RECORD or misses it.

    RECORD is a file with one JSON object, or - for standard input. Nothing is counted. With
    --counters, correlations are judged by what was counted there.
    """
    state = None if counters is None else opened(counters).store
    found = filled(_read_object(record), given)
    for said in UnknownKeys().said_of(found, record):
        terminal.complain(said)
    explanations = explain(file, found, home=home, state=state, number_ranges=number_ranges)
    if as_json:
        terminal.say_json({"file": str(file), "rules": [item.to_dict() for item in explanations]})
    else:
        terminal.table(
            ("rule", "result", "role", "why"),
            (
                (
                    item.rule,
                    "matched" if item.matched else "missed",
                    item.role,
                    "; ".join(item.reasons),
                )
                for item in explanations
            ),
        )
    return 0


def _example(result: ExampleResult) -> dict[str, Any]:
    return {
        "rule": result.rule,
        "kind": result.kind,
        "index": result.index,
        "line": result.location.line,
        "column": result.location.column,
        "ok": result.ok,
        "set_aside": result.set_aside,
        "code": result.code,
        "reasons": list(result.reasons),
    }


def _tally(results: Iterable[ExampleResult]) -> Iterator[tuple[str, str, str]]:
    """For each rule, in file order: ``3 of 3`` that match, ``1 of 2`` that are spared."""
    as_said: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for result in results:
        total[result.rule, result.kind] += 1
        as_said[result.rule, result.kind] += result.ok
    for rule in dict.fromkeys(rule for rule, _ in total):
        matches, spares = (
            f"{as_said[rule, kind]} of {total[rule, kind]}" for kind in ("matches", "spares")
        )
        yield rule, matches, spares


def _read_object(name: str) -> dict[str, Any]:
    with click.open_file(name, "rb") as stream:
        data = stream.read(RECORD_LIMIT + 1)
    source = "<stdin>" if name == "-" else name
    if len(data) > RECORD_LIMIT:
        raise RecordError(f"larger than {RECORD_LIMIT:,} bytes; expected one record", source)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise RecordError(f"not JSON: {error}; expected one JSON object", source) from None
    if not isinstance(value, dict):
        raise RecordError("not a JSON object; expected one record", source)
    return value
