"""Expansion in plain Python, one report after another: the judge of the SQL steps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from callguard.takedown.expansion import Setting
from callguard.takedown.model import FOREVER, PERSON
from tests.made.registries import Row

Owner = tuple[int, int]


@dataclass
class Held:
    """One period in which one owner held one number."""

    number: int
    owner: Owner
    rows: list[Row] = field(default_factory=list)

    @property
    def begins(self) -> int:
        return int(min(row["registered_at"] for row in self.rows))

    @property
    def ends(self) -> int:
        return max(_end(row) for row in self.rows)

    @property
    def days(self) -> tuple[int, int | None]:
        activated = [d for row in self.rows if (d := row["activated_day"]) is not None]
        return min(row["registered_day"] for row in self.rows), min(activated, default=None)

    def open_at(self, at: int) -> bool:
        return self.begins <= at < self.ends


def _end(row: Row) -> int:
    closed: int | None = row["closed_at"]
    return FOREVER if closed is None else closed


def holdings(rows: Sequence[Row]) -> list[Held]:
    """Rows that touch or overlap put together, one owner and number at a time."""
    found: list[Held] = []
    for one in sorted(rows, key=lambda r: r["registered_at"]):
        if _end(one) <= one["registered_at"]:
            continue
        owner = one["owner_hi"], one["owner_lo"]
        for held in found:
            if (held.number, held.owner) == (one["number"], owner) and (
                held.ends >= one["registered_at"]
            ):
                held.rows.append(one)
                break
        else:
            found.append(Held(one["number"], owner, [one]))
    return found


class Judge:
    """Reasons (None: an order) of each report, and of each (report, candidate number)."""

    def __init__(
        self,
        rows: Sequence[Row],
        reports: Sequence[tuple[int, int]],
        setting: Setting,
        protected: Collection[int],
    ) -> None:
        self._setting, self._now, self._protected = setting, setting.now_at, protected
        self._by_number: dict[int, list[Held]] = defaultdict(list)
        self._by_owner: dict[Owner, list[Held]] = defaultdict(list)
        for held in holdings(rows):
            self._by_number[held.number].append(held)
            self._by_owner[held.owner].append(held)
        self._stopped: set[int] = set()
        self._origin: dict[int, Held] = {}
        self.own = {no: self._report(no, *report) for no, report in enumerate(reports)}
        self.others: dict[tuple[int, int], str | None] = {}
        self._candidates()

    def _disputed(self, one: Held) -> bool:
        return any(
            other.owner != one.owner
            and max(one.begins, other.begins) < min(one.ends, other.ends)
            and other.ends > self._now
            for other in self._by_number[one.number]
        )

    def _report(self, report_no: int, number: int, incident: int) -> str | None:
        then = [held for held in self._by_number[number] if held.open_at(incident)]
        if len(then) == 1:
            self._origin[report_no] = then[0]
        if number in self._protected:
            return "protected"
        if len(then) != 1:
            return "ambiguous_owner" if then else "no_registration_at_incident"
        if then[0].ends <= self._now:
            return "closed"
        if self._disputed(then[0]):
            return "ambiguous_owner"
        if number in self._stopped:
            return "duplicate"
        self._stopped.add(number)
        return None

    def _candidates(self) -> None:
        found: dict[tuple[Owner, int], list[tuple[int, Held, str | None]]] = defaultdict(list)
        for report_no, first in self._origin.items():
            for held in self._by_owner[first.owner]:
                if (
                    held.number != first.number
                    and held.open_at(self._now)
                    and _near(first, held, self._setting.window_days)
                ):
                    reason = self._candidate(report_no, held)
                    found[held.owner, held.number].append((report_no, held, reason))
        waiting: list[tuple[int, Held]] = []
        for alike in found.values():
            alike.sort(key=lambda each: (each[2] is not None, each[0]))
            (report_no, held, reason), *rest = alike
            self.others[report_no, held.number] = reason
            if reason is None:
                waiting.append((report_no, held))
                if rest:
                    last = max(report_no, *(each[0] for each in rest))
                    other = min(each[0] for each in rest) if last == report_no else last
                    self.others[other, held.number] = "duplicate"
        _cap(waiting, self.others, self._setting, self._by_owner, self._stopped)

    def _candidate(self, report_no: int, held: Held) -> str | None:
        if any(row["owner_kind"] != PERSON for row in _rows_of(self._by_owner[held.owner])):
            return "not_person"
        if self.own[report_no] == "protected":
            return "report_protected"
        if held.number in self._protected:
            return "protected"
        if self._disputed(held):
            return "ambiguous_owner"
        return "duplicate" if held.number in self._stopped else None


def judge(
    rows: Sequence[Row],
    reports: Sequence[tuple[int, int]],
    setting: Setting,
    protected: Collection[int],
) -> tuple[dict[int, str | None], dict[tuple[int, int], str | None]]:
    """Reason (None: an order) of each report, and of each (report, candidate number)."""
    judged = Judge(rows, reports, setting, protected)
    return judged.own, judged.others


def _rows_of(held: Sequence[Held]) -> Iterator[Row]:
    for one in held:
        yield from one.rows


def _near(first: Held, one: Held, window: int) -> bool:
    registered, activated = first.days
    return any(
        here is not None and there is not None and abs(here - there) <= window
        for here, there in zip((registered, activated), one.days, strict=True)
    )


def _cap(
    waiting: list[tuple[int, Held]],
    others: dict[tuple[int, int], str | None],
    setting: Setting,
    by_owner: dict[Owner, list[Held]],
    stopped: set[int],
) -> None:
    per_owner: dict[Any, int] = defaultdict(int)
    per_report: dict[int, int] = defaultdict(int)
    for report_no, one in waiting:
        per_owner[one.owner] += 1
        per_report[report_no] += 1
    passed: dict[Owner, list[tuple[int, Held]]] = defaultdict(list)
    for report_no, one in waiting:
        if per_owner[one.owner] > setting.owner_cap:
            others[report_no, one.number] = "owner_cap"
        elif per_report[report_no] > setting.report_cap:
            others[report_no, one.number] = "report_cap"
        else:
            others[report_no, one.number] = None
            passed[one.owner].append((report_no, one))
    for owner, ordered in passed.items():
        still = {one.number for one in by_owner[owner] if one.open_at(setting.now_at)}
        if not still - stopped - {one.number for _, one in ordered}:
            report_no, stays = min(ordered, key=lambda w: (w[1].begins, w[1].number))
            others[report_no, stays.number] = "last_number"
