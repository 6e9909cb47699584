"""What carriers answer: CSV or JSONL, read whole, every fault with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import orjson

from callguard.faults import Faults
from callguard.takedown.journal.sheets import unguarded
from callguard.takedown.text import clean
from callguard.times import parse_time

OUTCOMES: Final = ("acknowledged", "executed", "refused")
_WANTED: Final = ("order_id", "outcome", "at")
_ORDER_ID: Final = re.compile("[0-9a-f]{32}")
# RFC 3339 §5.6, with the space that its note allows; the offset is never left out.
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_UTC: Final = ZoneInfo(str(UTC))


class Answer(NamedTuple):
    """One line of a carrier's answer; ``at`` in seconds since 1970.

    ``carrier``, ``number`` and ``act`` are empty where the file does not have them.
    """

    line: int
    order_id: str
    outcome: str
    at: int
    detail: str
    carrier: str
    number: str
    act: str


def read_answers(path: Path, faults: Faults) -> list[Answer]:
    """The answers in a file; JSONL if it begins with ``{``, CSV with a header otherwise.

    What is wrong goes to ``faults``; no fault repeats a text of the file, which may hold what
    must not be shown.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        faults.add("", f"cannot be read: {error.strerror}", line=1)
        return []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.add("", "is not UTF-8", "save the file as UTF-8 text", line=line)
        return []
    rows = _json_rows(text, faults) if text.lstrip()[:1] == "{" else _csv_rows(text, faults)
    answers = [_answer(line, row, faults) for line, row in rows]
    return [answer for answer in answers if answer is not None]


def _json_rows(text: str, faults: Faults) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            document: Any = orjson.loads(row)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            faults.add("", "is not a JSON object", "write one a line", line=line)
            continue
        values = {key: "" if value is None else value for key, value in document.items()}
        if not all(isinstance(values.get(key, ""), str) for key in Answer._fields[1:]):
            remedy = "write all values as JSON strings"
            faults.add("", "has a value that is not text", remedy, line=line)
            continue
        yield line, values


def _csv_rows(text: str, faults: Faults) -> Iterator[tuple[int, Mapping[str, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            where = "a quote is wrong here or further down"
            faults.add("", f"is not CSV as in RFC 4180: {where}", line=line)
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip().lower() for cell in cells]
            if missing := [name for name in _WANTED if name not in header]:
                faults.add("", f"the header lacks {', '.join(missing)}", line=line)
                return
            if twice := [name for name in Answer._fields[1:] if header.count(name) > 1]:
                faults.add("", f"the header has {', '.join(twice)} twice", line=line)
                return
        elif len(cells) != len(header):
            faults.add("", f"has {len(cells)} cells, and the header has {len(header)}", line=line)
        else:
            yield line, {name: unguarded(cell) for name, cell in zip(header, cells, strict=True)}
    if header is None:
        header_line = ",".join((*_WANTED, "detail"))
        faults.add("", "the file is empty", f"its header is {header_line}", line=1)


def _answer(line: int, row: Mapping[str, str], faults: Faults) -> Answer | None:
    def cell(name: str) -> str:
        return str(row.get(name, "")).strip()

    at, fault = _time(cell("at"))
    if not _ORDER_ID.fullmatch(cell("order_id")):
        field, fault = "order_id", "is not an order's id, which is 32 hex digits"
    elif cell("outcome") not in OUTCOMES:
        field, fault = "outcome", f"is not one of {', '.join(OUTCOMES)}"
    else:
        field = "at"
    if fault:
        faults.add("", f"{field} {fault}", line=line)
        return None
    rest = (cell(name) for name in ("carrier", "number", "act"))
    return Answer(line, cell("order_id"), cell("outcome"), at, clean(cell("detail")), *rest)


def _time(text: str) -> tuple[int, str]:
    """(seconds since 1970, "") of an RFC 3339 time, or (0, what is wrong with it)."""
    if not _RFC_3339.fullmatch(text):
        return 0, "is not an RFC 3339 time, such as 2026-11-24T09:30:00+08:00"
    try:
        return parse_time(text, _UTC), ""
    except (ValueError, OverflowError):
        return 0, "is a time that does not exist; an example is 2026-11-24T09:30:00+08:00"
