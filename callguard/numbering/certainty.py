"""Whether a number can be read in one way only.

A rule that blocks for a number's form or allocation has to know more than that the likeliest
reading of the digits is no number in use: no other reading may be one either.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from callguard.numbering.classes import NumberClass
from callguard.numbering.open_plans import OPEN, may_be_local
from callguard.numbering.reading import LOCAL_NATURES, Reader
from callguard.numbering.table import GROUP_DIGITS, Rewritten, TableEntry, Unusual
from callguard.numbering.text import Dialled, read

# Most digits of an international number (ITU-T E.164 clause 6.2).
E164_DIGITS: Final = 15
# Dial-in digits behind a root number: as many as the plans of OPEN have.
_DIAL_IN: Final = 6
# A root number has at least an area code and two digits.
_SHORTEST_ROOT: Final = 6
# What a call cannot be forwarded from.
_REDIRECTS_NOTHING: Final = frozenset({"premium", "emergency", "short_code"})


class Certainty:
    """Looks for other readings of numbers that a ``Reader`` has read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._table = reader.table
        code = reader.home.calling_code
        self._code = code
        self._trunk = reader.home.trunk
        self._open = code in OPEN
        # Lengths of lines of home by the first digits of a number, as they are asked for.
        self._line_lengths: dict[str, frozenset[int]] = {}

    def is_certain(
        self, raw: str, nature: str | None, e164: str | None, number: NumberClass
    ) -> bool | None:
        """See ``NumberingPlan.is_certain``."""
        if e164 is None:
            return None
        if number.valid and (raw[:1] == "+" or nature == "international"):
            return True
        digits = raw[1:] if raw[:1] == "+" else raw
        plus = digits is not raw
        if not (digits.isdigit() and digits.isascii()):
            dialled = read(raw)
            if not isinstance(dialled, Dialled):
                return True
            digits, plus = dialled.digits, dialled.international
        if not plus and self._reads_otherwise(digits, nature, e164):
            return False
        if number.valid:
            return True
        # Without its area code, a subscriber number is in no table.
        if not plus and may_be_local(self._code, digits, nature):
            return False
        if not plus and nature not in LOCAL_NATURES and self._may_be_foreign(digits, e164):
            return False
        return not self._may_be_in_use(e164[1:])

    def may_redirect(self, raw: str, e164: str | None, number: NumberClass) -> bool:
        """See ``NumberingPlan.may_redirect``."""
        if e164 is None:
            return False
        if not number.valid:
            return self.is_certain(raw, None, e164, number) is False
        if number.kind == "service":  # a personal number, not a code
            return isinstance(self._table.entry(e164[1:]), NumberClass)
        return number.kind not in _REDIRECTS_NOTHING

    def _reads_otherwise(self, digits: str, nature: str | None, e164: str) -> bool:
        """Whether digits without a plus are a number in use in another reading."""
        if nature == "international" and self._reader.national(digits, None)[1].valid:
            return True
        # Almost any digits are a number of an open plan, if they are taken for one of it.
        if self._open and nature not in LOCAL_NATURES and not digits.startswith(self._code):
            entry = self._table.entry(digits)
            if isinstance(entry, Unusual) and entry.plain.kind == "unallocated":
                return True
        return (
            self._is_other_number(digits, e164)
            or (digits.startswith("00") and self._is_other_number(digits[2:], e164))
            or self._is_other_number(self._code + digits.removeprefix(self._trunk), e164)
        )

    def _may_be_foreign(self, digits: str, e164: str) -> bool:
        """Whether digits without a plus that no line of home is like may be a line abroad.

        Tables know ranges abroad late: a possible number of another calling code may be in use.
        """
        entry = self._table.entry(digits)
        if not isinstance(entry, Unusual) or entry.plain.kind != "unallocated":
            return False
        if digits.startswith(self._code) or f"+{digits}" == e164 or self._begins_with_code(digits):
            return False
        return len(e164) - 1 not in self._lengths_of_lines(e164[1 : GROUP_DIGITS + 1])

    def _begins_with_code(self, digits: str) -> bool:
        """Whether a service code of home is in front: padding behind it is likelier than abroad."""
        return any(self._reader.national(digits[:n], None)[1].kind == "service" for n in (5, 6))

    def _lengths_of_lines(self, start: str) -> frozenset[int]:
        """How many digits the lines have whose numbers begin with these four digits."""
        known = self._line_lengths.get(start)
        if known is None:
            _, rows = self._table.groups.get(start, ([], []))
            known = frozenset(
                length for row in rows for length, entry in enumerate(row) if _is_line(entry)
            )
            self._line_lengths[start] = known
        return known

    def _is_other_number(self, digits: str, e164: str) -> bool:
        entry = self._table.entry(digits)
        if isinstance(entry, Rewritten):
            digits = entry.apply(digits)
            entry = self._table.entry(digits)
        return isinstance(entry, NumberClass) and f"+{digits}" != e164

    def _may_be_in_use(self, digits: str) -> bool:
        """Whether home's plan may have a number that the table does not know."""
        if not self._open or not digits.startswith(self._code) or len(digits) > E164_DIGITS:
            return False
        return self._begins_with_root(digits) or self._is_root(digits)

    def _begins_with_root(self, digits: str) -> bool:
        """Whether a geographic number is in front and the rest can be dial-in digits."""
        shortest = max(_SHORTEST_ROOT, len(digits) - _DIAL_IN)
        return any(
            _is_fixed(self._table.entry(digits[:end])) for end in range(shortest, len(digits))
        )

    def _is_root(self, digits: str) -> bool:
        """Whether geographic numbers begin with these digits."""
        group = self._table.groups.get(digits[:GROUP_DIGITS])
        if group is None or len(digits) < _SHORTEST_ROOT:
            return False
        bounds, rows = group
        first = bisect_right(bounds, digits)
        last = bisect_left(bounds, f"{digits}:")  # ":" sorts right after "9"
        lengths = slice(len(digits) + 1, len(digits) + 1 + _DIAL_IN)
        return any(_is_fixed(entry) for row in rows[first : last + 1] for entry in row[lengths])


def _is_line(entry: TableEntry) -> bool:
    return isinstance(entry, NumberClass) and entry.kind in ("fixed", "mobile")


def _is_fixed(entry: TableEntry) -> bool:
    return isinstance(entry, NumberClass) and entry.kind == "fixed"
