"""The tables that a run prints and writes to ``bench/results/latest.md``."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.engines import CONTENDERS, ENGINES, HAND_WRITTEN
from bench.stopwatch import CLOCK, ratio, spread

FLOOR = "unpackb"
_READING = (
    "Times are microseconds a record; a ratio is the median over laps that alternated between "
    "the two sides, on records that nobody had scored before."
)
AT_MOST, AT_LEAST = "at most", "at least"


@dataclass(frozen=True, slots=True)
class Row:
    """Laps of one contender in microseconds a record, and of those that took turns with it."""

    family: str
    size: int
    name: str
    records: int
    laps: list[float]
    beside: dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with an aim."""

    what: str
    bound: str
    aim: float
    value: float

    def met(self) -> bool:
        return self.value <= self.aim if self.bound == AT_MOST else self.value >= self.aim


@dataclass
class Report:
    """Everything that was measured in one run."""

    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def text(self) -> str:
        """The whole report in Markdown."""
        parts = [
            "# Measured",
            _machine(),
            _READING,
            *self._aims(),
        ]
        for family, size in dict.fromkeys((row.family, row.size) for row in self.rows):
            parts += [f"## {size:,} rules, {_FAMILY[family]}", "\n".join(self._table(family, size))]
        for title, lines in self.notes.items():
            parts += [f"## {title}", "\n".join(lines)]
        parts += ["## Versions", ", ".join(_versions())]
        return "\n\n".join(parts) + "\n"

    def _aims(self) -> list[str]:
        findings = [*self.findings, *self._contest()]
        if not findings:
            return []
        lines = ["| | aim | measured | |", "|---|--:|--:|---|"]
        lines += [
            f"| {item.what} | {item.bound} {item.aim:g} | {item.value:.2f} "
            f"| {'met' if item.met() else 'missed'} |"
            for item in findings
        ]
        return ["## Aims", "\n".join(lines)]

    def _contest(self) -> Iterator[Finding]:
        """The aims at 1,000 rules, which compare rows."""
        for family, words in _FAMILY.items():
            rows = {row.name: row for row in self.rows if (row.family, row.size) == (family, 1000)}
            if "callguard" in rows:
                own = rows["callguard"]
                yield Finding(
                    f"`score` over `unpackb`, {words}",
                    AT_MOST,
                    6,
                    ratio(own.laps, own.beside[FLOOR]),
                )
            best = _fastest(rows[name] for name in ENGINES if name in rows)
            if best:
                yield Finding(
                    f"best engine ({best.name}) over `score`, {words}", AT_LEAST, 40, _over(best)
                )
            for row in (rows[name] for name in HAND_WRITTEN if name in rows):
                yield Finding(f"{row.name} over `score`, {words}", AT_LEAST, 8, _over(row))

    def _table(self, family: str, size: int) -> Iterator[str]:
        rows = [row for row in self.rows if (row.family, row.size) == (family, size)]
        yield "| | median | min | IQR | over `unpackb` | over `score` | records |"
        yield "|---|--:|--:|--:|--:|--:|--:|"
        for row in sorted(rows, key=lambda row: median(row.laps)):
            floor = 1.0 if row.name == FLOOR else ratio(row.laps, row.beside[FLOOR])
            yield (
                f"| {row.name} | {median(row.laps):,.2f} | {min(row.laps):,.2f} "
                f"| {spread(row.laps):,.2f} | {floor:,.1f} | {_over(row):,.2f} | {row.records:,} |"
            )


_FAMILY = {"plain": "no regular expressions", "regex": "a fifth with a regular expression"}


def _over(row: Row) -> float:
    return 1.0 if row.name == "callguard" else ratio(row.laps, row.beside["callguard"])


def _fastest(rows: Iterable[Row]) -> Row | None:
    return min(rows, key=lambda row: median(row.laps), default=None)


def _versions() -> Iterator[str]:
    packages = {package for _, _, package in CONTENDERS.values() if package}
    return (f"{name} {version(name)}" for name in sorted(packages | {"msgpack", "google-re2"}))


def _machine() -> str:
    python, system = platform.python_version(), platform.platform()
    return f"Python {python}, {system}, {_processor()}, {CLOCK} clock."


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            return next(line.partition(":")[2].strip() for line in lines if "model name" in line)
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
