"""What the steps found, as the lines of a plan: orders, exclusions, cases and what to review."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from callguard.takedown import reasons
from callguard.takedown.expansion import Expansion, Setting
from callguard.takedown.expansion.steps import REPORT_SCHEMA
from callguard.takedown.json_text import canonical, json_lines
from callguard.takedown.model import OWNER_KINDS, SERVICES, owner_label
from callguard.takedown.planning.protected import Protected
from callguard.takedown.planning.reports import Report
from callguard.times import format_time

Line = dict[str, Any]
# (reports to expand, setting, protected numbers) -> what the steps found.
Expander = Callable[[pa.Table, Setting, Protected], Expansion]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The files of a plan (but for summary.json), and what its summary says of them."""

    parts: Mapping[str, bytes]
    summary: Mapping[str, Any]
    orders: tuple[Line, ...]
    exclusions: tuple[Line, ...]


def outcome_of(
    reports: Sequence[Report],
    setting: Setting,
    protected: Protected,
    expander: Expander,
    batch_limit: int,
    zone: ZoneInfo,
) -> Outcome:
    """Expand the reports that may be expanded, and say for every number what became of it."""
    sound = [report for report in reports if not report.reason]
    expansion = expander(_table(sound), setting, protected)
    writer = _Writer(reports, setting, zone)
    by_report: dict[int, tuple[list[Line], list[Line]]] = {
        report.report_no: ([], [writer.refusal(report)] if report.reason else [])
        for report in reports
    }
    for row in expansion.reports.to_pylist():
        writer.reported(row, *by_report[row["report_no"]])
    for row in expansion.candidates.to_pylist():
        writer.expanded(row, *by_report[row["report_no"]])
    orders = [line for ordered, _ in by_report.values() for line in ordered]
    exclusions = [line for _, excluded in by_report.values() for line in excluded]
    review = writer.review()
    if len(orders) > batch_limit:
        review.append(_hit("batch", "batch", len(orders), batch_limit))
        exclusions += [_over_batch(order, len(orders), batch_limit) for order in orders]
        orders = []
    cases = list(_cases(reports))
    parts = {
        "orders.jsonl": json_lines(orders),
        "exclusions.jsonl": json_lines(exclusions),
        "cases.jsonl": json_lines(cases),
    }
    acts = Counter(order["act"] for order in orders)
    summary = {
        "counts": {
            "reports": len(reports),
            "orders": len(orders),
            "stop": acts["stop"],
            "reverify": acts["reverify"],
            "exclusions": len(exclusions),
            "cases": len(cases),
        },
        "reasons": dict(sorted(Counter(line["reason"] for line in exclusions).items())),
        "carriers": dict(sorted(Counter(order["carrier"] for order in orders).items())),
        "review": review,
    }
    return Outcome(parts, summary, tuple(orders), tuple(exclusions))


def _table(reports: Sequence[Report]) -> pa.Table:
    columns = {
        field.name: pa.array([getattr(report, field.name) for report in reports], field.type)
        for field in REPORT_SCHEMA
    }
    return pa.table(columns, schema=REPORT_SCHEMA)


class _Writer:
    """Lines out of the rows of the steps; caps that were hit are kept for the review."""

    def __init__(self, reports: Sequence[Report], setting: Setting, zone: ZoneInfo) -> None:
        self._reports = {report.report_no: report for report in reports}
        self._setting = setting
        self._hits: dict[tuple[str, str], Line] = {}
        self._time = lru_cache(maxsize=100_000)(lambda at: format_time(at, zone))

    def refusal(self, report: Report) -> Line:
        return _exclusion(report.shown_number, report.report_id, report.reason, report.detail)

    def reported(self, row: Line, orders: list[Line], exclusions: list[Line]) -> None:
        report, reason = self._reports[row["report_no"]], row["reason"]
        if reason is None:
            orders.append(self._order(row, report, "reported", "stop", 0))
        else:
            detail = reasons.sentence(reason)
            exclusions.append(_exclusion(f"+{row['number']}", report.report_id, reason, detail))

    def expanded(self, row: Line, orders: list[Line], exclusions: list[Line]) -> None:
        report, reason = self._reports[row["report_no"]], row["reason"]
        if reason is None:
            orders.append(self._order(row, report, "expanded", "reverify", row["days_apart"]))
            return
        detail = reasons.sentence(reason, **self._values(reason, row, report))
        exclusions.append(_exclusion(f"+{row['number']}", report.report_id, reason, detail))

    def _values(self, reason: str, row: Line, report: Report) -> Line:
        """What the reason's sentence names; a cap that was hit is kept for the review."""
        if reason == reasons.OWNER_CAP:
            owner = owner_label(row["owner_hi"], row["owner_lo"], row["owner_id"])
            return self._hit("owner", owner, row["of_owner"], self._setting.owner_cap)
        if reason == reasons.REPORT_CAP:
            return self._hit("report", report.report_id, row["of_report"], self._setting.report_cap)
        if reason == reasons.NOT_PERSON:
            return {"kind": OWNER_KINDS[row["owner_kind"]]}
        return {}

    def review(self) -> list[Line]:
        return [self._hits[key] for key in sorted(self._hits)]

    def _hit(self, cap: str, subject: str, count: int, limit: int) -> Line:
        self._hits[cap, subject] = _hit(cap, subject, count, limit)
        return self._hits[cap, subject]

    def _order(self, row: Line, report: Report, tier: str, act: str, days_apart: int) -> Line:
        number, registered = f"+{row['number']}", self._time(row["registered_at"])
        activated = row["activated_at"]
        identity = [report.report_id, report.case_id, number, tier, registered, row["carrier"]]
        return {
            "order_id": hashlib.sha256(canonical(identity)).hexdigest()[:32],
            "number": number,
            "tier": tier,
            "act": act,
            "report_id": report.report_id,
            "case_id": report.case_id,
            "carrier": row["carrier"],
            "service": SERVICES[row["service"]],
            "evidence": {
                "owner_id": owner_label(row["owner_hi"], row["owner_lo"], row["owner_id"]),
                "registered_at": registered,
                "activated_at": None if activated is None else self._time(activated),
                "days_apart": days_apart,
                "window_days": self._setting.window_days,
            },
        }


def _exclusion(number: str, report_id: str, reason: str, detail: str) -> Line:
    return {"number": number, "report_id": report_id, "reason": reason, "detail": detail}


def _over_batch(order: Line, count: int, limit: int) -> Line:
    detail = reasons.sentence(reasons.BATCH_CAP, count=count, limit=limit)
    return _exclusion(order["number"], order["report_id"], reasons.BATCH_CAP, detail)


def _hit(cap: str, subject: str, count: int, limit: int) -> Line:
    return {"cap": cap, "subject": subject, "count": count, "limit": limit}


def _cases(reports: Sequence[Report]) -> Iterator[Line]:
    """One case for each number that was displayed: its owner may be a victim, to be informed."""
    displayed: dict[int, list[str]] = {}
    for report in reports:
        if report.reason == reasons.NOT_TRACED:
            displayed.setdefault(report.number, []).append(report.report_id)
    traced = {report.number for report in reports if not report.reason}
    for number, report_ids in displayed.items():
        yield {
            "kind": "displayed_and_traced" if number in traced else "spoofed_victim",
            "number": f"+{number}",
            "complaints": len(report_ids),
            "report_ids": report_ids,
        }
