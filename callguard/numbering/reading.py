"""The readings of a number: as international, as dialled at home, as a URI, as a call for help."""

from __future__ import annotations

from os import PathLike
from typing import Final

from callguard.numbering.blocks import MobileBlocks
from callguard.numbering.classes import INVALID, UNKNOWN, NumberClass
from callguard.numbering.emergency import EmergencyNumbers
from callguard.numbering.home import Home
from callguard.numbering.table import Entry, Rewritten, shipped_table
from callguard.numbering.text import Dialled, NotANumber, Sos, Withheld, read

Answer = tuple[str | None, NumberClass]

# Natures of address (ITU-T Q.763) under which no calling code stands in front without a prefix.
LOCAL_NATURES: Final = frozenset({"national", "subscriber"})


class Reader:
    """Reads every kind of number, one method for each; ``plan.py`` has the short cuts."""

    def __init__(self, home: str, mobile_blocks: str | PathLike[str] | None) -> None:
        self.table = shipped_table()
        self.home = Home(self.table, home)
        self.emergency = EmergencyNumbers(self.table, self.home)
        # Only numbers of the class in_blocks are looked up among the blocks.
        self.blocks: MobileBlocks = MobileBlocks(())
        self.in_blocks: NumberClass | None = None
        if mobile_blocks is not None:
            self.blocks = MobileBlocks.load(mobile_blocks)
            self.in_blocks = NumberClass("CN", "mobile", valid=True)
        self.outside_blocks = NumberClass("CN", "unallocated", valid=False)

    def unusual(self, raw: str, nature: str | None) -> Answer:
        """Anything but a number of plain digits, perhaps with a plus in front."""
        found = read(raw)
        match found:
            case Dialled(digits, international):
                return self.dialled(digits, nature, international=international)
            case Withheld():
                return None, UNKNOWN
            case Sos():
                return None, self.emergency.sos
            case NotANumber(text):
                number = self.emergency.dressed(text)
                return (None, INVALID) if number is None else (number, self.emergency.sos)

    def dialled(self, digits: str, nature: str | None, *, international: bool) -> Answer:
        """Digits in whatever form the punctuation and the nature of address say."""
        if not international and nature != "international":
            return self.national(digits, nature)
        if not international and digits in self.emergency.national:
            return self.emergency.national[digits], self.emergency.sos
        answer = self.settle(digits, self.table.entry(digits))
        if answer[1].valid or (international and self.table.has_calling_code(digits)):
            return answer
        # Gateways leave the international prefix in front of numbers that they mark as such,
        # and write a plus before it.
        rest = self.home.international_part(digits)
        if rest is not None:
            answer = self.settle(rest, self.table.entry(rest))
            if answer[1].valid:
                return answer
        return self._after_zeros(digits) or self._help(digits) or answer

    def national(self, digits: str, nature: str | None) -> Answer:
        """Digits as they are dialled at home."""
        number = self.emergency.national.get(digits)
        if number is not None:
            return number, self.emergency.sos
        answer = self._as_at_home(digits, nature)
        if answer[1].valid:
            return answer
        return self._after_zeros(digits) or self._help(digits) or answer

    def _as_at_home(self, digits: str, nature: str | None) -> Answer:
        """The reading that ``phonenumbers`` makes too."""
        home = self.home
        rest = home.international_part(digits)
        if rest is not None:
            return self.settle(rest, self.table.entry(rest))
        if digits.startswith(home.calling_code) and nature not in LOCAL_NATURES:
            entry = self.table.entry(digits)
            if isinstance(entry, NumberClass) and len(digits) > home.longest:
                return self.settle(digits, entry)
            national = home.without_calling_code(digits)
            if national is not None:
                digits = home.calling_code + national
                return self.settle(digits, self.table.entry(digits))
        # The table strips prefixes the way of the calling code's main country.
        whole = home.calling_code + digits
        if not home.is_main:
            stripped = home.calling_code + home.national(digits)
            entry = self.table.entry(stripped)
            if not isinstance(entry, Rewritten):
                return self.settle(stripped, entry)
        return self.settle(whole, self.table.entry(whole))

    def _after_zeros(self, digits: str) -> Answer | None:
        """The reading with ``00`` as international prefix, which gateways of all countries use.

        Only a number that is beyond doubt counts: nothing else to take off, and valid.
        """
        if not digits.startswith("00"):
            return None
        rest = digits[2:]
        entry = self.table.entry(rest)
        answer = self.settle(rest, entry)
        if isinstance(entry, NumberClass) or answer[1].kind == "emergency":
            return answer
        return None

    def _help(self, digits: str) -> Answer | None:
        """Emergency, if digits that are no valid number reach it all the same."""
        number = self.emergency.dialled(digits)
        return None if number is None else (number, self.emergency.sos)

    def settle(self, digits: str, entry: Entry) -> Answer:
        """The answer for international digits, whatever their entry in the table is."""
        if isinstance(entry, NumberClass):
            if entry is self.in_blocks and digits[2:9] not in self.blocks:
                entry = self.outside_blocks
            return f"+{digits}", entry
        number = self.emergency.international.get(digits)
        if number is not None:
            return number, self.emergency.sos
        if entry is None:
            return None, INVALID
        if isinstance(entry, Rewritten):
            return self._rewritten(digits, entry)
        found = entry.plain
        return f"+{digits}", self._short_at_home(digits, found) if found.valid else found

    def _rewritten(self, digits: str, entry: Rewritten) -> Answer:
        meant = entry.apply(digits)
        again = self.table.entry(meant)
        if not isinstance(again, Rewritten):
            return self.settle(meant, again)
        # Two prefixes in front: the number stays as it is, and is none.
        found = again.plain
        if found is None:
            return None, INVALID
        if found.valid:
            found = NumberClass(found.country, "unallocated", valid=False)
        return f"+{digits}", found

    def prefix(self, raw: str) -> str | None:
        """See ``NumberingPlan.prefix``."""
        found = read(raw)
        if not isinstance(found, Dialled):
            return None
        digits, home = found.digits, self.home
        if found.international:
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

    def _short_at_home(self, digits: str, found: NumberClass) -> NumberClass:
        """Home's own meaning of a short code that it shares with other countries."""
        home = self.home
        if found.country == home.country or not digits.startswith(home.calling_code):
            return found
        if home.is_short_code(digits[len(home.calling_code) :]):
            return NumberClass(home.country, "short_code", valid=True)
        return found
