"""Checks of single values: numbers, words of a choice, text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

from callguard.numbering import rewritten
from callguard.records.fields import CHOICES, RAW_FIELDS, FieldType

# A call of more than 30 years is a broken clock.
LONGEST_S: Final = 1e9
# ITU-T Q.850 causes are 0 to 127, SIP response codes 100 to 699.
HIGHEST_CAUSE: Final = 999

TEXT_KEYS: Final = frozenset(
    key
    for key, kind in RAW_FIELDS.items()
    if kind in (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)
)
NUMBER_KEYS: Final = frozenset(
    key for key, kind in RAW_FIELDS.items() if kind is FieldType.NUMBER_TEXT
)
NUMERIC_KEYS: Final = frozenset(
    key for key, kind in RAW_FIELDS.items() if kind is FieldType.NUMERIC
)
# Choice key -> any-case word in lower case -> the record's spelling of it.
SPELLINGS: Final[dict[str, dict[str, str]]] = {
    key: {word.lower(): word for word in CHOICES[key]}
    for key, kind in RAW_FIELDS.items()
    if kind is FieldType.ENUM
}

_SHOWN = 60
_WRITTEN_NUMBER: Final = re.compile(r"-?\d{1,18}(\.\d{0,9})?", re.ASCII)
# No text that stands for a withheld number, and no number.
UNREADABLE: Final = "?"
# A number has at most 21 digits in any plan.
_BEYOND_NUMBERS: Final = 10**21
_CALLER_NUMBERS: Final = frozenset({"asserted_identity", "calling_party_number"})
# What says who calls.
_CALLER_KEYS: Final = frozenset(
    {
        "asserted_identity",
        "calling_party_number",
        "display_name",
        "identity",
        "redirecting_number",
    }
)


def show(value: object) -> str:
    """A short, safe picture of a wrong value for an error message."""
    if isinstance(value, str):
        cut = value[:_SHOWN]
        return repr(cut) + ("..." if len(value) > _SHOWN else "")
    if value is None or isinstance(value, (bool, float)):
        return repr(value)
    if isinstance(value, int):
        # Python refuses to print integers of thousands of digits.
        return repr(value) if -(2**64) < value < 2**64 else "an integer beyond 64 bits"
    return f"a value of type {type(value).__name__}"


def parse_numeric(key: str, value: object) -> int | float | None:
    """The value of ``cause``, ``duration_s`` or ``ring_s``; None if it is wrong.

    ``cause`` is a whole number from 0 to 999, durations are seconds from 0 to 10^9.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if key == "cause":
        return int(value) if 0 <= value <= HIGHEST_CAUSE and value == int(value) else None
    return value if 0 <= value <= LONGEST_S else None


def written_number(text: str) -> int | float | str:
    """The number that a text is, without blanks around it; such a text itself if it is none.

    No exponents: a spreadsheet that writes 1.71E+09 has already lost the event's time.
    """
    text = text.strip()
    if _WRITTEN_NUMBER.fullmatch(text) is None:
        return text
    return float(text) if "." in text else int(text)


def clean_text(value: object) -> str | None:
    """The text, with lone surrogates (which no encoding can carry) replaced by U+FFFD.

    None if the value is not a string.
    """
    if not isinstance(value, str):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def untyped_number(key: str, value: object) -> str | None:
    """A number that says who calls and is not a text, as text; None if it counts as absent.

    The digits of a whole number are those that were meant. Any other calling number becomes a text
    that is unreadable as a number: were it absent, a wrong type would hide a caller from rules.
    """
    if key not in _CALLER_NUMBERS:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _BEYOND_NUMBERS:
        return str(value)
    return UNREADABLE if key == "calling_party_number" else None


def expected(key: str) -> str:
    """What a record key should hold, in words."""
    if key == "at":
        return (
            "seconds since 1970 UTC (not milliseconds) or an RFC 3339 time with offset "
            "such as 2024-05-01T08:30:00+08:00"
        )
    if key == "cause":
        return f"a whole number from 0 to {HIGHEST_CAUSE}"
    if key in NUMERIC_KEYS:
        return "a number of seconds, 0 or more"
    if key in SPELLINGS:
        return "one of " + ", ".join(CHOICES[key])
    if RAW_FIELDS.get(key) is FieldType.NUMBER_TEXT:
        return "the number as signalled, a string (quote it, so that its + or 0 survives)"
    return "a string"


def fault(key: str, value: object, *, shown: bool = True) -> str:
    """What is wrong with a value: the key, what was found (if that is shown), what was expected."""
    found = show(value) if shown else "a withheld value that cannot be used"
    return f"{key}: found {found}, expected {expected(key)}"


def withheld(mapping: Mapping[str, object]) -> Collection[str]:
    """The keys of a record whose values nobody may read in a message: who the caller is.

    Their presentation is restricted (ITU-T Q.763 clause 3.10, RFC 3323). A presentation that
    cannot be read may have meant that.
    """
    presentation = mapping.get("presentation")
    if presentation is None:
        return ()
    word = presentation.strip().lower() if isinstance(presentation, str) else ""
    return () if word == "allowed" else _CALLER_KEYS


def number_fault(key: str, number: str) -> str:
    """What is wrong with a number that a spreadsheet rewrote; ``""`` if that is not so.

    The number is not quoted: the caller may withhold it.
    """
    found = rewritten(number)
    if not found:
        return ""
    return f"{key}: found {found}, expected {expected(key)}; format the column as text"
