"""The tables of ``docs/sizing.md``: what was measured, and what it comes to for a nation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bench.sizing_ways import Way

# What is assumed, not measured. The page says so.
CALLS_A_DAY: Final = 1_000_000_000
RECORDS_A_CALL: Final = 3
PEAK: Final = 3
BUSY: Final = 0.6
MONTH_DAYS: Final = 30
_DAY_S: Final = 86_400
_GIB: Final = 2**30


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. ``load`` is the machine's load average when the run began; bytes are a group's."""

    date: str
    machine: str
    load: float
    calls: int
    records: int
    rounds: int
    records_a_call: float
    asking: float
    counters: float
    groups_a_call: float
    memory_bytes: float
    server_bytes: float
    ways: Mapping[str, Way]


def parts(of: Figures) -> dict[str, str]:
    """The tables of the page by the name between their marks."""
    return {"measured": _measured(of), "nation": _nation(of)}


def filled(page: str, tables: Mapping[str, str]) -> str:
    """The page with what stands between each table's marks replaced.

    Raises ValueError if a mark is missing.
    """
    for name, text in tables.items():
        pattern = rf"(<!-- {name} -->\n).*?(\n<!-- end of {name} -->)"
        page, found = re.subn(pattern, partial(_between, text), page, flags=re.DOTALL)
        if found != 1:
            raise ValueError(f"expected one pair of marks <!-- {name} -->, found {found}")
    return page


def _between(text: str, marks: re.Match[str]) -> str:
    return marks[1] + text + marks[2]


def _measured(of: Figures) -> str:
    run = (
        f"{of.date}, {of.machine}; load average at the start {of.load:.1f}. "
        f"{of.records:,} records of {of.calls:,} calls and messages of a generated day, "
        f"median of {of.rounds}, shipped rule pack."
    )
    head = (
        "| way | records/s of one process | its processor, µs a record | server's, µs a record "
        "| calls of counters a record | commands executed a record |"
    )
    lines = [run, "", head, "|---|--:|--:|--:|--:|--:|"]
    lines += [_row(way) for way in of.ways.values()]
    lines += [
        "",
        "| | |",
        "|---|--:|",
        f"| records a call (set-up, answer, release) | {of.records_a_call:.2f} |",
        f"| records that want counters | {of.asking:.0%} |",
        f"| counters a record, those without any included | {of.counters:.2f} |",
        f"| most live groups at once, a call of the day | {of.groups_a_call:.2f} |",
        f"| bytes a group, in memory | {of.memory_bytes:,.0f} |",
        f"| bytes a group, on a server | {of.server_bytes:,.0f} |",
    ]
    return "\n".join(lines)


def _row(way: Way) -> str:
    others = (
        (way.own_us, ".1f"),
        (way.server_us, ".1f"),
        (way.trips, ".3f"),
        (way.commands, ".2f"),
    )
    cells = [
        f"{way.rate:,.0f}",
        *("" if value is None else f"{value:{of}}" for value, of in others),
    ]
    return f"| {way.name} | {' | '.join(cells)} |"


def _nation(of: Figures) -> str:
    mean = CALLS_A_DAY / _DAY_S
    peak = mean * PEAK
    records = peak * RECORDS_A_CALL
    groups = CALLS_A_DAY * of.groups_a_call
    month = CALLS_A_DAY * RECORDS_A_CALL * MONTH_DAYS
    rows: list[Sequence[str]] = [
        ("calls/s, mean", f"{CALLS_A_DAY:,} / {_DAY_S:,}", f"{mean:,.0f}"),
        ("calls/s at the peak", f"{mean:,.0f} × {PEAK}", f"{peak:,.0f}"),
        ("records/s at the peak", f"{peak:,.0f} × {RECORDS_A_CALL}", f"{records:,.0f}"),
        _cores("cores, embedded, counters in memory", records, of.ways["embedded"].own_us),
        _cores("cores of workers", records, of.ways["worker"].own_us),
        _cores("cores of servers, streams and counters", records, of.ways["worker"].server_us),
        _cores("of them for counters", records, of.ways["pipelined"].server_us),
        ("live groups", f"{CALLS_A_DAY:,} × {of.groups_a_call:.2f}", f"{groups:,.0f}"),
        _room("memory of counters on servers", groups, of.server_bytes),
        _room("memory of counters in processes", groups, of.memory_bytes),
        _month(month, of.ways["spark"].own_us),
    ]
    return "\n".join(
        ["| | arithmetic | |", "|---|---|--:|", *(f"| {' | '.join(row)} |" for row in rows)]
    )


def _cores(what: str, rate: float, cost_us: float | None) -> Sequence[str]:
    cost = _known(cost_us)
    found = rate * cost / 1e6 / BUSY
    return what, f"{rate:,.0f}/s × {cost:.1f} µs / {BUSY}", f"{found:,.1f}"


def _room(what: str, groups: float, size: float) -> Sequence[str]:
    return what, f"{groups:,.0f} × {size:,.0f} bytes", f"{groups * size / _GIB:,.1f} GiB"


def _month(records: float, cost_us: float | None) -> Sequence[str]:
    cost = _known(cost_us)
    return (
        f"core-hours on Spark for {MONTH_DAYS} days",
        f"{records:,.0f} × {cost:.1f} µs / 3600 s",
        f"{records * cost / 1e6 / 3600:,.0f}",
    )


def _known(cost_us: float | None) -> float:
    if cost_us is None:
        raise ValueError("this way of scoring was measured without its processor time")
    return cost_us
