"""Telephone numbers of whole columns at once.

Numbers of one length lie in stretches that have one class each. The stretches come from the tables
in which ``NumberingPlan.classify`` looks up everyday numbers; every other number goes to it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from callguard.numbering.classes import NumberClass
from callguard.numbering.national_lookup import LEADING_DIGITS, national_lookups
from callguard.numbering.plan import LONGEST
from callguard.numbering.table import GROUP_DIGITS, Row, TableEntry
from callguard.takedown.registry.intake.columns import RowError
from callguard.takedown.registry.intake.plain import MOST_DIGITS, NO_NUMBERS, Checker
from callguard.takedown.registry.intake.texts import matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLUS: Final = ord("+")
# Numbers that begin alike: where they end, what to add to them for the E.164 digits, and where
# stretches of one entry begin.
_Head = tuple[int, int, list[tuple[int, TableEntry]]]


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stretches of numbers of one length.

    Where each starts, what to add to its numbers for the E.164 digits, and whether it holds
    lines beyond doubt.
    """

    starts: NDArray[np.int64]
    added: NDArray[np.int64]
    good: NDArray[np.bool_]

    def find(self, values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        positions = np.searchsorted(self.starts, values, "right") - 1
        return values + self.added[positions], self.good[positions]


class Numbers:
    """Reads columns as ``Checker.number`` reads texts."""

    def __init__(self, checker: Checker) -> None:
        self._number = checker.number
        self._reader = checker.numbering.reader
        self._quick = national_lookups(
            self._reader.table, self._reader.home, self._reader.emergency
        )
        self._known: dict[tuple[int, bool], _Stretches] = {}

    def read(self, column: pa.Array, odd: NDArray[np.bool_]) -> NDArray[np.int64]:
        """E.164 digits of a column of texts or integers.

        Rows that are null, or no numbers of lines, become odd.
        """
        numbers: NDArray[np.int64] = np.zeros(len(column), np.int64)
        left = np.ones(len(column), np.bool_)
        if not pa.types.is_integer(column.type):
            self._texts(column, numbers, left)
        elif column.type.bit_width < 64 or pa.types.is_signed_integer(column.type):
            self._integers(column.cast(pa.int64()), numbers, left)
        rows = np.flatnonzero(left)
        values = column.take(pa.array(rows)).to_pylist()
        for row, value in zip(rows.tolist(), values, strict=True):
            try:
                numbers[row] = self._number("" if value is None else str(value))
            except RowError:
                odd[row] = True
        return numbers

    def _texts(self, column: pa.Array, numbers: NDArray[np.int64], left: NDArray[np.bool_]) -> None:
        for length in range(GROUP_DIGITS, MOST_DIGITS + 1):
            rows, signs = matrix(column, length)
            if not len(rows):
                continue
            plus = signs[:, 0] == _PLUS
            digits = signs - np.uint8(48)
            digits[plus, 0] = 0
            sound = (digits <= 9).all(axis=1)
            values = np.zeros(len(rows), np.int64)
            for place in range(length):
                values = values * 10 + digits[:, place]
            for mask, many, international in (
                (sound & ~plus, length, False),
                (sound & plus, length - 1, True),
            ):
                self._assign(rows[mask], values[mask], (many, international), (numbers, left))

    def _integers(
        self, column: pa.Array, numbers: NDArray[np.int64], left: NDArray[np.bool_]
    ) -> None:
        values = column.fill_null(0).to_numpy(zero_copy_only=False)
        for length in range(GROUP_DIGITS, MOST_DIGITS + 1):
            rows = np.flatnonzero((values >= 10 ** (length - 1)) & (values < 10**length))
            self._assign(rows, values[rows], (length, False), (numbers, left))

    def _assign(
        self,
        rows: NDArray[np.int64],
        values: NDArray[np.int64],
        form: tuple[int, bool],
        into: tuple[NDArray[np.int64], NDArray[np.bool_]],
    ) -> None:
        if not len(rows):
            return
        if form not in self._known:
            self._known[form] = self._stretches(*form)
        numbers, good = self._known[form].find(values)
        # One digit over and over is a multiple of 11…1.
        good = good & (values % ((10 ** form[0] - 1) // 9) != 0)
        results, left = into
        results[rows[good]] = numbers[good]
        left[rows[good]] = False

    def _stretches(self, length: int, international: bool) -> _Stretches:
        ends, pieces = [(0, 0, False)], []
        if length >= GROUP_DIGITS:
            own = self._international if international else self._national
            for stop, added, entries in own(length):
                ends.append((stop, 0, False))
                pieces += [
                    (first, added, _is_line(entry)) for first, entry in entries if first < stop
                ]
        # Of pieces that begin together the last one counts, and any of them before an end.
        pieces = sorted([*ends, *pieces], key=lambda piece: piece[0])
        columns = zip(*pieces, strict=True)
        return _Stretches(*(np.array(column) for column in columns))

    def _national(self, length: int) -> Iterator[_Head]:
        """Numbers as they are dialled at home, also those with the calling code and no plus."""
        home = self._reader.home
        code, shift = int(home.calling_code), 10 ** (length - LEADING_DIGITS)
        for head, (bounds, rows, more, skip) in self._quick.items():
            if length > LONGEST or (skip and length not in home.trunk_lengths):
                continue
            if length + more > MOST_DIGITS:
                continue
            start = int(head) * shift
            trunk = int(head[:skip] or 0) * 10 ** (length - skip)
            added = code * 10 ** (length - skip) - trunk
            yield start + shift, added, _pieces(head, length, bounds, rows, length + more)
        # Emergency numbers with all that can be in front of them are shorter.
        longest = max(home.longest, *map(len, self._reader.emergency.national))
        if length > longest:
            yield from self._international(length)

    def _international(self, length: int) -> Iterator[_Head]:
        """Numbers of home in international form, without the plus."""
        code, shift = self._reader.home.calling_code, 10 ** (length - GROUP_DIGITS)
        for head, (bounds, rows) in self._reader.table.groups.items():
            if len(head) == GROUP_DIGITS and head.startswith(code):
                start = int(head) * shift
                yield start + shift, 0, _pieces(head, length, bounds, rows, length)


def _pieces(
    head: str, length: int, bounds: list[str], rows: list[Row], place: int
) -> list[tuple[int, TableEntry]]:
    """Where stretches of numbers of ``length`` digits behind ``head`` begin, and their entries."""
    first = bisect_right(bounds, head)
    pieces = [(int(head.ljust(length, "0")), rows[first][place])]
    for bound, row in zip(bounds[first:], rows[first + 1 :], strict=True):
        if not bound.startswith(head):
            break
        # A bound with more digits is behind the number that these digits begin.
        start = int(bound[:length].ljust(length, "0")) + (len(bound) > length)
        pieces.append((start, row[place]))
    return pieces


def _is_line(entry: TableEntry) -> bool:
    return isinstance(entry, NumberClass) and entry.kind not in NO_NUMBERS
