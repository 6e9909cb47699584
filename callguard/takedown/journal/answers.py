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
_SHOWN: Final = 20


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


class Faults:
    """Faults of one file, ``FILE:LINE: message``; only the first of many are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines: list[str] = []
        self._count = 0

    def add(self, line: int, message: str) -> None:
        self._count += 1
        if self._count <= _SHOWN:
            self._lines.append(f"{self._path}:{line}: {message}")

    def __bool__(self) -> bool:
        return self._count > 0

    def __str__(self) -> str:
        more = self._count - len(self._lines)
        return "\n".join([*self._lines, f"{self._path}: {more} more"] if more else self._lines)


def read_answers(path: Path, faults: Faults) -> list[Answer]:
    """The answers in a file; JSONL if it begins with ``{``, CSV with a header otherwise.

    What is wrong goes to ``faults``; no fault repeats a text of the file, which may hold what
    must not be shown.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        faults.add(1, f"cannot be read: {error.strerror}")
        return []
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        faults.add(line, "is not UTF-8; save the file as UTF-8 text")
        return []
    rows = _json_rows(text, faults) if text.lstrip()[:1] == "{" else _csv_rows(text, faults)
    found = [_answer(line, row, faults) for line, row in rows]
    return [answer for answer in found if answer is not None]


def _json_rows(text: str, faults: Faults) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            found: Any = orjson.loads(row)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            faults.add(line, "is no JSON object; write one a line")
            continue
        values = {key: "" if value is None else value for key, value in found.items()}
        if not all(isinstance(values.get(key, ""), str) for key in Answer._fields[1:]):
            faults.add(line, "has a value that is no text; write all values as JSON strings")
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
            faults.add(line, "is no CSV as in RFC 4180; a quote is wrong here or further down")
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip().lower() for cell in cells]
            if missing := [name for name in _WANTED if name not in header]:
                faults.add(line, f"the header lacks {', '.join(missing)}")
                return
            if twice := [name for name in Answer._fields[1:] if header.count(name) > 1]:
                faults.add(line, f"the header has {', '.join(twice)} twice")
                return
        elif len(cells) != len(header):
            faults.add(line, f"has {len(cells)} cells; the header has {len(header)}")
        else:
            yield line, {name: unguarded(cell) for name, cell in zip(header, cells, strict=True)}
    if header is None:
        faults.add(1, f"the file is empty; its header is {','.join((*_WANTED, 'detail'))}")


def _answer(line: int, row: Mapping[str, str], faults: Faults) -> Answer | None:
    def cell(name: str) -> str:
        return str(row.get(name, "")).strip()

    if not _ORDER_ID.fullmatch(cell("order_id")):
        faults.add(line, "order_id is not an order's id, which is 32 hex digits")
    elif cell("outcome") not in OUTCOMES:
        faults.add(line, f"outcome is not one of {', '.join(OUTCOMES)}")
    elif not _RFC_3339.fullmatch(cell("at")):
        faults.add(line, "at is no RFC 3339 time, such as 2026-11-24T09:30:00+08:00")
    else:
        try:
            at = parse_time(cell("at"), _UTC)
        except (ValueError, OverflowError):
            faults.add(line, "at is no time that there is; an example is 2026-11-24T09:30:00+08:00")
            return None
        rest = (cell(name) for name in ("carrier", "number", "act"))
        return Answer(line, cell("order_id"), cell("outcome"), at, clean(cell("detail")), *rest)
    return None
