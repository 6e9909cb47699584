"""Names and reasons as people type them, made fit for the journal."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 500
_NAME: Final = 100
# Identity documents have no place in a journal: 18 characters (GB 11643: 17 digits and a digit or
# X), or the 15 digits of before 1999, which a telephone number with its plus sign is not. Nothing
# else that people write has so many digits in one piece, but for numbers of bank cards.
_PIECE: Final = r"(?P<piece>[0-9]{16,}[Xx]?|[0-9]{15}[Xx]|(?<!\+)[0-9]{15})"
# What may stand between the digits of a document that somebody wrote for people to read.
_GAP: Final = r"[ \-._/·]{0,2}"
# Matches are empty, at every place where a document may begin: they may overlap.
_DOCUMENT: Final = re.compile(
    rf"(?<![0-9])(?={_PIECE})"
    rf"|(?<![0-9])(?=(?P<new>[0-9](?:{_GAP}[0-9]){{16}}{_GAP}(?:[0-9](?![0-9])|[Xx])))"
    rf"|(?<![0-9])(?=(?P<old>[0-9](?:{_GAP}[0-9]){{14}})(?![0-9]))"
)
_DAY: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_BORN: Final = re.compile(
    rf"[0-9]{{6}}(?:(?:18|19|20)[0-9]{{2}}{_DAY}.{{4}}|[0-9]{{2}}{_DAY}.{{3}})"
)
MASK: Final = "[identity document left out]"


def clean(text: str, longest: int = LONGEST) -> str:
    """Free text on one line: NFC, white space squeezed, control and format characters left out.

    What looks like an identity document is replaced by ``MASK``: 15 digits or more in one piece, or
    15 or 18 in several if there is a day of birth in them. The end of a long text is cut.
    """
    shown = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", text)
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    # Full-width digits are digits; the text itself keeps its form, so places are the same in both.
    plain = "".join(map(_plain, shown))
    parts, end = [], 0
    for found in _DOCUMENT.finditer(plain):
        name = found.lastgroup or ""
        start, stop = found.span(name)
        if start >= end and (name == "piece" or _BORN.fullmatch(re.sub(_GAP, "", found[name]))):
            parts += [shown[end:start], MASK]
            end = stop
    return " ".join("".join([*parts, shown[end:]]).split())[:longest].rstrip()


def _plain(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    # A superscript is no digit of a number that it stands beside.
    return folded if len(folded) == 1 and not folded.isdecimal() else character


def person_of(name: str) -> str:
    """One form for all spellings of a person's name: NFKC, case folded, white space squeezed.

    Characters that do not show (zero-width ones) are left out, or they would make two people out
    of one. Empty if nothing is left.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return clean(unicodedata.normalize("NFKC", folded), _NAME)


def shown_name(name: str) -> str:
    """A person's name as the journal shows it."""
    return clean(name, _NAME)
