"""A folder that holds what the documents speak of: records, captures, lists, feeds, reports."""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from pathlib import Path
from typing import Any, Final

from tests.documents.reading import ROOT, blocks
from tests.made.captures import ethernet, invite, ip4, pcap, udp

# A day after the one on which the documents take numbers down.
NOW: Final = 1_795_483_800
HOME: Final = "+8613812345678"
_HEADER: Final = "number,owner_document,owner_kind,service,registered_at,activated_at,closed_at,\
carrier,agent,status\n"
# One person with five numbers, of which one was used for fraud and one is closed.
FEED: Final = f"""\
{_HEADER}\
13812345678,110101199003074477,person,mobile,2026-03-01,2026-03-02,,CM,shop 1,active
13800138002,110101199003074477,person,mobile,2026-03-11,,,CU,,active
13800138003,110101199003074477,person,mobile,2019-01-01,,,CT,,active
13800138004,110101199003074477,person,mobile,2020-01-01,,2021-05-05,CT,,closed
13800138005,110101199003074477,person,mobile,2026-03-05,,,CT,,active
13800138006,31010119900307109X,person,mobile,2024-01-01,,,CT,,active
"""
DELTA: Final = f"""\
{_HEADER}\
13800138007,31010119900307109X,person,mobile,2026-11-23,,,CT,,active
"""
_REPORT: Final = {
    "report_id": "R-204",
    "number": "13812345678",
    "incident_at": "2026-05-01T08:30:00+08:00",
    "case_id": "C-17",
    "authority": "PSB",
    "certified_by": "Li Wei",
    "known_by": "traced",
    "category": "impersonation",
}


def record_of_the_readme() -> dict[str, Any]:
    """The record that the README shows first."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(blocks(text, "json")[0])
    return record


def make_world(folder: Path) -> Path:
    """Fill a folder. What commands make of it (registries, plans, counters) is not there yet."""
    shutil.copy(ROOT / "rules.yaml", folder / "rules.yaml")
    shutil.copytree(ROOT / "lists", folder / "lists")
    for place in (
        "etc/callguard",
        "mnt/elsewhere",
        "answers",
        "records/2026-08",
        "records/2026-09",
    ):
        (folder / place).mkdir(parents=True)
    _records(folder)
    for name in ("subscribers.csv", "feed.csv"):
        (folder / name).write_text(FEED, encoding="utf-8")
    for name in ("today.csv", "2026-11-24.csv"):
        (folder / name).write_text(DELTA, encoding="utf-8")
    (folder / "reports.csv").write_text(_table([_REPORT]), encoding="utf-8")
    (folder / "from-the-carrier.txt").write_text("95588\nn/a\n+4415394960000\n", encoding="utf-8")
    return folder


def _records(folder: Path) -> None:
    record = record_of_the_readme()
    line = json.dumps(record) + "\n"
    for name in ("call.jsonl", "calls.jsonl", "monday.jsonl", "tuesday.jsonl", "record.json"):
        (folder / name).write_text(line, encoding="utf-8")
    (folder / "calls.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    (folder / "calls.csv.gz").write_bytes(gzip.compress(_table([record]).encode()))
    capture = pcap([ethernet(ip4(udp(invite())))])
    for name in ("monday.pcap", "tuesday.pcap", "trunk.dump"):
        (folder / name).write_bytes(capture)


def answers(plan: Path) -> str:
    """What a carrier answers to the orders of a plan."""
    orders = map(json.loads, (plan / "orders.jsonl").read_text(encoding="utf-8").splitlines())
    return _table(
        [
            {
                "order_id": order["order_id"],
                "outcome": "executed",
                "at": "2026-11-24T09:30:00+08:00",
            }
            for order in orders
        ]
    )


def _table(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
