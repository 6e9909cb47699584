"""Identity documents in places where they do not belong.

Columns in disorder put documents where texts are kept as they are. What looks like one is refused.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What may stand between the signs of a document that somebody wrote for people to read.
_GAP: Final = r"[ \-._/·]{0,2}"
_SHORTEST: Final = 15
_MINUS: Final = "\u2212"


def _spaced(*parts: str) -> str:
    return _GAP.join(parts)


_DIGIT: Final = "[0-9]"
_MONTH: Final = f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])"
_DAY: Final = f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])"
_CENTURY: Final = f"(?:1{_GAP}[89]|2{_GAP}0)"
_REGION: Final = [_DIGIT] * 6
_YEAR: Final = [_DIGIT] * 2
_SERIAL: Final = [_DIGIT] * 3
# Resident identity numbers (GB 11643): region, day of birth, serial number, check digit. The
# older ones lack the century and the check digit.
_NEW: Final = _spaced(*_REGION, _CENTURY, *_YEAR, _MONTH, _DAY, *_SERIAL, "[0-9Xx]")
_OLD: Final = _spaced(*_REGION, *_YEAR, _MONTH, _DAY, *_SERIAL)
_DOCUMENT: Final = re.compile(f"(?<![0-9])(?:{_NEW}|(?<!\\+){_OLD})(?![0-9])")
# Digests and UUIDs have many digits, and say nothing.
_DIGEST: Final = re.compile("[0-9A-Fa-f]{32,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def looks_like_document(text: str) -> bool:
    """Whether an identity number stands anywhere in a text, in whatever way it is written."""
    if len(text) < _SHORTEST:
        return False
    plain = text if text.isascii() else "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    return _DOCUMENT.search(plain) is not None and _DIGEST.fullmatch(plain) is None


def _plain(character: str) -> str:
    """ASCII for digits, hyphens and spaces of all kinds; nothing for what does not show."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character == _MINUS:
        return "-"
    if category == "Zs":
        return " "
    return "" if category in {"Cf", "Mn"} else character
