"""One report from the command line, as the file of reports that a plan is made of."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

import click

from callguard.cli.takedown_options import moment
from callguard.errors import PlanError, TakedownError
from callguard.numbering import NumberingPlan
from callguard.takedown import clean


@dataclass(frozen=True, slots=True)
class OneReport:
    """A number that an authority traced and hands over, cell by cell, none of them empty."""

    number: str
    case_id: str
    incident: str
    authority: str
    certified_by: str
    report_id: str | None

    @classmethod
    def of(
        cls, number: str | None, cells: Mapping[str, str | None], report_id: str | None
    ) -> Self | None:
        """The report that options describe; ``cells`` are in the order of the fields.

        None if there is no number. Wrong usage if a cell is missing, or is there without a number.
        """
        given = [name for name, cell in cells.items() if cell is not None and cell.strip()]
        if number is None:
            if given or report_id is not None:
                name = given[0] if given else "--report-id"
                raise click.UsageError(f"{name} describes one report, which needs --number N too")
            return None
        missing = [name for name in cells if name not in given]
        if missing:
            raise click.UsageError(
                f"--number also needs {', '.join(missing)}: without case, time, authority and "
                "certifier no number is taken down"
            )
        case_id, incident, authority, certified_by = (str(cell).strip() for cell in cells.values())
        return cls(number, case_id, incident, authority, certified_by, report_id)

    @staticmethod
    def beside(plan: Path) -> Path:
        """The file of reports that belongs to a plan's folder, where issue finds it again."""
        folder = plan.resolve()
        return folder.with_name(f"{folder.name}.reports.csv")

    def write(self, output: Path, zone: ZoneInfo, numbering: NumberingPlan, now: int) -> None:
        """Write the file of reports beside the plan ``output``.

        Wrong usage if the incident is later than ``now``. Raises PlanError, and writes nothing,
        if the number is none: what was given in its place may be an identity document.
        TakedownError if another process is writing a plan there.
        """
        from callguard.files import locked, write_whole
        from callguard.takedown import REPORT_COLUMNS, canonical, read_number
        from callguard.times import format_time

        _, wrong = read_number(self.number, numbering)
        if wrong:
            raise PlanError(f"{clean(self.number)}: {wrong}")
        incident_at = moment(self.incident, zone, "--incident-at")
        if incident_at > now:
            raise click.BadParameter(
                f"{self.incident!r} is in the future", param_hint="'--incident-at'"
            )
        identity = canonical([self.number, self.case_id, incident_at, self.authority])
        report_id = self.report_id or f"one-{hashlib.sha256(identity).hexdigest()[:12]}"
        cells = {
            "report_id": report_id,
            "number": self.number,
            "incident_at": format_time(incident_at, zone),
            "case_id": self.case_id,
            "authority": clean(self.authority),
            "certified_by": clean(self.certified_by),
            "known_by": "traced",
            "category": "",
        }
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, REPORT_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerow(cells)
        # Two that write at once would disturb each other: one of them says so.
        with locked(output, TakedownError):
            write_whole(self.beside(output), text.getvalue().encode())
