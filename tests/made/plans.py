"""Plan folders for tests, with orders that are easy to read and files that they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from callguard.takedown.json_text import canonical, json_lines
from callguard.takedown.planning.folder import PlanFolder, write_plan

DAY = 86_400
# 2026-11-24T00:00:00Z
AT = 1_795_478_400
Order = dict[str, Any]


def order(
    number: int,
    report: str = "R1",
    *,
    carrier: str = "China Telecom",
    tier: str = "reported",
    case: str = "C1",
    registered: str = "2026-09-01T08:00:00+08:00",
) -> Order:
    """An order on ``+86`` and a small number made eleven digits long."""
    e164 = f"+86{13_800_000_000 + number}"
    identity = [report, case, e164, tier, registered, carrier]
    return {
        "order_id": hashlib.sha256(canonical(identity)).hexdigest()[:32],
        "number": e164,
        "tier": tier,
        "act": "stop" if tier == "reported" else "reverify",
        "report_id": report,
        "case_id": case,
        "carrier": carrier,
        "service": "mobile",
        "evidence": {
            "owner_id": "owner",
            "registered_at": registered,
            "activated_at": None,
            "days_apart": 0,
            "window_days": 90,
        },
    }


def write(
    folder: Path,
    orders: Sequence[Order],
    at: int = AT,
    *,
    review: Sequence[dict[str, Any]] = (),
) -> PlanFolder:
    """A plan of these orders in ``folder``, with a registry and reports beside it."""
    registry, reports = folder.parent / "registry", folder.parent / "reports.csv"
    registry.mkdir(parents=True, exist_ok=True)
    for path, content in ((registry / "manifest.json", b"{}\n"), (reports, b"report_id\n")):
        if not path.exists():
            path.write_bytes(content)
    summary = {
        "at": at,
        "zone": "Asia/Shanghai",
        "window_days": 90,
        "caps": {"owner": 20, "report": 20, "batch": 500},
        "counts": {"orders": len(orders)},
        "registry": {"path": str(registry), "digest": _digest(registry / "manifest.json")},
        "reports": {"path": str(reports), "digest": _digest(reports)},
        "review": list(review),
    }
    parts = {"orders.jsonl": json_lines(orders), "exclusions.jsonl": b"", "cases.jsonl": b""}
    return write_plan(folder, parts, summary)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
