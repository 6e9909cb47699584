"""``callguard counters``: look at what correlations have counted, and make them forget."""

from __future__ import annotations

import time
from difflib import get_close_matches
from pathlib import Path

import click

from callguard import rulepack
from callguard.cli import commands, options, terminal
from callguard.cli.counting import counters_name, kept, opened
from callguard.counters import (
    Group,
    Scalar,
    bucket_of,
    counted,
    figure_text,
    figure_value,
    firing,
    wanted,
)
from callguard.engine.correlate import fired
from callguard.engine.explain import late
from callguard.guard import Guard, untried
from callguard.records.fields import CHOICES, FIELDS, RAW_FIELDS, FieldType
from callguard.rules.model import Correlation
from callguard.times import parse_event_time


class Moment(click.ParamType[float]):
    """Seconds since 1970 UTC, or an RFC 3339 time with offset."""

    name = "TIME"

    def convert(
        self, value: str | float, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Seconds since 1970; wrong usage for what is not a time."""
        given: object = value
        if isinstance(value, str) and value.replace(".", "", 1).isdigit():
            given = float(value)
        moment = parse_event_time(given)
        if moment is None:
            self.fail(
                f"{value!r}: expected seconds since 1970 or 2026-05-01T08:30:00+08:00", param, ctx
            )
        return moment


_TRUTH = {"true": True, "false": False}

_where = click.argument("where")


def _groups(rest: str) -> options.Decorator:
    return click.option(
        "--group",
        "values",
        metavar="VALUE",
        multiple=True,
        help=f"A group-by value; once for each field of group-by{rest}",
    )


_rule = click.option("--rule", "name", metavar="NAME", required=True, help="The correlation.")


@click.group(cls=commands.Group)
def counters() -> None:
    """Look at what correlations have counted, and make them forget.

    WHERE is a file that was saved, or the URL of a Redis server. Rule file and home country must be
    those that the counts were made with.
    """


@counters.command("show")
@_where
@options.rules
@_rule
@_groups(", in its order.")
@click.option(
    "--at", type=Moment(), help="Judge as a record of this time would be; without it, of now."
)
@options.home
@options.number_ranges
@options.as_json
def show_command(  # noqa: PLR0913  one argument an option
    *,
    where: str,
    rule_file: Path | None,
    name: str,
    values: tuple[str, ...],
    at: float | None,
    home: str,
    number_ranges: Path | None,
    as_json: bool,
) -> int:
    """Say what a correlation has counted for one group.

    Nothing is counted and nothing forgotten.
    """
    store = opened(where).store
    guard = untried(rule_file or rulepack.path(), home, store, number_ranges)
    rule = _correlation(guard, name)
    group = _group(rule, values)
    series = guard.series[name]
    moment = time.time() if at is None else at
    step = (series, group, bucket_of(moment, series.timespan, series.parts), 0, None)
    (figure,) = store.preview([step])
    behind = figure is None and late(store, step)
    text = "too late to be judged" if behind else figure_text(rule, series, figure)
    holds = bool(fired([(1, firing(rule, series.one_in))], [figure]))
    if as_json:
        terminal.say_json(
            {
                "rule": name,
                "group": dict(zip(rule.group_by, _values(rule, values), strict=True)),
                "at": moment,
                "counts": counted(rule),
                "figure": figure_value(rule, series, figure),
                "text": text,
                "wanted": wanted(rule),
                "holds": holds,
            }
        )
        return 0
    shown = ", ".join(values) or "all records"
    terminal.table(
        ("rule", "group", "counts", "figure", "wanted", "holds"),
        [(name, shown, counted(rule), text, wanted(rule), "yes" if holds else "no")],
    )
    return 0


@counters.command("reset")
@_where
@options.rules
@_rule
@_groups(". Without it, every group.")
@click.option("--yes", is_flag=True, help="Do not ask before every group is forgotten.")
@options.home
@options.number_ranges
@options.as_json
def reset_command(  # noqa: PLR0913  one argument an option
    *,
    where: str,
    rule_file: Path | None,
    name: str,
    values: tuple[str, ...],
    yes: bool,
    home: str,
    number_ranges: Path | None,
    as_json: bool,
) -> int:
    """Make a correlation forget one group, or all it has counted."""
    guard = untried(rule_file or rulepack.path(), home, number_ranges=number_ranges)
    rule = _correlation(guard, name)
    group = _group(rule, values) if values else None
    counters = opened(where)
    if group is None and not yes and not _confirmed(name):
        terminal.complain("nothing was forgotten")
        return 1
    with kept(counters):
        forgotten = counters.store.reset(guard.series[name].key, group)
    if as_json:
        terminal.say_json({"rule": name, "forgotten": forgotten})
    else:
        groups = "group" if forgotten == 1 else "groups"
        terminal.say(f"{name}: {forgotten:,} {groups} forgotten at {counters_name(where)}")
    return 0


def _confirmed(name: str) -> bool:
    question = f"Forget what {name} has counted for every group?"
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        # Ctrl-C, or a standard input that ends without an answer.
        terminal.note("")
        return False


def _correlation(guard: Guard, name: str) -> Correlation:
    rules = {rule.name: rule for rule in guard.rules.rules}
    rule = rules.get(name)
    if isinstance(rule, Correlation):
        return rule
    known = [one.name for one in rules.values() if isinstance(one, Correlation)]
    if rule is not None:
        raise click.UsageError(f"rule {name!r} counts nothing: it is not a correlation")
    near = get_close_matches(name, known, 1)
    meant = f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known) or 'none'}"
    raise click.UsageError(f"no correlation {name!r} in {guard.rules.file}{meant}")


def _group(rule: Correlation, values: tuple[str, ...]) -> Group:
    group = _values(rule, values)
    return group[0] if len(group) == 1 else group


def _values(rule: Correlation, values: tuple[str, ...]) -> tuple[Scalar, ...]:
    """The values as records have them: numbers, true and false, text."""
    if len(values) != len(rule.group_by):
        fields = ", ".join(rule.group_by)
        wanted = f"one --group for each of {fields}" if fields else "no --group, for it has none"
        raise click.UsageError(f"{rule.name} groups by {fields or 'nothing'}: expected {wanted}")
    return tuple(_value(field, text) for field, text in zip(rule.group_by, values, strict=True))


def _value(field: str, text: str) -> Scalar:
    match FIELDS[field]:
        case FieldType.NUMERIC:
            try:
                return int(text) if text.lstrip("-").isdecimal() else float(text)
            except ValueError:
                raise click.UsageError(f"--group {text!r}: {field} is a number") from None
        case FieldType.BOOLEAN:
            if text not in _TRUTH:
                raise click.UsageError(f"--group {text!r}: {field} is true or false")
            return _TRUTH[text]
        case FieldType.ENUM if text not in CHOICES.get(field, (text,)):
            known = ", ".join(CHOICES[field])
            raise click.UsageError(f"--group {text!r}: {field} is one of {known}")
        case FieldType.NUMBER_TEXT if field not in RAW_FIELDS and not text.startswith("+"):
            raise click.UsageError(
                f"--group {text!r}: {field} is in international form, such as +8613812345678"
            )
        case _:
            return text
