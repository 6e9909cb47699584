"""``callguard demo``: a generated day, what the shipped rules did to it, and the takedown after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from callguard import rulepack
from callguard.cli import commands, options, progress, terminal
from callguard.demo import DemoResult, LabelledRecord, generate_day, run_demo
from callguard.demo.pack import carriers_pack
from callguard.demo.result import Actions, Example, Kind
from callguard.guard import Guard
from callguard.numbering import NumberingPlan

if TYPE_CHECKING:
    from callguard.demo.takedown import TakedownResult, Traces

HOME = "CN"


@click.command(cls=commands.Command)
@options.as_json
@click.option("--seed", type=int, default=2016, show_default=True, help="Another day.")
@click.option(
    "--calls",
    type=click.IntRange(1, 10_000_000),
    default=60_000,
    show_default=True,
    help="Calls and messages of the day, together.",
)
def demo(as_json: bool, seed: int, calls: int) -> int:
    """Generate a day of signalling, score it, compare with the truth, take numbers down.

    The day has subscribers, call centres, couriers, emergency calls and fraud campaigns; every
    record is labelled. It is scored with the rule pack that comes with callguard. Then numbers
    that were traced are reported, expanded, approved, issued, and one of them restored.
    """
    # These bring DuckDB and SQLAlchemy, which the other commands do without.
    from callguard.demo.takedown import Traces, run_takedown

    rules = rulepack.path()
    with carriers_pack(rules, HOME) as file:
        guard = Guard.load(file, home=HOME)
    traces = Traces(NumberingPlan(HOME))
    with progress.counting("scoring", calls) as advance:
        result = run_demo(guard, _watched(generate_day(seed, HOME, calls), traces, advance))
    takedown = run_takedown(traces, rules, seed)
    if as_json:
        shut = takedown.to_dict() if takedown else None
        terminal.say_json({"seed": seed, "home": HOME, **result.to_dict(), "takedown": shut})
    else:
        _show(result, takedown, seed)
    return 0


def _watched(
    labelled: Iterable[LabelledRecord], traces: Traces, advance: progress.Advance | None
) -> Iterator[LabelledRecord]:
    for one in labelled:
        traces.see(one)
        if advance is not None and one.record["event"] in ("setup", "sms"):
            advance(1)
        yield one


def _show(result: DemoResult, takedown: TakedownResult | None, seed: int) -> None:
    terminal.say(
        f"A generated day in {HOME} (seed {seed}): {result.calls:,} calls and "
        f"{result.messages:,} messages, {result.records:,} records."
    )
    _section("What became of it")
    terminal.table(
        ("", *_HEAD, "touched"),
        [
            ("fraud", *_row(result.fraud), _percent(result.recall)),
            ("legitimate", *_row(result.legitimate), _percent(result.false_positive_rate)),
        ],
    )
    _section("Fraud campaigns")
    terminal.table(("campaign", *_HEAD, "caught"), map(_kind, result.campaigns))
    _section("Legitimate traffic")
    terminal.table(("kind", *_HEAD, "touched"), map(_kind, result.kinds))
    _section("Legitimate traffic that was touched, by cause")
    terminal.table(
        ("kind", "block", "withhold", "label", "cause", "rules"),
        (
            (
                one.kind,
                f"{one.block:,}",
                f"{one.withhold:,}",
                f"{one.label:,}",
                one.cause,
                ", ".join(one.rules[:_MOST_RULES]),
            )
            for one in result.false_positives
        ),
    )
    _section("Rules that matched")
    terminal.table(
        ("rule", "role", "fraud", "legitimate"),
        (
            (hit.rule, "shadow" if hit.shadow else "acts", f"{hit.fraud:,}", f"{hit.legitimate:,}")
            for hit in result.rules
        ),
    )
    _section("Verdicts")
    for example in result.examples:
        _show_example(example)
    _section("Taking numbers down")
    for line in _taken_down(takedown):
        terminal.say(line)
    _section("In short")
    for line in _summary(result):
        terminal.say(line)
    if takedown:
        terminal.say(
            f"{takedown.shut} of {takedown.cards + takedown.spare} numbers of fraudsters were "
            f"ordered down from {takedown.traced} that were traced; {takedown.innocent} numbers "
            "of others."
        )


_MOST_RULES = 2
_HEAD = ("all", "block", "withhold", "label", "inform", "allow")


def _row(actions: Actions) -> tuple[str, ...]:
    counts = (
        actions.total,
        actions.block,
        actions.withhold,
        actions.label,
        actions.inform,
        actions.allow,
    )
    return tuple(f"{count:,}" for count in counts)


def _kind(kind: Kind) -> tuple[str, ...]:
    return (kind.label, *_row(kind.actions), _percent(kind.actions.share_touched))


def _percent(share: float) -> str:
    return f"{share:.2%}"


def _section(title: str) -> None:
    terminal.say("")
    terminal.say(title)


def _show_example(example: Example) -> None:
    verdict = example.verdict
    terminal.say(
        f"{verdict['action']}: {example.record.get('calling_party_number', '(no number)')} "
        f"to {example.record['called_party_number']} ({example.label}), "
        f"score {verdict['score']}, {', '.join(verdict['rules'])}"
    )
    if verdict["alert"]:
        terminal.say(f"    {verdict['alert']['text']}")


def _summary(result: DemoResult) -> Iterator[str]:
    yield f"{_percent(result.recall)} of the fraud was labelled, withheld or blocked."
    yield (
        f"{_percent(result.false_positive_rate)} of the legitimate traffic was touched, "
        f"{_percent(result.wrongly_blocked_rate)} blocked."
    )
    yield "To inform is to label a call as what it is (a call centre, from abroad), not as suspect."
    yield (
        f"{result.emergency_allowed:,} of {result.emergency_calls:,} emergency calls were allowed; "
        f"{result.call_backs:,} call-backs from public safety were recognised."
    )
    yield (
        f"{result.records_per_second:,.0f} records a second were scored on this machine, "
        f"{result.degraded:,} of them degraded."
    )


def _taken_down(result: TakedownResult | None) -> Iterator[str]:
    if result is None:
        yield "Too few fraudsters called in so small a day; give it more calls."
        return
    yield (
        f"A registry of {result.registrations:,} registrations was built, and "
        f"{result.reports} reports came in: {result.traced} numbers traced in the day, the rest "
        "complaints about a number that was only shown, and junk."
    )
    yield (
        f"Planned: {result.stop} to stop, {result.reverify} of the same holders to verify again, "
        f"in {len(result.carriers)} carriers' files; {result.victims} owner of a shown number is "
        "a victim and is listed as one."
    )
    yield "Left out, each with its reason: " + ", ".join(
        f"{count} {reason}" for reason, count in result.reasons.items()
    )
    yield f"Approved by {' and '.join(result.approved_by)}, and issued."
    yield f"Restored on appeal: {result.restored}."
    yield (
        f"The list for the engine has {result.listed} numbers. With it {result.blocked} of "
        f"{result.calls} calls from them in that day are blocked, and {result.passed} of "
        f"{result.restored_calls} from the restored number pass."
    )
