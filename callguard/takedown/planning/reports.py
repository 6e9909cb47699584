"""Reports: the numbers that an authority hands over, one a line."""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from callguard.errors import PlanError
from callguard.faults import Faults
from callguard.numbering import NumberingPlan, rewritten
from callguard.numbering.folding import fold
from callguard.takedown import reasons
from callguard.takedown.text import clean
from callguard.times import parse_time

REPORT_COLUMNS: Final = (
    "report_id",
    "number",
    "incident_at",
    "case_id",
    "authority",
    "certified_by",
    "known_by",
    "category",
)
KNOWN_BY: Final = ("traced", "displayed")
_CERTAIN: Final = ("report_id", "case_id", "authority", "certified_by")
# Classes of numbering that nobody registers as a line of their own.
_NOT_HELD: Final = frozenset(("invalid", "unknown", "emergency", "short_code"))
# More digits than E.164 has, and as many as 64 bits hold.
_LONGEST: Final = 19


class Report(NamedTuple):
    """A number that an authority handed over. ``number`` is E.164 digits, 0 if there is none.

    ``reason`` is "" for a report that may lead to an order; otherwise why it cannot, and ``detail``
    says it in a sentence. ``incident_at`` is seconds since 1970, 0 if it could not be read.
    """

    report_no: int
    report_id: str
    raw_number: str
    number: int
    incident_at: int
    case_id: str
    authority: str
    certified_by: str
    known_by: str
    category: str
    reason: str = ""
    detail: str = ""

    @property
    def shown_number(self) -> str:
        """``+`` and digits; if it is no number, what was handed over, documents masked."""
        return f"+{self.number}" if self.number else clean(self.raw_number)


def read_reports(
    path: Path, numbering: NumberingPlan, zone: ZoneInfo, at: int
) -> tuple[list[Report], str]:
    """Every report of a CSV file with a header, in file order, refused ones with their reason.

    With them comes the SHA-256 (hex) of the bytes that were read. Times without an offset are of
    ``zone``. Raises PlanError if the file is no such file.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise PlanError(f"{path}: the reports cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PlanError(
            f"{path}: byte {error.start + 1} is not UTF-8; save the reports as UTF-8"
        ) from None
    return judge_reports(_rows(text, path), numbering, zone, at), hashlib.sha256(raw).hexdigest()


def judge_reports(
    rows: Iterator[Sequence[str]], numbering: NumberingPlan, zone: ZoneInfo, at: int
) -> list[Report]:
    """Reports out of rows whose cells are in the order of ``REPORT_COLUMNS``."""
    reports: list[Report] = []
    seen: set[tuple[str, str]] = set()
    for report_no, row in enumerate(rows):
        report = _judge(report_no, row, numbering, zone, at)
        key = report.report_id, report.shown_number
        if not report.reason and key in seen:
            report = report._replace(
                reason=reasons.DUPLICATE, detail="the same report stands above"
            )
        seen.add(key)
        reports.append(report)
    return reports


def _rows(text: str, path: Path) -> Iterator[Sequence[str]]:
    """The rows, cells in the order of the columns. Ends with PlanError if any was at fault."""
    faults = Faults(str(path))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header, faults)
        if faults:
            raise PlanError.of(faults)
        order = [header.index(name) for name in REPORT_COLUMNS]
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            if len(row) == len(header):
                yield [row[column].strip() for column in order]
                continue
            faults.add(
                "",
                f"{len(row)} cells under a header of {len(header)}",
                "quote cells that hold a comma",
                line=reader.line_num,
            )
    except csv.Error as error:
        faults.add("", f"this is not CSV: {error}", line=reader.line_num)
    if faults:
        raise PlanError.of(faults)


def _check_header(header: Sequence[str], faults: Faults) -> None:
    missing = [name for name in REPORT_COLUMNS if name not in header]
    if missing:
        near = {name: difflib.get_close_matches(name, header, 1) for name in missing}
        hints = [f"{name} (did you mean {words[0]!r}?)" for name, words in near.items() if words]
        said = ", ".join(hints + [name for name, words in near.items() if not words])
        remedy = f"expected {', '.join(REPORT_COLUMNS)}"
        if "category" in missing:
            remedy += "; leave the cells of category empty if unknown"
        faults.add("", f"the header lacks {said}", remedy, line=1)
    repeated = sorted(
        {name for name in header if name in REPORT_COLUMNS and header.count(name) > 1}
    )
    if repeated:
        faults.add("", f"the header has {', '.join(repeated)} twice", line=1)


def _judge(
    report_no: int, row: Sequence[str], numbering: NumberingPlan, zone: ZoneInfo, at: int
) -> Report:
    report_id, raw, incident, case_id, authority, certified_by, known_by, category = row
    number, wrong = read_number(raw, numbering)
    incident_at, reason = 0, ""
    values: dict[str, str] = {}
    if wrong:
        reason, values = reasons.INVALID_NUMBER, {"fault": wrong}
    elif known_by == "displayed":
        reason = reasons.NOT_TRACED
    elif known_by != "traced":
        reason = reasons.INVALID_REPORT
        values = {"known_by": clean(known_by), "expected": " or ".join(KNOWN_BY)}
    elif not (report_id and case_id and authority and certified_by):
        certain = zip(_CERTAIN, (report_id, case_id, authority, certified_by), strict=True)
        reason = reasons.NOT_CERTIFIED
        values = {"missing": ", ".join(f"no {name}" for name, cell in certain if not cell)}
    else:
        incident_at, fault = _incident(incident, zone, at)
        if fault:
            reason, values = reasons.INVALID_TIME, {"fault": fault}
    detail = reasons.sentence(reason, **values) if reason else ""
    return Report(
        report_no,
        report_id,
        raw,
        number,
        incident_at,
        case_id,
        authority,
        certified_by,
        known_by,
        category,
        reason,
        detail,
    )


def _incident(text: str, zone: ZoneInfo, at: int) -> tuple[int, str]:
    """(seconds since 1970, "") of an incident, or (what could be read, what is wrong with it)."""
    try:
        incident_at = parse_time(text, zone)
    except ValueError as error:
        return 0, str(error)
    return incident_at, "is in the future" if incident_at > at else ""


def read_number(raw: str, numbering: NumberingPlan) -> tuple[int, str]:
    """(E.164 digits, "") of a number in any form, or (0, why there is none)."""
    found = rewritten(raw)
    if found:
        return 0, f"this has {found}; format the column as text, so that all digits are kept"
    e164, number_class = numbering.classify(raw)
    if len(set(filter(str.isdigit, fold(raw)))) == 1:
        return 0, "this is one digit over and over, no number that somebody can hold"
    if (
        e164 is None
        or not e164.startswith("+")
        or number_class.kind in _NOT_HELD
        or len(e164) > _LONGEST
    ):
        kind = number_class.kind.replace("_", " ")
        return 0, f"this is no number that somebody can hold ({kind})"
    return int(e164[1:]), ""
