"""How numbers are dialled at home: international prefix, trunk prefix, calling code in front."""

from __future__ import annotations

import re
from typing import Any

from callguard.errors import NumberingError
from callguard.numbering.table import NumberingTable


class Home:
    """The dialling rules of one country, the same as ``phonenumbers`` applies when it parses.

    ``calling_code`` and ``country`` are text; ``trunk`` is the trunk prefix, ``""`` if there is
    none.
    """

    def __init__(self, table: NumberingTable, country: str) -> None:
        if country not in table.homes:
            raise NumberingError(
                f"home country {country!r} is not in the numbering table; give an ISO 3166 "
                "alpha-2 code such as 'CN', 'GB' or 'US'"
            )
        rules: dict[str, Any] = table.homes[country]
        self.country = country
        self.calling_code: str = rules["calling_code"]
        self.trunk: str = rules["national_prefix"]
        # Lengths of what was dialled at which the trunk prefix of any valid number comes off.
        self.trunk_lengths: frozenset[int] = frozenset(rules["trunk_lengths"])
        # Whether a valid national number is never better read as one with a calling code.
        self.bare_is_national: bool = rules["bare_is_national"]
        # The three-digit starts of everything that may have an international prefix.
        self.international_starts: frozenset[str] = frozenset(rules["international_heads"])
        # Calling codes are shared; the table strips prefixes as the main country does.
        self.is_main: bool = rules["main"]
        self.emergency: tuple[str, ...] = tuple(rules["emergency"])
        self.exact_emergency: bool = rules["exact_emergency"]
        self._general = re.compile(rules["general"])
        self._lengths: frozenset[int] = frozenset(rules["lengths"])
        # Digits of the longest national number.
        self.longest = max(self._lengths)
        self._local_lengths = frozenset(rules["local_lengths"])
        international: str = rules["international_prefix"] or ""
        self._international = _compiled(international)
        # Whether 00 in front is always the international prefix, and the whole of it.
        self.dials_zeros: bool = international.partition("|")[0] == "00"
        self._prefix = _compiled(rules["prefix_for_parsing"])
        self._transform: str | None = rules["transform"]
        self._short_code = _compiled(rules["short_code"])
        self._short_lengths = frozenset(rules["short_lengths"])

    def international_part(self, digits: str) -> str | None:
        """What follows an international prefix (``00``, ``011``, …); None if there is none.

        No calling code begins with 0, so a prefix that leaves such digits is not one.
        """
        if self._international is None:
            return None
        if len(digits) > 2 and digits[:3] not in self.international_starts:
            return None
        match = self._international.match(digits)
        if match is None:
            return None
        rest = digits[match.end() :]
        return None if rest[:1] == "0" else rest

    def without_calling_code(self, digits: str) -> str | None:
        """The national number in digits that begin with home's calling code, without a prefix.

        None if they are better read as a national number as a whole.
        """
        national = self.without_prefix(digits[len(self.calling_code) :])
        fits = self._general.fullmatch
        if self.is_too_long(digits) or (not fits(digits) and fits(national)):
            return national
        return None

    def without_prefix(self, digits: str) -> str:
        """The digits without trunk prefix or carrier code, as far as they are possible without."""
        match = self._prefix.match(digits) if self._prefix else None
        if match is None or self._prefix is None:
            return digits
        if self._transform and match[self._prefix.groups] is not None:
            stripped = self._prefix.sub(self._transform, digits, count=1)
        else:
            stripped = digits[match.end() :]
        fits = self._general.fullmatch
        return digits if fits(digits) and not fits(stripped) else stripped

    def national(self, digits: str) -> str:
        """The national number that was dialled with or without trunk prefix."""
        stripped = self.without_prefix(digits)
        length = len(stripped)
        if length in self._local_lengths:
            return digits
        return stripped if length in self._lengths or self.is_too_long(stripped) else digits

    def is_short_code(self, national: str) -> bool:
        """Whether the digits are a short code of the home country itself."""
        if self._short_code is None or len(national) not in self._short_lengths:
            return False
        return self._short_code.fullmatch(national) is not None

    def is_too_long(self, digits: str) -> bool:
        """Whether no national number has so many digits."""
        return len(digits) > self.longest


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None
