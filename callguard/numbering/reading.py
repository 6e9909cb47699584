"""The readings of a number: as international, as dialled at home, as a URI, as a call for help."""

from __future__ import annotations

from os import PathLike
from typing import Final

from callguard.numbering.blocks import MobileBlocks
from callguard.numbering.classes import INVALID, UNKNOWN, NumberClass
from callguard.numbering.emergency import EmergencyNumbers, numbers_dialled
from callguard.numbering.fractions import has_fraction
from callguard.numbering.home import Home
from callguard.numbering.overlay import with_blocks, with_ranges
from callguard.numbering.rangefile import RangeText
from callguard.numbering.ranges import NumberRange, read_ranges
from callguard.numbering.table import MAX_DIGITS, Rewritten, TableEntry, shipped_table
from callguard.numbering.text import Dialled, Local, NotANumber, Sos, Withheld, has_extension, read

Answer = tuple[str | None, NumberClass]

# Natures of address (ITU-T Q.763) under which no calling code is in front without a prefix.
LOCAL_NATURES: Final = frozenset({"national", "subscriber"})
# Zeros that are more than a trunk or an international prefix.
_ODD_ZEROS: Final = 3


class Reader:
    """Reads every kind of number, one method for each; ``plan.py`` has the short cuts."""

    def __init__(
        self,
        home: str,
        mobile_blocks: str | PathLike[str] | None = None,
        number_ranges: str | PathLike[str] | RangeText | None = None,
    ) -> None:
        self.table = table = shipped_table()
        self.home = Home(table, home)
        # Before anything is laid over the table: no file changes what an emergency number is.
        self.emergency = EmergencyNumbers(table, self.home)
        self.version = table.version
        if mobile_blocks is not None:
            self.table = with_blocks(table, MobileBlocks.load(mobile_blocks))
        if number_ranges is not None:
            emergency = (*self.emergency.international, *self.emergency.abroad)
            if not isinstance(number_ranges, RangeText):
                number_ranges = RangeText.load(number_ranges)
            given = read_ranges(number_ranges, table, self.home, self.prefix, emergency)
            self.table = with_ranges(self.table, given.ranges)
            self.version = f"{table.version}, ranges {given.digest[:16]}"
            self._keep_trunk_lengths(given.ranges)

    def _keep_trunk_lengths(self, ranges: tuple[NumberRange, ...]) -> None:
        """Leave out lengths at which the trunk prefix may stay on a number of these ranges."""
        code, trunk = self.home.calling_code, self.home.trunk
        for one in ranges:
            if not trunk or not one.prefix.startswith(code):
                continue
            dialled = code + trunk + one.prefix[len(code) :]
            for length in range(one.least, min(one.most, MAX_DIGITS - len(trunk)) + 1):
                number = one.prefix.ljust(length, "0")
                sample = code + trunk + number[len(code) :]
                if not all(
                    isinstance(entry, Rewritten) and entry.apply(sample) == number
                    for entry in self.table.entries(dialled, length + len(trunk))
                ):
                    self.home.trunk_lengths -= {length + len(trunk) - len(code)}

    def unusual(self, raw: str, nature: str | None) -> Answer:
        """Anything but a number of plain digits, perhaps with a plus in front."""
        match read(raw):
            case Dialled(digits, international):
                answer = self.dialled(digits, nature, international=international)
                # What is before an x is a number, or the x stands for a digit that is not shown.
                if not answer[1].valid and has_extension(raw):
                    return None, INVALID
                return answer
            case Local(number, context):
                return self._local(number, context, nature)
            case Withheld():
                return None, UNKNOWN
            case Sos():
                return None, self.emergency.sos
            case NotANumber(text):
                known = self.emergency.among_service_codes(text)
                if known is None and has_fraction(text):
                    # Help that a spreadsheet has dialled is help.
                    known = self.emergency.among_service_codes(text.partition(".")[0])
                return (None, INVALID) if known is None else (known, self.emergency.here)

    def _local(self, number: str, context: str, nature: str | None) -> Answer:
        """A number as dialled where all numbers begin with ``context``.

        Emergency numbers and service codes are those of that country, and none of home's.
        """
        home = self.home
        if context.startswith(home.calling_code):
            known = self.emergency.among_service_codes(number)
            if known is not None:
                return known, self.emergency.here
        else:
            place = self.table.calling_code(context)
            for dialled in numbers_dialled(number) if place else ():
                answer = self.answer_for(place + dialled, self.table.entry(place + dialled))
                if answer[1].kind == "emergency":
                    return answer
        return self.unusual(f"+{context}{number}", nature)

    def dialled(self, digits: str, nature: str | None, *, international: bool) -> Answer:
        """Digits in whatever form the punctuation and the nature of address say."""
        if not international and nature != "international":
            return self.national(digits, nature)
        if not international and digits in self.emergency.national:
            return self.emergency.national[digits], self.emergency.here
        answer = self.answer_for(digits, self.table.entry(digits))
        if answer[1].valid or (international and self.table.has_calling_code(digits)):
            return answer
        # Gateways leave the international prefix in front of numbers that they mark as such,
        # and write a plus before it.
        rest = self.home.international_part(digits)
        if rest is not None:
            answer = self.answer_for(rest, self.table.entry(rest))
            if answer[1].valid:
                return answer
        return (
            self._behind_zeros(digits)
            or self._emergency(digits)
            or self._behind_odd_zeros(digits, fewest=1 if international else _ODD_ZEROS)
            or answer
        )

    def national(self, digits: str, nature: str | None) -> Answer:
        """Digits as they are dialled at home."""
        number = self.emergency.national.get(digits)
        if number is not None:
            return number, self.emergency.here
        answer = self._as_at_home(digits, nature)
        if answer[1].valid:
            return answer
        reached = self._behind_zeros(digits) or self._emergency(digits)
        if reached is not None:
            return reached
        if self.emergency.begins(digits) and isinstance(
            self.table.entry(self.home.calling_code + digits), Rewritten
        ):
            # An emergency code in front is no carrier code that would come off.
            return None, INVALID
        return self._behind_odd_zeros(digits, fewest=_ODD_ZEROS) or answer

    def _as_at_home(self, digits: str, nature: str | None) -> Answer:
        """The reading that ``phonenumbers`` makes too."""
        home = self.home
        rest = home.international_part(digits)
        if rest is not None:
            answer = self.answer_for(rest, self.table.entry(rest))
            # The prefix of a carrier (17900 00 in China) may be part of a mobile number.
            whole = home.calling_code + digits
            entry = None if answer[1].valid else self.table.entry(whole)
            return self.answer_for(whole, entry) if isinstance(entry, NumberClass) else answer
        if digits.startswith(home.calling_code) and nature not in LOCAL_NATURES:
            entry = self.table.entry(digits)
            if isinstance(entry, NumberClass) and len(digits) > home.longest:
                return self.answer_for(digits, entry)
            national = home.without_calling_code(digits)
            if national is not None:
                digits = home.calling_code + national
                return self.answer_for(digits, self.table.entry(digits))
        # The table strips prefixes the way of the calling code's main country.
        whole = home.calling_code + digits
        if not home.is_main:
            stripped = home.calling_code + home.national(digits)
            entry = self.table.entry(stripped)
            if not isinstance(entry, Rewritten):
                return self.answer_for(stripped, entry)
        return self.answer_for(whole, self.table.entry(whole))

    def _behind_zeros(self, digits: str) -> Answer | None:
        """The reading with ``00`` as international prefix, which gateways of all countries use.

        Only a number that is beyond doubt counts: nothing else to take off, and valid.
        """
        if not digits.startswith("00"):
            return None
        rest = digits[2:]
        entry = self.table.entry(rest)
        answer = self.answer_for(rest, entry)
        if isinstance(entry, NumberClass) or answer[1].kind == "emergency":
            return answer
        return None

    def _behind_odd_zeros(self, digits: str, fewest: int) -> Answer | None:
        """The reading without zeros that nobody dials, ``fewest`` of them or more.

        No calling code begins with 0. As behind ``00``, only what is beyond doubt counts.
        """
        rest = digits.lstrip("0")
        if len(digits) - len(rest) < fewest:
            return None
        entry = self.table.entry(rest)
        return self.answer_for(rest, entry) if isinstance(entry, NumberClass) else None

    def _emergency(self, digits: str) -> Answer | None:
        """Emergency, if digits that are not a valid number reach it all the same."""
        number = self.emergency.dialled(digits)
        return None if number is None else (number, self.emergency.here)

    def answer_for(self, digits: str, entry: TableEntry) -> Answer:
        """The answer for international digits, whatever their entry in the table is."""
        if isinstance(entry, NumberClass):
            return f"+{digits}", entry
        number = self.emergency.international.get(digits)
        if number is not None:
            return number, self.emergency.here
        abroad = self.emergency.abroad.get(digits)
        if abroad is not None:
            return f"+{digits}", abroad
        if entry is None:
            return None, INVALID
        if isinstance(entry, Rewritten):
            return self._rewritten(digits, entry)
        plain = entry.plain
        return f"+{digits}", self._short_at_home(digits, plain) if plain.valid else plain

    def _rewritten(self, digits: str, entry: Rewritten) -> Answer:
        meant = entry.apply(digits)
        again = self.table.entry(meant)
        if not isinstance(again, Rewritten):
            answer = self.answer_for(meant, again)
            return answer if entry.old is None else self._of_old_form(digits, entry, answer)
        if again.old is not None and entry.old is None:
            return self._rewritten(meant, again)
        # Two prefixes in front: the number stays as it is, and is none.
        plain = again.plain
        if plain is None:
            return None, INVALID
        if plain.valid:
            plain = NumberClass(plain.country, "unallocated", valid=False)
        return f"+{digits}", plain

    def _of_old_form(self, digits: str, entry: Rewritten, answer: Answer) -> Answer:
        """The number of today if it is valid, otherwise the digits as they are."""
        e164, meaning = answer
        if not meaning.valid or meaning.kind == "emergency":
            return f"+{digits}", entry.plain or INVALID
        # Where a number may be fixed or mobile, a form that only mobile ones had tells them apart.
        if entry.old and meaning.kind == "fixed":
            meaning = NumberClass(meaning.country, entry.old, valid=True)
        return e164, meaning

    def prefix(self, raw: str) -> str | None:
        """See ``NumberingPlan.prefix``."""
        number = read(raw)
        if isinstance(number, Local):
            number = read(f"+{number.context}{number.number}")
        if not isinstance(number, Dialled):
            return None
        digits, home = number.digits, self.home
        if number.international:
            return digits
        rest = home.international_part(digits)
        if rest is None and digits.startswith("00"):
            rest = digits[2:]
        if rest is not None:
            return rest if rest and rest[0] != "0" else None
        national = digits.removeprefix(home.trunk)
        meant = home.calling_code + national
        if (
            digits.startswith(home.calling_code)
            and not self.table.begins_valid(meant)
            and self.table.begins_valid(digits)
        ):
            return None
        return meant if national else None

    def _short_at_home(self, digits: str, plain: NumberClass) -> NumberClass:
        """Home's own meaning of a short code that it shares with other countries."""
        home = self.home
        if plain.country == home.country or not digits.startswith(home.calling_code):
            return plain
        if home.is_short_code(digits[len(home.calling_code) :]):
            return NumberClass(home.country, "short_code", valid=True)
        return plain
