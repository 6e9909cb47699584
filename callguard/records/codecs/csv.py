"""CSV (RFC 4180) whose first line names the record keys."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Container, Iterable, Iterator
from typing import Final

from callguard.errors import RecordError
from callguard.records.codecs.check import Check
from callguard.records.codecs.lines import MAX_LINE, split_lines
from callguard.records.codecs.unforeseen import unforeseen
from callguard.records.record import REQUIRED, Record
from callguard.records.values import NUMERIC_KEYS, written_number

# A quoted cell may hold line ends. One left open by mistake must not swallow the file.
MAX_LINES_A_RECORD: Final = 64


def read_csv(
    chunks: Iterable[bytes],
    name: str,
    check: Check,
    max_line: int = MAX_LINE,
    given: Container[str] = frozenset(),
) -> Iterator[Record | RecordError]:
    """The records of a CSV stream, one a row; a wrong row becomes a :class:`RecordError`.

    Sources are ``NAME:LINE``, the line on which the row begins, the header being line 1. An empty
    cell is an absent key. Numeric keys are read as numbers; everything else stays text.
    A line that is not valid UTF-8 is read as GB18030. A header that cannot be used is one
    :class:`RecordError`, and nothing else is read. Columns of ``given`` keys may be absent.
    """
    rows = _Rows(split_lines(chunks, max_line), name, max_line)
    header: list[str] | None = None
    for source, row in rows:
        if isinstance(row, RecordError):
            yield row
            if header is None:
                return
        elif header is None:
            header = [cell.strip() for cell in row]
            fault = _header_fault(header, given)
            if fault:
                yield RecordError(fault, source)
                return
        elif len(row) != len(header):
            yield RecordError(f"found {len(row)} cells, expected {len(header)}", source)
        else:
            try:
                yield check(_mapping(header, row), source)
            except RecordError as error:
                yield error
            except Exception as error:  # noqa: BLE001 (one record must not end the reading)
                yield unforeseen(error, source)


def _header_fault(header: list[str], given: Container[str]) -> str:
    missing = [key for key in REQUIRED if key not in header and key not in given]
    if missing:
        return (
            f"the header lacks the column {', '.join(missing)}; "
            "expected record keys, separated by commas, on the first line"
        )
    twice = sorted({key for key in header if key and header.count(key) > 1})
    if twice:
        return f"the header names the column {', '.join(twice)} twice; remove one"
    return ""


def _mapping(header: list[str], row: list[str]) -> dict[str, object]:
    return {
        key: written_number(cell) if key == "at" or key in NUMERIC_KEYS else cell
        for key, cell in zip(header, row, strict=True)
        if key and cell
    }


class _Rows:
    """Rows of cells with the source of each, put together from one or more lines."""

    def __init__(self, lines: Iterator[bytes | None], name: str, max_line: int) -> None:
        self._lines = lines
        self._again: deque[bytes | None] = deque()
        self._line = 0
        self._name = name
        self._max_line = max_line

    def __iter__(self) -> Iterator[tuple[str, list[str] | RecordError]]:
        while (taken := self._next_line()) is not _END:
            source = f"{self._name}:{self._line}"
            if taken is None:
                message = f"the line is longer than {self._max_line} bytes"
                yield source, RecordError(message, source)
            elif taken.strip():
                yield source, self._row(taken, source)

    def _next_line(self) -> bytes | None:
        line = self._again.popleft() if self._again else next(self._lines, _END)
        if line is not _END:
            self._line += 1
        return line

    def _row(self, first: bytes, source: str) -> list[str] | RecordError:
        """The row that begins with this line, taking more lines while a quoted cell is open."""
        text = _decode(first)
        if text is None:
            return RecordError("the line is neither UTF-8 nor GB18030", source)
        row, fault = _split(text)
        if row is not None:
            return row
        if fault != _OPEN:
            return RecordError(f"not CSV: {fault}", source)
        return self._continued(text, source)

    def _continued(self, text: str, source: str) -> list[str] | RecordError:
        more: list[bytes | None] = []
        size = len(text)
        while len(more) < MAX_LINES_A_RECORD and size <= self._max_line:
            line = self._next_line()
            if line is _END:
                break
            more.append(line)
            part = None if line is None else _decode(line)
            if part is None:
                break
            text += "\n" + part
            size += len(part)
            # Only a line with a quote in it can close the cell.
            row, fault = _split(text) if '"' in part else (None, _OPEN)
            if row is not None:
                return row
            if fault != _OPEN:
                break
        # The first line alone is at fault: the others are read again as rows of their own.
        self._again.extendleft(reversed(more))
        self._line -= len(more)
        return RecordError('not CSV: a cell opened with " is not closed', source)


_END: Final = b"\n"  # no line holds its own LF
_OPEN: Final = "open"


def _decode(line: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _split(text: str) -> tuple[list[str] | None, str]:
    """The cells of one row, or None and what is wrong (``_OPEN``: a quoted cell is not closed)."""
    reader = csv.reader([text.removesuffix("\r")], strict=True)
    try:
        return next(reader), ""
    except StopIteration:
        return [], ""
    except csv.Error as error:
        return None, _OPEN if str(error) == "unexpected end of data" else str(error)
