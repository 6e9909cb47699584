"""The forms in which the home country's emergency numbers can be dialled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from callguard.numbering import china
from callguard.numbering.classes import NumberClass
from callguard.numbering.home import Home
from callguard.numbering.service_codes import codes_of_digits
from callguard.numbering.table import NumberingTable, TableEntry, Unusual

# 3GPP TS 22.101 clause 10.1.1: emergency numbers of every terminal, and those of a terminal
# without a SIM, which count only where the home plan has no other use for them.
ALWAYS: Final = ("112", "911")
WITHOUT_SIM: Final = ("000", "08", "110", "118", "119", "999")

# A switch sends a call on as soon as it has seen the code. A digit or two that a frightened hand
# adds may still arrive, or the code once more; anything longer is another number.
MOST_EXTRA_DIGITS: Final = 2

# A pause behind a service code waits for its tone, and the number follows (*67,911).
_PAUSE_BEHIND_CODE = re.compile(r"((?:[*#]{1,2}\d{2,4}[*#]{0,2})+)[,;pPwW]+(?=[+*#\d])")
# RFC 4967 and terminals: what stands behind a pause is sent once the call is answered.
_AFTER_ANSWER = re.compile(r"[,;pPwW].*", re.DOTALL)
# The star and number signs as Q.763 (B, C) and TS 29.002 (A, B) write them, and the end signal.
_SIGNS: Final = str.maketrans("abcABC#", "*******")
# Signs that nobody dials.
_PUNCTUATION = re.compile(r"[^0-9A-Za-z*#,;+]")
_SERVICE_CODE = re.compile(r"\*{1,2}\d{1,4}\*{1,2}")
_SERVICE_CODE_WITHOUT_END = re.compile(r"\*{1,2}(?:\d{2})|\*{1,2}[234]\d{2}")


class EmergencyNumbers:
    """Recognises emergency calls at home.

    ``national`` maps what may be dialled to the canonical number ``+<calling code><code>``;
    ``international`` does so for digits that begin with home's calling code. ``here`` is the class
    of them all, ``sos`` that of a service that is named instead of a number. ``abroad`` maps 112
    and 911 behind other calling codes, where those mean nothing else, to their class.
    """

    def __init__(self, table: NumberingTable, home: Home) -> None:
        self._table = table
        self.here = NumberClass(home.country, "emergency", valid=True)
        self.sos = NumberClass(None, "emergency", valid=True)
        national = set(home.emergency)
        if home.country == china.COUNTRY:
            national.update(china.EMERGENCY_CODES)
        free = {code for code in WITHOUT_SIM if _is_free(table, home, code)}
        calling_code = home.calling_code
        codes = sorted(national | free | set(ALWAYS))
        numbers = {code: f"+{calling_code}{code}" for code in codes}
        self.national: dict[str, str] = dict(numbers)
        before = codes_of_digits(home.country, calling_code)
        for code, number in numbers.items():
            for form in (home.trunk + code, calling_code + code, f"00{calling_code}{code}"):
                if _is_free(table, home, form):
                    self.national.setdefault(form, number)
            # No local number begins with a service code, whatever a wide pattern says.
            for form in (service + code for service in before):
                if not isinstance(table.entry(calling_code + form), NumberClass):
                    self.national.setdefault(form, number)
        self.international: dict[str, str] = {
            calling_code + code: number for code, number in numbers.items()
        }
        # A code behind a plus ("+112"), unless it says something else there.
        for code, number in numbers.items():
            if not code.startswith(calling_code) and not _means_something(table.entry(code)):
                self.international.setdefault(code, number)
        self.abroad = dict(_abroad(table, calling_code))
        # Extra digits behind a code do not stop the call from connecting in most countries.
        longest_first = sorted(national, key=lambda code: (-len(code), code))
        self._starts = () if home.exact_emergency else tuple(longest_first)

    def begins(self, digits: str) -> bool:
        """Whether the digits begin with an emergency number of home."""
        return digits.startswith(self._starts)

    def dialled(self, digits: str) -> str | None:
        """The canonical number if these digits, no valid number otherwise, reach help."""
        known = self.national.get(digits)
        if known is None and digits.startswith(self._starts):
            start = next(start for start in self._starts if digits.startswith(start))
            extra = digits[len(start) :]
            few = len(extra) <= MOST_EXTRA_DIGITS or extra == start
            if few and not isinstance(self._table.entry(digits), NumberClass):
                known = self.national[start]
        return known

    def among_service_codes(self, text: str) -> str | None:
        """The canonical number if the text, in folded characters, reaches help.

        Understood are vertical service codes in front (``*67 911``, ``#31#110``), an end signal
        and what is sent after the answer behind it (``110#``, ``110,,1``).
        """
        for number in numbers_dialled(text):
            plus = number[0] == "+"
            known = self.international.get(number[1:]) if plus else self.dialled(number)
            if known is not None:
                return known
        return None


def numbers_dialled(text: str) -> Iterator[str]:
    """The numbers, digits with or without a plus, that a text may dial behind service codes.

    The text is in folded characters, as :func:`callguard.numbering.text.read` leaves it.
    """
    signs = dialled_signs(text)
    if signs is not None:
        yield from _numbers(signs.rstrip("*"))


def _numbers(signs: str) -> Iterator[str]:
    if signs.removeprefix("+").isdigit():
        yield signs
    for rest in _behind_service_codes(signs):
        yield from _numbers(rest)


def dialled_signs(text: str) -> str | None:
    """The digits, ``*`` (for ``#`` too) and ``+`` that a text in folded characters dials.

    None if there is anything else in it that is not mere punctuation.
    """
    if any(character.isalnum() for character in text if not character.isascii()):
        return None
    dialled = _PUNCTUATION.sub("", text)
    behind = _PAUSE_BEHIND_CODE.match(dialled)
    if behind is not None:
        dialled = behind[1] + dialled[behind.end() :]
    signs = _AFTER_ANSWER.sub("", dialled).rstrip("+")
    if signs[-1:] in ("F", "f"):
        signs = signs[:-1]
    signs = signs.translate(_SIGNS)
    return signs if signs and signs.strip("*+0123456789") == "" else None


def _behind_service_codes(signs: str) -> Iterator[str]:
    """What may be the number behind the service code that ``signs`` begin with."""
    match = _SERVICE_CODE.match(signs)
    if match is not None:
        yield signs[match.end() :]
    for length in (3, 4, 5):  # *67911, **67911, *272911
        match = _SERVICE_CODE_WITHOUT_END.fullmatch(signs[:length])
        if match is not None and len(signs) > length:
            yield signs[length:]


def _abroad(table: NumberingTable, calling_code: str) -> Iterator[tuple[str, NumberClass]]:
    """112 and 911 behind every calling code but home's: every terminal knows them."""
    for country, rules in table.homes.items():
        code: str = rules["calling_code"]
        for number in ALWAYS if rules["main"] and code != calling_code else ():
            if not _means_something(table.entry(code + number)):
                yield code + number, NumberClass(country, "emergency", valid=True)


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
