"""A numbering plan seen from one home country: what is this number?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from os import PathLike
from typing import Final, Protocol

from callguard.numbering.certainty import Certainty
from callguard.numbering.classes import NumberClass
from callguard.numbering.national_lookup import LEADING_DIGITS, national_lookups
from callguard.numbering.rangefile import RangeText
from callguard.numbering.reading import LOCAL_NATURES, Answer, Reader
from callguard.numbering.table import GROUP_DIGITS, MAX_DIGITS
from callguard.numbering.text import without_punctuation

# Most digits that a number at home can have and still lie within the table.
LONGEST: Final = MAX_DIGITS - 3


class Classifier(Protocol):
    def __call__(self, raw: str, nature: str | None = None) -> Answer: ...


class NumberingPlan:
    """Classifies telephone numbers as they are signalled in one home country.

    ``home`` is the ISO 3166 alpha-2 code of the country. ``mobile_blocks`` names a text file of
    allocated 7-digit Chinese mobile blocks (``1380013``, one a line): the 11-digit numbers in them
    are mobile, and those outside are ``unallocated``. ``number_ranges`` names a text file of
    ranges (or is its text), of any country, that the table lacks or has as something else
    (``+86149 13 mobile``, one a line). Raises :class:`NumberingError` if one of them cannot be
    used.

    ``classify(raw, nature=None)`` gives the number in E.164 form (``+`` and digits; None if there
    is no number in ``raw``) and its class. ``nature`` is the nature of address of ITU-T Q.763:
    ``subscriber``, ``national``, ``international`` or ``unknown``. It never raises, whatever the
    strings are. ``table_version`` names the numbering table and the ranges.

    ``is_certain(raw, nature, *answer)`` says of a number that ``classify(raw, nature)`` answered
    whether that is the only reading: False if the digits are a valid number in another one (a
    foreign number that lost its plus), or if they are not valid and yet may be in use (dial-in
    digits of an open plan, see ``open_plans.py``). None without an E.164 form.
    ``may_redirect(raw, *answer)`` says whether calls can be forwarded from a number: from a line
    that exists, or may; not from a code, a premium number or a number of nobody.
    """

    __slots__ = ("classify", "home", "is_certain", "may_redirect", "reader", "table_version")

    classify: Classifier
    is_certain: Callable[[str, str | None, str | None, NumberClass], bool | None]
    may_redirect: Callable[[str, str | None, NumberClass], bool]

    def __init__(
        self,
        home: str = "CN",
        mobile_blocks: str | PathLike[str] | None = None,
        number_ranges: str | PathLike[str] | RangeText | None = None,
    ) -> None:
        self.home = home
        self.reader = Reader(home, mobile_blocks, number_ranges)
        self.table_version = self.reader.version
        self.classify = _classifier(self.reader)
        certainty = Certainty(self.reader)
        self.is_certain = certainty.is_certain
        self.may_redirect = certainty.may_redirect

    def prefix(self, raw: str) -> str | None:
        """The international digits that all numbers begin with that begin with ``raw``.

        ``raw`` is as dialled: ``+44``, ``0044``, ``138``, ``0755``. None if it holds no digits,
        or if digits without ``+`` can only be meant to begin with home's calling code.
        """
        return self.reader.prefix(raw)


def _classifier(reader: Reader) -> Classifier:  # noqa: C901  it holds the functions below
    """The function that every number goes through, with all it needs in its own variables."""
    home = reader.home
    group_of = reader.table.groups.get
    national_of = national_lookups(reader.table, home, reader.emergency).get
    emergency_of, help_here = reader.emergency.national.get, reader.emergency.here
    answer_for, national, dialled = reader.answer_for, reader.national, reader.dialled
    code, longest, zeros = home.calling_code, home.longest, home.dials_zeros
    plus_code, trunk_lengths = f"+{code}", home.trunk_lengths

    # Every call from here to a helper costs a tenth of the time: hence one long function.
    def classify(raw: str, nature: str | None = None) -> Answer:
        plus = raw[:1] == "+"
        if plus or nature == "international":
            # Gateways leave the international prefix in front of numbers that they mark as such.
            digits = raw[1:] if plus else raw[2:] if zeros and raw[:2] == "00" else raw
            group = group_of(digits[:GROUP_DIGITS])
            length = len(digits)
            if length > MAX_DIGITS or not (raw.isascii() and digits.isdigit()):
                return unusual(raw, nature)
            if group is not None:
                entry = group[1][bisect_right(group[0], digits)][length]
                if type(entry) is NumberClass:
                    return (raw if plus else f"+{digits}"), entry
                if plus:
                    return answer_for(digits, entry)
            return unusual(raw, nature) if plus else dialled(raw, nature, international=False)
        if not (raw.isdigit() and raw.isascii()):
            return unusual(raw, nature)
        lookup = national_of(raw[:LEADING_DIGITS])
        if lookup is None:
            return prefixed(raw, nature)
        bounds, rows, more, skip = lookup
        length = len(raw)
        if length > LONGEST or (skip and length not in trunk_lengths):
            return national(raw, nature)
        entry = rows[bisect_right(bounds, raw)][length + more]
        if type(entry) is NumberClass:
            return plus_code + raw[skip:], entry
        return national(raw, nature) if skip else answer_for(code + raw, entry)

    def prefixed(raw: str, nature: str | None) -> Answer:
        number = emergency_of(raw)
        if number is not None:
            return number, help_here
        if zeros and raw[:2] == "00":
            digits = raw[2:]
        elif raw.startswith(code) and len(raw) > longest and nature not in LOCAL_NATURES:
            digits = raw
        else:
            return national(raw, nature)
        group = group_of(digits[:GROUP_DIGITS])
        length = len(digits)
        if group is not None and length <= MAX_DIGITS:
            entry = group[1][bisect_right(group[0], digits)][length]
            if type(entry) is NumberClass:
                return f"+{digits}", entry
        return national(raw, nature)

    def unusual(raw: str, nature: str | None) -> Answer:
        text = without_punctuation(raw)
        return reader.unusual(raw, nature) if text is raw else classify(text, nature)

    return classify
