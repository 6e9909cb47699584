"""The end of the story: traced numbers are reported, expanded, ordered down, one restored."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from secrets import token_bytes
from tempfile import TemporaryDirectory
from typing import Any, Final

from callguard.demo.clock import DAY, DAY_S
from callguard.demo.homes import HOMES
from callguard.demo.pack import copied
from callguard.demo.records import LabelledRecord
from callguard.demo.registrations import GANGS, Registrations, registrations, write_feed
from callguard.guard import Guard
from callguard.numbering import NumberingPlan
from callguard.takedown import (
    REPORT_COLUMNS,
    Journal,
    PlanFolder,
    approve,
    build,
    export_list,
    issue,
    plan,
    restore,
)

CARDS: Final = "bought_card"
SHOWN: Final = "home_number_from_abroad"
# The list that the rules of taken-down numbers name.
LIST: Final = "taken_down"
ZONE: Final = "Asia/Shanghai"
_SUBSCRIBERS: Final = 2_000
_COMPLAINTS: Final = 43
_FEWEST_CARDS: Final = 13
_PEOPLE: Final = ("Chen Wei", "Zhao Min")
# A gang's card and the firm's line are traced; of a gang's other cards nobody knows yet.
_TRACED_OF_GANG: Final = 1


@dataclass
class Traces:
    """What of the day's traffic the takedown needs: who called, by the truth about it."""

    plan: NumberingPlan
    calls: dict[str, list[Mapping[str, object]]] = field(default_factory=dict)
    shown: Counter[str] = field(default_factory=Counter)
    subscribers: dict[str, None] = field(default_factory=dict)

    def see(self, one: LabelledRecord) -> None:
        """Note a record of the day."""
        if one.record["event"] != "setup":
            return
        raw = one.record.get("calling_party_number")
        number, _ = self.plan.classify(str(raw)) if raw else (None, None)
        if number is None:
            return
        if one.label == CARDS:
            self.calls.setdefault(number, []).append(one.record)
        elif one.label == SHOWN:
            self.shown[number] += 1
        elif one.label == "subscriber" and len(self.subscribers) < _SUBSCRIBERS:
            self.subscribers[number] = None


@dataclass(frozen=True, slots=True)
class TakedownResult:
    """What came of the reports.

    ``cards`` called in the day, ``spare`` ones had not called yet; ``shut`` of both are ordered to
    stop or to be verified again. ``innocent`` numbers of people and firms who did nothing are
    ordered: 0, or the guards failed. ``blocked`` of ``calls`` by stopped numbers, of the same day
    scored again with the exported list, are blocked; ``passed`` of ``restored_calls`` by the
    restored number are not.
    """

    registrations: int
    reports: int
    traced: int
    stop: int
    reverify: int
    reasons: dict[str, int]
    victims: int
    cards: int
    spare: int
    shut: int
    innocent: int
    approved_by: tuple[str, ...]
    carriers: dict[str, int]
    restored: str
    listed: int
    calls: int
    blocked: int
    restored_calls: int
    passed: int

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run_takedown(traces: Traces, rules: Path, seed: int) -> TakedownResult | None:
    """Take the day's traced numbers down, in a folder of its own that is removed afterwards.

    None if too few fraudsters called for there to be a story. Raises CallguardError, OSError.
    """
    cards = list(traces.calls)
    if len(cards) < _FEWEST_CARDS:
        return None
    with TemporaryDirectory(prefix="callguard-demo-") as folder:
        return _run(traces, cards, rules, seed, Path(folder))


def _run(
    traces: Traces, cards: Sequence[str], rules: Path, seed: int, folder: Path
) -> TakedownResult:
    day = datetime.combine(
        DAY, datetime.min.time(), timezone(timedelta(hours=HOMES["CN"].utc_offset_h))
    )
    at = int(day.timestamp() + DAY_S)
    held = registrations(seed, cards, list(traces.subscribers), day)
    key = folder / "key"
    key.touch(mode=0o600)
    key.write_bytes(token_bytes(32))
    feed = write_feed(folder / "feed.csv", held.rows)
    built = build([feed], key, folder / "registry", zone=ZONE, home="CN", at=at)
    reports = _reports(traces, held, folder / "reports.csv", day)
    made = plan(reports, folder / "registry", folder / "plan", at=at)
    journal = Journal.open(folder / "journal.db", create=True)
    for name in _PEOPLE:
        approve(journal, made, by=name, at=at)
    issue(journal, made, folder / "issued", at=at)
    stops = [order for order in made.orders if order["act"] == "stop"]
    wronged = stops[-1]
    restore(
        journal,
        order_id=wronged["order_id"],
        by=_PEOPLE[0],
        reason="the holder came in person: the card was stolen that morning",
        ground="appeal",
        output=folder / "restored",
        at=at + 3_600,
    )
    listed, again = _guarded(journal, rules, folder)
    blocked = {
        order["number"]: _blocked(again, traces.calls.get(order["number"], ())) for order in stops
    }
    restored_calls = len(traces.calls[wronged["number"]])
    return _result(
        made,
        held,
        registrations=built.manifest.rows,
        cards=len(cards),
        restored=wronged["number"],
        listed=listed,
        calls=sum(len(traces.calls[number]) for number in blocked) - restored_calls,
        blocked=sum(blocked.values()) - blocked[wronged["number"]],
        restored_calls=restored_calls,
        passed=restored_calls - blocked[wronged["number"]],
    )


def _reports(traces: Traces, held: Registrations, path: Path, day: datetime) -> Path:
    """Traced cards of the gangs and of the firm; complaints about numbers that were only shown."""
    traced = [number for called, _ in held.gangs for number in called[:_TRACED_OF_GANG]]
    rows = [
        _report(f"T{index}", number, "traced", day)
        for index, number in enumerate([*traced, held.firm_card], 1)
    ]
    victim = next(iter(traces.shown), None)
    if victim is not None:
        rows += [_report(f"D{index}", victim, "displayed", day) for index in range(_COMPLAINTS)]
    rows += [_report("J1", "911", "traced", day), _report("J2", "POLICE", "traced", day)]
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(REPORT_COLUMNS)
        writer.writerows(rows)
    return path


def _report(report_id: str, number: str, known_by: str, day: datetime) -> tuple[str, ...]:
    incident = (day + timedelta(hours=12)).isoformat()
    return (
        report_id,
        number,
        incident,
        "2026-1123",
        "Public Security Bureau",
        "Superintendent Li",
        known_by,
        "impersonation",
    )


def _guarded(journal: Journal, rules: Path, folder: Path) -> tuple[int, Guard]:
    """The rule pack with the exported list in place of its empty one."""
    pack = folder / "pack"
    pack.mkdir()
    file = copied(rules, pack, "CN")
    listed = export_list(journal, pack / "lists" / f"{LIST}.txt")
    return listed, Guard.load(file, home="CN")


def _blocked(guard: Guard, calls: Sequence[Mapping[str, object]]) -> int:
    return sum(guard.score(call).action == "block" for call in calls)


def _result(made: PlanFolder, held: Registrations, **counted: Any) -> TakedownResult:
    ordered = {order["number"] for order in made.orders}
    bad = {number for called, spare in held.gangs for number in (*called, *spare)}
    bad.add(held.firm_card)
    counts = made.summary["counts"]
    return TakedownResult(
        reports=counts["reports"],
        traced=GANGS * _TRACED_OF_GANG + 1,
        stop=counts["stop"],
        reverify=counts["reverify"],
        reasons=dict(made.summary["reasons"]),
        victims=counts["cases"],
        spare=sum(len(spare) for _, spare in held.gangs),
        shut=len(ordered & bad),
        innocent=len(ordered & held.ordinary),
        approved_by=_PEOPLE,
        carriers=dict(made.summary["carriers"]),
        **counted,
    )
