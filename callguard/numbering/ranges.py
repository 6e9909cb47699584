"""Number ranges of an operator: what the lines of a file mean, seen from home."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callguard.errors import NumberingError
from callguard.faults import Faults
from callguard.numbering.classes import NumberClass
from callguard.numbering.home import Home
from callguard.numbering.rangefile import BAD_RANGE, LINE_FORM, RangeLine, RangeText, read_lines
from callguard.numbering.table import MAX_DIGITS, NumberingTable


@dataclass(frozen=True, slots=True)
class NumberRange:
    """All numbers that begin with ``prefix`` and have ``least`` to ``most`` digits.

    International digits without the plus; ``meaning`` is what the numbers are.
    """

    prefix: str
    least: int
    most: int
    meaning: NumberClass


@dataclass(frozen=True, slots=True)
class NumberRanges:
    """The ranges of one file, wider ones first; ``digest`` is the SHA-256 of its text, in hex."""

    ranges: tuple[NumberRange, ...]
    digest: str


class _LineError(Exception):
    """What is wrong with a line, and the remedy."""


def read_ranges(
    source: RangeText,
    table: NumberingTable,
    home: Home,
    prefix_of: Callable[[str], str | None],
    emergency: Iterable[str],
) -> NumberRanges:
    """The ranges of a text. Raises NumberingError with every line that is none.

    ``prefix_of`` gives the international digits of a prefix as dialled, ``emergency`` are the
    international digits of emergency numbers, which no range may hold.
    """
    faults = Faults(source.name)
    reader = _Lines(table, home, prefix_of, tuple(emergency))
    for line in read_lines(source.text, faults):
        try:
            reader.add(line)
        except _LineError as fault:
            message, remedy = fault.args
            faults.add(BAD_RANGE, message, remedy, line=line.line, column=1)
    if faults:
        raise NumberingError.of(faults)
    ranges = sorted(reader.found, key=lambda one: len(one.prefix))
    return NumberRanges(tuple(ranges), hashlib.sha256(source.text.encode()).hexdigest())


class _Lines:
    def __init__(
        self,
        table: NumberingTable,
        home: Home,
        prefix_of: Callable[[str], str | None],
        emergency: tuple[str, ...],
    ) -> None:
        self.found: list[NumberRange] = []
        self._table = table
        self._home = home
        self._prefix_of = prefix_of
        self._emergency = emergency
        self._said: dict[tuple[str, int], tuple[NumberClass, int]] = {}

    def add(self, line: RangeLine) -> None:
        """Add what a line says. Raises _LineError."""
        prefix = self._prefix_of(line.prefix)
        code = self._table.calling_code(prefix or "")
        if prefix is None or not code:
            raise _LineError(f"{line.prefix!r} begins with no calling code", LINE_FORM)
        if prefix == code:
            raise _LineError(
                f"{line.prefix!r} is a calling code and nothing else",
                "write the digits with which the numbers of the range begin",
            )
        more = len(prefix) - line.written
        least, most = line.least + more, line.most + more
        if most > MAX_DIGITS:
            raise _LineError(
                f"numbers of {most} digits with the calling code are longer than any",
                f"E.164 numbers have up to 15 digits, national codes up to {MAX_DIGITS}",
            )
        for number in self._emergency:
            if number.startswith(prefix) and least <= len(number) <= most:
                raise _LineError(
                    f"the range holds the emergency number +{number}",
                    "write a longer prefix, or leave the length of that number out",
                )
        meaning = NumberClass(self._country(line, code), line.kind, valid=True)
        for length in range(least, most + 1):
            said, where = self._said.setdefault((prefix, length), (meaning, line.line))
            if said is not meaning:
                raise _LineError(
                    f"the same numbers are {said.kind} in line {where}", "leave one of them out"
                )
        self.found.append(NumberRange(prefix, least, most, meaning))

    def _country(self, line: RangeLine, code: str) -> str | None:
        countries = self._table.countries(code)
        if line.country is not None:
            if line.country not in countries:
                raise _LineError(
                    f"{line.country} does not have the calling code {code}",
                    f"it is that of {', '.join(countries) or 'no country'}",
                )
            return line.country
        if len(countries) <= 1:
            return countries[0] if countries else None
        if self._home.country in countries:
            return self._home.country
        raise _LineError(
            f"the calling code {code} is shared by {', '.join(countries)}",
            "write the country behind the kind",
        )
