"""The shipped table of all numbering plans, ready for look-ups.

The table maps the digits of an international number (without the ``+``) to an *entry*. It is an
exact function of the ``phonenumbers`` metadata that it was compiled from; ``phonenumbers`` itself
is not needed, and whatever version of it is installed changes nothing.
"""

from __future__ import annotations

import copy
import sys
from array import array
from bisect import bisect_right
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Self

import msgpack

from callguard.errors import NumberingError
from callguard.numbering.classes import NumberClass

FORMAT: Final = 2
# Digits that choose the group of intervals in which a number is looked up.
GROUP_DIGITS: Final = 4
# Longest number in the table, in digits with the calling code.
MAX_DIGITS: Final = 24


class Unusual:
    """An entry that needs a second look: a short code, or a number that is not valid."""

    __slots__ = ("plain", "short")

    def __init__(self, plain: NumberClass, short: bool) -> None:
        self.plain = plain
        self.short = short


class Rewritten:
    """An entry whose number has digits in front that do not belong there.

    ``plain`` is the class of the number as it is written, None if it is too long to be one.
    ``old`` is None for prefixes. Otherwise the plan has given the form up: then the number that is
    meant counts only if it is valid, and ``old`` is its kind, ``""`` if the form does not say.
    """

    __slots__ = ("_code", "_end", "_literal", "_start", "_stop", "old", "plain")

    def __init__(
        self,
        plain: NumberClass | None,
        code: int,
        literal: str,
        start: int,
        stop: int,
        end: int,
        old: str | None = None,
    ) -> None:
        self.plain = plain
        self.old = old
        self._code = code
        self._literal = literal
        self._start = code + start
        self._stop = code + stop
        self._end = code + end

    def apply(self, digits: str) -> str:
        """The international digits of the number that is meant."""
        kept = digits[self._start : self._stop] + digits[self._end :]
        return digits[: self._code] + self._literal + kept


TableEntry = NumberClass | Unusual | Rewritten | None
Row = tuple[TableEntry, ...]  # by number of digits, 0…MAX_DIGITS
Group = tuple[list[str], list[Row]]


class NumberingTable:
    """Entries of all numbers of all countries.

    ``groups`` maps the first four digits of a number (or the whole of a shorter one) to bounds
    and rows: the number's row is ``rows[bisect_right(bounds, digits)]``, and ``row[len(digits)]``
    is its entry. ``homes`` holds what each country needs to be home. ``version`` names the
    metadata and the format.
    """

    def __init__(self, data: bytes) -> None:
        try:
            content: dict[str, Any] = msgpack.unpackb(data)
            if content["format"] != FORMAT:
                raise NumberingError(
                    f"the numbering table has format {content['format']}, this program reads "
                    f"{FORMAT}; install callguard again"
                )
            self.version = f"{content['source']}, format {FORMAT}"
            self.homes: dict[str, dict[str, Any]] = content["homes"]
            self.groups = _groups(content)
        except (ValueError, KeyError, TypeError, IndexError, msgpack.UnpackException) as error:
            raise NumberingError(
                f"the numbering table is damaged ({error}); install callguard again"
            ) from error

    def entry(self, digits: str) -> TableEntry:
        """What a number is, given its international digits without the ``+``."""
        group = self.groups.get(digits[:GROUP_DIGITS])
        if group is None or len(digits) > MAX_DIGITS:
            return None
        return group[1][bisect_right(group[0], digits)][len(digits)]

    def replaced(self, groups: dict[str, Group]) -> Self:
        """The same table with other groups."""
        table = copy.copy(self)
        table.groups = groups
        return table

    def calling_code(self, digits: str) -> str:
        """The calling code that the digits begin with; ``""`` if there is none."""
        return next((digits[:n] for n in (1, 2, 3) if digits[:n] in self.groups), "")

    def countries(self, calling_code: str) -> tuple[str, ...]:
        """The countries that have a calling code; none for one of a service."""
        homes = self.homes.items()
        return tuple(name for name, home in homes if home["calling_code"] == calling_code)

    def entries(self, prefix: str, length: int) -> set[TableEntry]:
        """What the numbers of ``length`` digits that begin with these are."""
        found: set[TableEntry] = set()
        for start, (bounds, rows) in self.groups.items():
            short = min(len(prefix), GROUP_DIGITS)
            if len(start) == GROUP_DIGITS and start[:short] == prefix[:short]:
                first, last = bisect_right(bounds, prefix), bisect_right(bounds, f"{prefix}:")
                found.update(row[length] for row in rows[first : last + 1])
        return found

    def has_calling_code(self, digits: str) -> bool:
        """Whether the digits begin with the calling code of some country or service."""
        return digits[:GROUP_DIGITS] in self.groups

    def begins_valid(self, prefix: str) -> bool:
        """Whether any valid number begins with these international digits."""
        for start, (bounds, rows) in self.groups.items():
            if (
                start.startswith(prefix[:GROUP_DIGITS])
                and start[: len(prefix)] == prefix[: len(start)]
            ):
                first, last = bisect_right(bounds, prefix), bisect_right(bounds, f"{prefix}:")
                lengths = slice(len(prefix), None)
                if any(_is_valid(e) for row in rows[first : last + 1] for e in row[lengths]):
                    return True
        return False


def _is_valid(entry: TableEntry) -> bool:
    if isinstance(entry, NumberClass | None):
        return entry is not None
    return isinstance(entry, Unusual) and entry.plain.valid


@lru_cache(maxsize=1)
def shipped_table() -> NumberingTable:
    """The table that belongs to this program; read on first use and then kept."""
    return NumberingTable(resources.files(__package__).joinpath("table.bin").read_bytes())


def _groups(content: dict[str, Any]) -> dict[str, Group]:
    readers = {length: _RowReader(content, length) for length in (1, 2, 3)}
    groups: dict[str, Group] = {}
    for code, (bounds, numbers) in content["codes"].items():
        row = readers[len(code)].row
        _add_groups(groups, code, bounds.split(), [row(number) for number in _numbers(numbers)])
    return groups


def _add_groups(groups: dict[str, Group], code: str, bounds: list[str], rows: list[Row]) -> None:
    """Divide a calling code's intervals by the starts of its numbers."""
    starts = [""]
    for _ in range(GROUP_DIGITS - len(code)):
        for start in starts:  # numbers shorter than a whole start
            groups[code + start] = ([], [rows[bisect_right(bounds, start)]])
        starts = [f"{start}{digit}" for start in starts for digit in range(10)]
    for start in starts:
        first = bisect_right(bounds, start)
        last = bisect_right(bounds, f"{start}:", first)  # ":" sorts right after "9"
        inner = [code + bound for bound in bounds[first:last]]
        groups[code + start] = (inner, rows[first : last + 1])


class _RowReader:
    """Makes rows for calling codes of one length, each only once."""

    def __init__(self, content: dict[str, Any], code_length: int) -> None:
        self._packed: list[bytes] = content["rows"]
        self._entries = [_entry(packed, code_length) for packed in content["entries"]]
        self._padding = (None,) * code_length
        self._known: dict[int, Row] = {}

    def row(self, number: int) -> Row:
        row = self._known.get(number)
        if row is None:
            entries = map(self._entries.__getitem__, _numbers(self._packed[number]))
            row = (*self._padding, *entries)
            row += (None,) * (MAX_DIGITS + 1 - len(row))
            self._known[number] = row
        return row


def _entry(packed: list[Any] | None, code_length: int) -> TableEntry:
    if packed is None:
        return None
    country, kind, valid, short, *rewrite = packed
    plain = NumberClass(country, kind, valid)
    if rewrite:
        known, *how = rewrite
        return Rewritten(plain if known else None, code_length, *how)
    return plain if valid and not short else Unusual(plain, short)


def _numbers(data: bytes) -> array[int]:
    numbers = array("H", data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
