"""The steps of expansion in their order, on whichever engine runs SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Protocol

import pyarrow as pa

from callguard.takedown.model import FOREVER, PERSON

# What every report's own number comes to needs no candidate; what candidates come to needs both.
FIND: Final = ("registration", "reported", "candidate")
JUDGE: Final = ("judged_report", "owner", "spared", "judged_candidate")

REPORT_SCHEMA: Final = pa.schema(
    [
        pa.field("report_no", pa.int64(), nullable=False),
        pa.field("number", pa.int64(), nullable=False),
        pa.field("incident_at", pa.int64(), nullable=False),
    ]
)
PROTECTED_SCHEMA: Final = pa.schema(
    [
        pa.field("number", pa.int64(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("spared_until", pa.int64(), nullable=False),
    ]
)


@dataclass(frozen=True, slots=True)
class Setting:
    """The settings of the steps: seconds since 1970, days, and the most candidates that pass."""

    now_at: int
    window_days: int
    owner_cap: int
    report_cap: int

    def table(self) -> pa.Table:
        """One row for the SQL."""
        named = {
            "now_at": self.now_at,
            "window_days": self.window_days,
            "owner_cap": self.owner_cap,
            "report_cap": self.report_cap,
            "forever": FOREVER,
            "person": PERSON,
        }
        return pa.table({name: pa.array([value], pa.int64()) for name, value in named.items()})


@dataclass(frozen=True, slots=True)
class Expansion:
    """One row for each report (``reports``) and each candidate of each report (``candidates``).

    Columns are those of ``judged_report.sql`` and ``judged_candidate.sql``; rows come in the order
    of ``report_no`` and number. A null ``reason`` means an order.
    """

    reports: pa.Table
    candidates: pa.Table


class Runner(Protocol):
    """An engine that holds tables by name and makes tables out of SQL."""

    def put(self, name: str, rows: pa.Table) -> None:
        """Have ``rows`` as the table ``name``."""

    def step(self, name: str, sql: str) -> None:
        """Make the table ``name`` of what the SQL selects."""

    def fetch(self, sql: str) -> pa.Table:
        """The rows that the SQL selects."""


@cache
def step_text(name: str) -> str:
    """The SQL of a step, as its file has it."""
    return (files(__package__) / "steps" / f"{name}.sql").read_text(encoding="utf-8")


def expand(
    runner: Runner,
    setting: Setting,
    protected: Callable[[Sequence[int]], Mapping[int, tuple[str, int]]],
) -> Expansion:
    """Run the steps over the tables ``touched`` and ``report`` that the runner already has.

    ``protected`` is asked once, with every number that an order could be made for. It gives those
    that must not be touched: why, and until which moment of an incident that holds for a report
    of the number itself (``FOREVER`` if always).
    """
    runner.put("setting", setting.table())
    for name in FIND:
        runner.step(name, step_text(name))
    concerned = runner.fetch("SELECT number FROM report UNION SELECT number FROM candidate")
    spared = protected(concerned.column("number").to_pylist())
    rows = [
        {"number": number, "reason": reason, "spared_until": until}
        for number, (reason, until) in sorted(spared.items())
    ]
    runner.put("protected", pa.Table.from_pylist(rows, schema=PROTECTED_SCHEMA))
    for name in JUDGE:
        runner.step(name, step_text(name))
    return Expansion(
        runner.fetch("SELECT * FROM judged_report ORDER BY report_no"),
        runner.fetch("SELECT * FROM judged_candidate ORDER BY report_no, number"),
    )
