"""The forms in which the home country's emergency numbers can be dialled."""

from __future__ import annotations

import re
from typing import Final

from callguard.numbering import china
from callguard.numbering.classes import NumberClass
from callguard.numbering.home import Home
from callguard.numbering.table import NumberingTable, TableEntry, Unusual

# 3GPP TS 22.101 clause 10.1.1: emergency numbers of every terminal, and those of a terminal
# without a SIM, which count only where the home plan has no other use for them.
ALWAYS: Final = ("112", "911")
WITHOUT_SIM: Final = ("000", "08", "110", "118", "119", "999")

# A number behind a vertical service code (caller identity, GSM 02.30 and North American star
# codes) or before an end-of-number signal.
_AMONG_SERVICE_CODES = re.compile(r"(?:[*#]{1,2}\d{2,3}[*#]?)?(\d+)[#Ff]?")


class EmergencyNumbers:
    """Recognises emergency calls at home.

    ``national`` maps what may be dialled to the canonical number ``+<calling code><code>``;
    ``international`` does so for digits that begin with a calling code. ``sos`` is the class of
    them all.
    """

    def __init__(self, table: NumberingTable, home: Home) -> None:
        self.sos = NumberClass(home.country, "emergency", valid=True)
        national = set(home.emergency)
        if home.country == china.COUNTRY:
            national.update(china.EMERGENCY_CODES)
        free = {code for code in WITHOUT_SIM if _is_free(table, home, code)}
        calling_code = home.calling_code
        codes = sorted(national | free | set(ALWAYS))
        numbers = {code: f"+{calling_code}{code}" for code in codes}
        self.national: dict[str, str] = dict(numbers)
        for code, number in numbers.items():
            for form in (home.trunk + code, calling_code + code, f"00{calling_code}{code}"):
                if _is_free(table, home, form):
                    self.national.setdefault(form, number)
        self.international: dict[str, str] = {
            calling_code + code: number for code, number in numbers.items()
        }
        # A code behind a plus ("+112"), unless it says something else there.
        for code, number in numbers.items():
            if not code.startswith(calling_code) and not _means_something(table.entry(code)):
                self.international.setdefault(code, number)
        # Extra digits behind a code do not stop the call from connecting in most countries.
        self._starts = () if home.exact_emergency else tuple(sorted(national, key=len))

    def dialled(self, digits: str) -> str | None:
        """The canonical number if these digits, no valid number otherwise, reach help."""
        known = self.national.get(digits)
        if known is None and digits.startswith(self._starts):
            start = next(start for start in self._starts if digits.startswith(start))
            known = self.national[start]
        return known

    def among_service_codes(self, text: str) -> str | None:
        """The canonical number if the text is an emergency number among service codes."""
        match = _AMONG_SERVICE_CODES.fullmatch(text)
        return self.national.get(match[1]) if match else None


def _is_free(table: NumberingTable, home: Home, dialled: str) -> bool:
    """Whether the home plan has no other use for these digits."""
    national = home.national(dialled)
    entry = table.entry(home.calling_code + national)
    if isinstance(entry, Unusual) and entry.short:
        # Other countries of the same calling code may use the code; what counts is home.
        return not home.is_short_code(national) or national in home.emergency
    return not _means_something(entry)


def _means_something(entry: TableEntry) -> bool:
    plain = entry if isinstance(entry, NumberClass | None) else entry.plain
    return plain is not None and plain.valid
