"""A small world for plans: reports in a file, a registry, a plan of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from callguard.takedown.planning.folder import PlanFolder
from callguard.takedown.planning.plan import Caps, plan
from callguard.takedown.planning.reports import REPORT_COLUMNS
from tests.made.registries import DAY, Row, make_registry

NOW = 20_000 * DAY
# Mobile numbers of one block, told apart by a small number.
BLOCK = 8613800138000


def report(number: str, report_id: str = "r1", **cells: str) -> dict[str, str]:
    """A traced and certified report of a number, the incident on day 19,950."""
    return {
        "report_id": report_id,
        "number": number,
        "incident_at": "2024-08-15T00:00:00Z",
        "case_id": "c1",
        "authority": "PSB",
        "certified_by": "Li",
        "known_by": "traced",
        "category": "impersonation",
        **cells,
    }


def write_reports(path: Path, reports: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, REPORT_COLUMNS)
        writer.writeheader()
        writer.writerows(reports)
    return path


def planned(
    folder: Path, rows: Sequence[Row], reports: Sequence[dict[str, str]], **options: Any
) -> PlanFolder:
    """The plan for these reports over these rows, in a folder of its own."""
    registry = make_registry(folder / "registry", rows, built_at=NOW)
    file = write_reports(folder / "reports.csv", reports)
    return plan(file, registry, folder / "plan", **{"at": NOW, **options})


def lines(made: PlanFolder, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (made.path / name).read_bytes().splitlines()]


def reasons(made: PlanFolder) -> list[tuple[str, str]]:
    return [(line["number"], line["reason"]) for line in lines(made, "exclusions.jsonl")]


__all__ = ["BLOCK", "NOW", "Caps", "lines", "planned", "reasons", "report", "write_reports"]
