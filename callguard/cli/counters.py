"""``callguard counters``: look at what correlations have counted, and make them forget."""

from __future__ import annotations

import time
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from callguard import rulepack
from callguard.cli import options, terminal
from callguard.cli.counting import counters_name, counting
from callguard.engine.correlate import fired, firing
from callguard.engine.figures import counted, figure_text, wanted
from callguard.engine.series import Group, Scalar, bucket_of
from callguard.guard import Guard, untried
from callguard.records.fields import FIELDS, FieldType
from callguard.records.values import parse_time
from callguard.rules.model import Correlation


class Moment(click.ParamType[float]):
    """Seconds since 1970 UTC, or an RFC 3339 time with offset."""

    name = "TIME"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds since 1970; wrong usage for what is no time."""
        given: object = value
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            given = float(value)
        found = parse_time(given)
        if found is None:
            self.fail(
                f"{value!r}: expected seconds since 1970 or 2026-05-01T08:30:00+08:00", param, ctx
            )
        return found


_where = click.argument("where")
_rules = click.option(
    "--rules",
    "rule_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rule file; without it, the rule pack that comes with callguard.",
)
_rule = click.option("--rule", "name", metavar="NAME", required=True, help="The correlation.")


@click.group()
def counters() -> None:
    """Look at what correlations have counted, and make them forget.

    WHERE is a file that was saved, or the URL of a Redis server. Rule file and home country must be
    those that the counts were made with.
    """


@counters.command("show")
@_where
@_rules
@_rule
@click.option(
    "--group",
    "values",
    metavar="VALUE",
    multiple=True,
    help="A group-by value; once for each field of group-by, in its order.",
)
@click.option(
    "--at", type=Moment(), help="Judge as a record of this time would be; without it, of now."
)
@options.home
@options.as_json
def show_command(
    where: str,
    rule_file: Path | None,
    name: str,
    values: tuple[str, ...],
    at: float | None,
    home: str,
    as_json: bool,
) -> int:
    """Say what a correlation has counted for one group."""
    with counting(where, save=False) as store:
        guard = untried(rule_file or rulepack.path(), home, store)
        rule = _correlation(guard, name)
        group = _group(rule, values)
        series = guard.series[name]
        moment = time.time() if at is None else at
        bucket = bucket_of(moment, series.timespan, series.parts)
        (figure,) = store.preview([(series, group, bucket, 0, None)])
    holds = bool(fired([(1, firing(rule, series.one_in))], [figure]))
    if as_json:
        terminal.say_json(
            {
                "rule": name,
                "group": dict(zip(rule.group_by, values, strict=True)),
                "at": moment,
                "figure": figure,
                "text": figure_text(rule, series, figure),
                "fires": holds,
            }
        )
        return 0
    terminal.table(
        ("rule", "group", "counts", "figure", "wanted", "fires"),
        [
            (
                name,
                ", ".join(values) or "all records",
                counted(rule),
                figure_text(rule, series, figure),
                wanted(rule),
                "yes" if holds else "no",
            )
        ],
    )
    return 0


@counters.command("reset")
@_where
@_rules
@_rule
@click.option(
    "--group",
    "values",
    metavar="VALUE",
    multiple=True,
    help="A group-by value; once for each field of group-by. Without it, every group.",
)
@click.option("--yes", is_flag=True, help="Do not ask before every group is forgotten.")
@options.home
@options.as_json
def reset_command(
    where: str,
    rule_file: Path | None,
    name: str,
    values: tuple[str, ...],
    yes: bool,
    home: str,
    as_json: bool,
) -> int:
    """Make a correlation forget one group, or all it has counted."""
    with counting(where) as store:
        guard = untried(rule_file or rulepack.path(), home)
        rule = _correlation(guard, name)
        group = _group(rule, values) if values else None
        if group is None and not yes:
            click.confirm(f"Forget all that {name} has counted?", abort=True, err=True)
        forgotten = store.reset(guard.series[name].key, group)
    if as_json:
        terminal.say_json({"rule": name, "forgotten": forgotten})
    else:
        terminal.say(f"{name}: {forgotten:,} groups forgotten at {counters_name(where)}")
    return 0


def _correlation(guard: Guard, name: str) -> Correlation:
    rules = {rule.name: rule for rule in guard.rules.rules}
    rule = rules.get(name)
    if isinstance(rule, Correlation):
        return rule
    known = [one.name for one in rules.values() if isinstance(one, Correlation)]
    if rule is not None:
        raise click.UsageError(f"rule {name!r} counts nothing: it is no correlation")
    near = get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known) or 'none'}"
    raise click.UsageError(f"no correlation {name!r} in {guard.rules.file}{meant}")


def _group(rule: Correlation, values: tuple[str, ...]) -> Group:
    if len(values) != len(rule.group_by):
        fields = ", ".join(rule.group_by) or "nothing"
        raise click.UsageError(
            f"{rule.name} groups by {fields}: expected {len(rule.group_by)} times --group, "
            f"found {len(values)}"
        )
    found = tuple(_value(field, text) for field, text in zip(rule.group_by, values, strict=True))
    return found[0] if len(found) == 1 else found


def _value(field: str, text: str) -> Scalar:
    if FIELDS[field] is FieldType.NUMERIC:
        try:
            return float(text)
        except ValueError:
            raise click.UsageError(f"--group {text!r}: {field} is a number") from None
    if FIELDS[field] is FieldType.BOOLEAN:
        words: dict[str, Any] = {"true": True, "false": False}
        if text not in words:
            raise click.UsageError(f"--group {text!r}: {field} is true or false")
        return bool(words[text])
    return text
