"""Looking one number up: who had it, what else the owner has, and what a plan would make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from callguard.errors import PlanError
from callguard.takedown import reasons
from callguard.takedown.closing import Closing
from callguard.takedown.expansion import DuckRunner, Expansion, Setting, expand
from callguard.takedown.model import FOREVER
from callguard.takedown.planning.outcome import Outcome, outcome_of
from callguard.takedown.planning.plan import Caps
from callguard.takedown.planning.protected import Protected
from callguard.takedown.planning.reports import judge_reports
from callguard.takedown.registry.store import Registry
from callguard.takedown.text import clean
from callguard.times import format_time, start_of_day

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
# An act, or the reason why there is none.
Fate = tuple[str | None, str | None]

_REGISTRATIONS: Final = (
    "SELECT * FROM registration ORDER BY registered_at, number, owner_hi, owner_lo"
)


@dataclass(frozen=True, slots=True)
class LookupResult:
    """What a look-up of one number found; ``at`` and the times in rows are seconds since 1970.

    ``own`` is the registration that was open then, None if there is none or more than one.
    ``history`` are all registrations of the number, ``others`` all further ones of that owner.
    ``outcome`` is what a plan for this one report would be, and ``fates`` the same by number.
    """

    number: int
    at: int
    setting: Setting
    zone: ZoneInfo
    own: Row | None
    history: tuple[Row, ...]
    others: tuple[Row, ...]
    outcome: Outcome
    fates: Mapping[str, Fate]

    def window(self, own: Row) -> tuple[int, int]:
        """The seconds in which a registration is of the same period as this one, half-open."""
        day, days = own["registered_day"], self.setting.window_days
        return start_of_day(day - days, self.zone), start_of_day(day + days + 1, self.zone)

    def fate(self, row: Row) -> Fate:
        """What a plan makes of a registration of the owner."""
        now = self.setting.now_at
        if row is not self.own:
            if row["ends_at"] <= now:
                return None, reasons.CLOSED
            if row["registered_at"] > now:
                return None, "not_yet_open"
        return self.fates.get(f"+{row['number']}", (None, "outside_window"))


class NumberLookup(Closing):
    """Looks numbers up in one registry, one after the other. Close it, or use ``with``.

    ``protected`` are lists of numbers that no order may touch. Raises PlanError if one of them
    cannot be used.
    """

    def __init__(self, registry: Registry, protected: Sequence[Path]) -> None:
        self._registry = registry
        self._numbering = registry.manifest.numbering
        self._protected = Protected.load(protected, self._numbering)
        # One owner's rows are few: to share them out among threads takes longer than the work.
        self._runner = DuckRunner(threads=1)

    def look_up(self, number: str, at: int, setting: Setting) -> LookupResult:
        """Everything about a number, in any form, at a moment (seconds since 1970).

        The steps and the judgement are those of a plan. Raises PlanError if it is not a number.
        """
        zone = self._registry.zone
        # Id and case of a report that nobody made; the ids of the orders shown come from them.
        cells = ("desk", number, format_time(at, zone), "desk", "desk", "desk", "traced", "")
        [report] = judge_reports(iter([cells]), self._numbering, zone, setting.now_at)
        if report.reason:
            raise PlanError(f"{clean(number)}: {report.detail}")
        limit = Caps().batch_limit(())
        outcome = outcome_of([report], setting, self._protected, self._expand, limit, zone)
        rows: list[Row] = self._runner.fetch(_REGISTRATIONS).to_pylist()
        history = tuple(row for row in rows if row["number"] == report.number)
        held = [row for row in history if row["registered_at"] <= at < row["ends_at"]]
        own = held[0] if len(held) == 1 else None
        others = tuple(row for row in rows if own and _owner(row) == _owner(own) and row is not own)
        fates: dict[str, Fate] = {
            **{line["number"]: (None, line["reason"]) for line in outcome.exclusions},
            **{order["number"]: (order["act"], None) for order in outcome.orders},
        }
        return LookupResult(report.number, at, setting, zone, own, history, others, outcome, fates)

    def close(self) -> None:
        """Let go of the engine; the registry stays open."""
        self._runner.close()

    def _expand(self, reports: pa.Table, setting: Setting, protected: Protected) -> Expansion:
        numbers, moments = reports.column("number"), reports.column("incident_at")
        touched = self._registry.touched(numbers.to_numpy(), moments.to_numpy())
        self._runner.put("touched", touched)
        self._runner.put("report", reports)
        return expand(self._runner, setting, protected.among)


def apart(row: Row, own: Row) -> int:
    """Days between two registrations, or between their activations if that is less."""
    days: list[int] = [abs(row["registered_day"] - own["registered_day"])]
    if row["activated_day"] is not None and own["activated_day"] is not None:
        days.append(abs(row["activated_day"] - own["activated_day"]))
    return min(days)


def closed_at(row: Row) -> int | None:
    """When a registration ends, None if nothing is known of that."""
    ends_at: int = row["ends_at"]
    return None if ends_at == FOREVER else ends_at


def _owner(row: Row) -> tuple[int, int]:
    return row["owner_hi"], row["owner_lo"]
