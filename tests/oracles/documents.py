"""The two detectors of identity documents that version 0.1.0 had, as they were: oracles.

``looks_like_document`` judged the rows of feeds, ``masked_spans`` is where ``clean`` put its mask.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_GAP: Final = r"[ \-._/·]{0,2}"
_DIGIT: Final = "[0-9]"
_MONTH: Final = f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])"
_DAY: Final = f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])"
_CENTURY: Final = f"(?:1{_GAP}[89]|2{_GAP}0)"
_NEW: Final = _GAP.join(
    [*[_DIGIT] * 6, _CENTURY, *[_DIGIT] * 2, _MONTH, _DAY, *[_DIGIT] * 3, "[0-9Xx]"]
)
_OLD: Final = _GAP.join([*[_DIGIT] * 8, _MONTH, _DAY, *[_DIGIT] * 3])
_DOCUMENT: Final = re.compile(f"(?<![0-9])(?:{_NEW}|(?<!\\+){_OLD})(?![0-9])")
_DIGEST: Final = re.compile("[0-9A-Fa-f]{32,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def looks_like_document(text: str) -> bool:
    if len(text) < 15:
        return False
    plain = text if text.isascii() else "".join(map(_feed, unicodedata.normalize("NFKC", text)))
    return _DOCUMENT.search(plain) is not None and _DIGEST.fullmatch(plain) is None


def _feed(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    if category == "Pd" or character == "\u2212":
        return "-"
    if category == "Zs":
        return " "
    return "" if category in {"Cf", "Mn"} else character


_PIECE: Final = r"(?P<piece>[0-9]{16,}[Xx]?|[0-9]{15}[Xx]|(?<!\+)[0-9]{15})"
_MASKED: Final = re.compile(
    rf"(?<![0-9])(?={_PIECE})"
    rf"|(?<![0-9])(?=(?P<new>[0-9](?:{_GAP}[0-9]){{16}}{_GAP}(?:[0-9](?![0-9])|[Xx])))"
    rf"|(?<![0-9])(?=(?P<old>[0-9](?:{_GAP}[0-9]){{14}})(?![0-9]))"
)
_BIRTHDAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BORN: Final = re.compile(
    rf"[0-9]{{6}}(?:(?:18|19|20)[0-9]{{2}}{_BIRTHDAY}.{{4}}|[0-9]{{2}}{_BIRTHDAY}.{{3}})"
)


def masked_spans(shown: str) -> list[tuple[int, int]]:
    plain = "".join(map(_free, shown))
    spans, end = [], 0
    for match in _MASKED.finditer(plain):
        name = match.lastgroup or ""
        start, stop = match.span(name)
        if start >= end and (name == "piece" or _BORN.fullmatch(re.sub(_GAP, "", match[name]))):
            spans.append((start, stop))
            end = stop
    return spans


def _free(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and not folded.isdecimal() else character


def plain_telephone(shown: str, start: int, end: int) -> bool:
    """Whether a span is all of a plus sign and at most 15 digits behind it."""
    plain = "".join(map(_free, shown))
    return re.fullmatch(r"\+[0-9]{1,15}", plain[max(0, start - 1) : end]) is not None
