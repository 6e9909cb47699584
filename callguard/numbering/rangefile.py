"""The text form of number ranges: one range a line.

``PREFIX DIGITS KIND [COUNTRY]``, separated by blanks or commas; ``#`` starts a comment, where the
source belongs. PREFIX is the beginning of the numbers, with ``+`` and the calling code or as
dialled at home, and may end in one of several digits (``+1861[2-9]``). DIGITS is how many digits
the numbers have in all, written as the prefix is (``11``, or ``10-12``). Read here is what a line
says; ``ranges.py`` knows what it means at home.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Final, NamedTuple, Self

from callguard.errors import NumberingError
from callguard.faults import Faults

# The code of a line that is no range; ``docs/rules.md`` explains it.
BAD_RANGE: Final = "CG608"
# What the numbers of a range can be: lines and services, not what a plan decides by itself.
RANGE_KINDS: Final = ("mobile", "fixed", "toll_free", "shared_cost", "premium", "voip", "service")
LINE_FORM: Final = "write PREFIX DIGITS KIND, such as: +86149 13 mobile  # source"

_SEPARATORS: Final = re.compile(r"[\s,;]+")
_PREFIX: Final = re.compile(r"(\+?[0-9]+)(?:\[([0-9])-([0-9])\])?")
_DIGITS: Final = re.compile(r"([0-9]{1,2})(?:-([0-9]{1,2}))?")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")


class RangeText(NamedTuple):
    """The text of a file of number ranges, and the name of it that faults are said of."""

    name: str
    text: str

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read a file. Raises NumberingError if it cannot be read, or is not UTF-8."""
        try:
            return cls(str(path), Path(path).read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise NumberingError(f"{path}: cannot read the number ranges: {error}") from error


@dataclass(frozen=True, slots=True)
class RangeLine:
    """What one line says; ``prefix`` and the number of digits are as written."""

    line: int
    prefix: str
    least: int
    most: int
    kind: str
    country: str | None

    @property
    def written(self) -> int:
        """Digits of the prefix as written, without the plus."""
        return len(self.prefix.removeprefix("+"))


def read_lines(text: str, faults: Faults) -> list[RangeLine]:
    """The lines of a text of number ranges; what is wrong with the others goes to ``faults``."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        content = line.partition("#")[0].strip(" \t,;\r")
        if content:
            parsed = _parsed(number, _SEPARATORS.split(content))
            if isinstance(parsed, list):
                found += parsed
            else:
                faults.add(BAD_RANGE, *parsed, line=number, column=1)
    return found


def _parsed(number: int, words: list[str]) -> list[RangeLine] | tuple[str, str]:
    """The ranges of a line, one for each prefix, or what is wrong with it and the remedy."""
    if not 3 <= len(words) <= 4:
        return f"{' '.join(words)[:40]!r} is not a range", LINE_FORM
    prefix, digits, kind, *rest = words
    start = _PREFIX.fullmatch(prefix)
    if start is None:
        return f"{prefix[:40]!r} is not the beginning of numbers", LINE_FORM
    match = _DIGITS.fullmatch(digits)
    if match is None:
        return f"{digits[:40]!r} is not a number of digits", "write 11, or 10-12 for several"
    if kind.lower() not in RANGE_KINDS:
        return f"{kind[:40]!r} is not a kind of number", f"use one of {', '.join(RANGE_KINDS)}"
    country = rest[0].upper() if rest else None
    if country is not None and not _COUNTRY.fullmatch(country):
        return f"{rest[0][:40]!r} is not a country", "write its ISO 3166 code, such as KZ"
    least = int(match[1])
    most = int(match[2] or least)
    ends = [""]
    if start[2] is not None:
        ends = [str(digit) for digit in range(int(start[2]), int(start[3]) + 1)]
    found = [RangeLine(number, start[1] + end, least, most, kind.lower(), country) for end in ends]
    if not found:
        return (
            f"{prefix[:40]!r} is not the beginning of numbers",
            "write [2-9], the lower one first",
        )
    if not found[0].written <= least <= most:
        return (
            f"{digits} digits do not fit the {found[0].written} of {prefix}",
            "write how many digits whole numbers have, the prefix included, as it is written",
        )
    return found
