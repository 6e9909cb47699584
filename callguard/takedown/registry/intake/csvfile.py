"""Rows of CSV text: blocks with a row on every line by Arrow, all others by the csv module."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.columns import Columns, RowError, known, match_columns
from callguard.takedown.registry.intake.encoding import TextFile
from callguard.takedown.registry.intake.raw import BATCH, RawBatch

if TYPE_CHECKING:
    from numpy.typing import NDArray

DELIMITERS: Final = (",", ";", "\t", "|")
# A quote that is never closed would swallow the rest of a feed, row after row.
MOST_LINES: Final = 50
_QUOTE, _LINE_END, _RETURN = b'"\n\r'


@dataclass
class _Text:
    """What is left to read: lines of the block at hand, then the blocks behind it."""

    name: str
    blocks: Iterator[bytes]
    lines: list[str] = field(default_factory=list)
    taken: int = 0  # lines taken out of ``lines``
    line: int = 0  # lines taken in all
    began: int = 0  # the line at which the row at hand begins

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """The next line for the csv module; it asks for more while a quote is open."""
        if self.line - self.began >= MOST_LINES:
            raise RegistryError(
                f"{self.name}, line {self.began + 1}: the row goes on for more than {MOST_LINES} "
                "lines; a closing quote is missing"
            )
        if self.taken == len(self.lines) and not self.load(next(self.blocks, b"")):
            raise StopIteration
        line = self.lines[self.taken]
        self.taken += 1
        self.line += 1
        return line

    def load(self, block: bytes) -> bool:
        """Take up the lines of a block; says whether there are any."""
        # splitlines would end lines at characters that may be in a field.
        self.lines = list(io.StringIO(block.decode(), newline="\n"))
        self.taken = 0
        return bool(self.lines)

    @property
    def done(self) -> bool:
        """Whether the block at hand is used up."""
        return self.taken == len(self.lines)


def read_header(source: TextFile) -> tuple[Columns, str]:
    """The columns of a CSV file and the delimiter between them.

    Raises RegistryError if the first line is not a header, or lacks columns.
    """
    first = next(iter(source.blocks(1 << 16)), b"").split(b"\n", 1)[0].decode().rstrip("\r")
    best, fields = ",", [first]
    for delimiter in DELIMITERS:
        try:
            header = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        if _known(header) > _known(fields):
            best, fields = delimiter, header
    return match_columns(fields, source.name), best


def read_csv(source: TextFile, columns: Columns, delimiter: str) -> Iterator[RawBatch]:
    """The rows of a CSV file behind its header.

    Raises RegistryError if a quote is opened and not closed. Empty lines are passed over.
    """
    text = _Text(source.name, source.blocks())
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    for block in text.blocks:
        body = block
        if text.line == 0:
            end = block.find(b"\n") + 1
            text.line, body = 1, block[end:] if end else b""
        table = None if text.line == 1 and not body else _by_arrow(body, columns, delimiter)
        if table is not None:
            lines = np.arange(text.line + 1, text.line + 1 + table.num_rows, dtype=np.int64)
            text.line += table.num_rows
            yield from _sliced(table, lines, columns)
            continue
        if text.load(body):
            yield from _by_module(text, reader, columns)


def _known(fields: list[str]) -> int:
    return len({known(title) for title in fields} - {None})


def _by_arrow(block: bytes, columns: Columns, delimiter: str) -> pa.Table | None:
    """The rows of a block in which every line is one row; None if it is not so simple."""
    if b"\0" in block or b"\n\n" in block or b"\n\r" in block:
        return None
    if block[:1] in {b"\n", b"\r"} or block.count(b"\r") != block.count(b"\r\n"):
        return None
    quoted = b'"' in block
    if quoted and not _plainly_quoted(np.frombuffer(block, np.uint8), ord(delimiter)):
        return None
    names = [str(place) for place in range(columns.width)]
    wanted = [str(place) for place in columns.positions.values()]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(block),
            arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=1 << 24),
            arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                double_quote=False,
                ignore_empty_lines=False,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=wanted,
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    lines = block.count(b"\n") + (block[-1:] != b"\n")
    return table if table.num_rows == lines else None


def _plainly_quoted(signs: NDArray[np.uint8], delimiter: int) -> bool:
    """Whether quotes are around whole fields only, with no quote or line end inside."""
    quotes = np.flatnonzero(signs == _QUOTE)
    if len(quotes) % 2:
        return False
    starts, ends = quotes[::2], quotes[1::2]
    before = np.where(starts, signs[starts - 1], _LINE_END)
    behind = np.append(signs, np.uint8(_LINE_END))[ends + 1]
    line_ends = np.flatnonzero(signs == _LINE_END)
    return bool(
        np.isin(before, (delimiter, _LINE_END)).all()
        and np.isin(behind, (delimiter, _LINE_END, _RETURN)).all()
        and (np.searchsorted(line_ends, starts) == np.searchsorted(line_ends, ends)).all()
    )


def _sliced(table: pa.Table, lines: NDArray[np.int64], columns: Columns) -> Iterator[RawBatch]:
    for start in range(0, table.num_rows, BATCH):
        part = table.slice(start, BATCH)
        arrays = {name: _one(part.column(str(place))) for name, place in columns.positions.items()}
        yield RawBatch(arrays, lines[start : start + BATCH], [])


def _one(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        return array.chunk(0) if array.num_chunks else pa.array([], array.type)
    return array


def _by_module(text: _Text, reader: Iterator[list[str]], columns: Columns) -> Iterator[RawBatch]:
    """The rows of the block at hand, and the end of a row that begins in it."""
    while not text.done:
        rows: list[list[str]] = []
        lines: list[int] = []
        faults: list[tuple[int, RowError]] = []
        while len(rows) + len(faults) < BATCH and not text.done:
            text.began = text.line
            row = _row(text, reader)
            if isinstance(row, RowError):
                faults.append((text.began + 1, row))
            elif len(row) == columns.width:
                rows.append(row)
                lines.append(text.began + 1)
            elif row:
                reason = f"the row has {len(row)} fields, the header has {columns.width}"
                faults.append((text.began + 1, RowError(None, reason)))
        fields = list(zip(*rows, strict=True)) or [()] * columns.width
        arrays = {
            name: pa.array(fields[place], pa.string()) for name, place in columns.positions.items()
        }
        yield RawBatch(arrays, np.array(lines, np.int64), faults)


def _row(text: _Text, reader: Iterator[list[str]]) -> list[str] | RowError:
    try:
        return next(reader, [])
    except csv.Error as error:
        if text.done and "end of data" in str(error):
            raise RegistryError(
                f"{text.name}, line {text.began + 1}: a quote is opened here and never closed"
            ) from None
        # The module says what is wrong with the quotes and repeats nothing of the row.
        return RowError(None, f"the row is no CSV: {error}")
