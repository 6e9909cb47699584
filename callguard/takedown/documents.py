"""Identity documents in places where they do not belong: found, refused, masked.

Resident identity numbers (GB 11643-1999) have 18 characters: region (6 digits), day of birth (8),
serial number (3) and a check character, a digit or X. Those of before 1999 have 15 digits: the day
of birth has 6 and there is no check digit. People write them in groups, with wide or Arabic digits,
and with characters in between that do not show.

One detector, two questions. A feed asks :func:`looks_like_document` of the texts that it keeps as
they are, and refuses the row: only a number with a day of birth in it counts, since carriers count
up ids of 16 digits. Free text asks :func:`mask_documents`, which also takes what may be a document
without a readable day of birth: no person is harmed by a mask too many.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

MASK: Final = "[identity document left out]"

_SHORTEST: Final = 15
# What may be between the characters of a document that somebody wrote for people to read.
_GAP: Final = r"[ \-._/·]{0,2}"
_DIGIT: Final = "[0-9]"
_REGION: Final = [_DIGIT] * 6
_CENTURY: Final = f"(?:1{_GAP}[89]|2{_GAP}0)"
_YEAR: Final = [_DIGIT] * 2
_MONTH: Final = f"(?:0{_GAP}[1-9]|1{_GAP}[0-2])"
_DAY: Final = f"(?:0{_GAP}[1-9]|[12]{_GAP}[0-9]|3{_GAP}[01])"
_SERIAL: Final = [_DIGIT] * 3
_NEW: Final = _GAP.join([*_REGION, _CENTURY, *_YEAR, _MONTH, _DAY, *_SERIAL])
_OLD: Final = _GAP.join([*_REGION, *_YEAR, _MONTH, _DAY, *_SERIAL])
# A document that begins and ends where its run of digits does.
_WHOLE: Final = re.compile(f"(?<![0-9])(?:{_NEW}{_GAP}[0-9Xx]|(?<!\\+){_OLD})(?![0-9])")
# A telephone number is a plus sign and at most 15 digits in one piece (ITU-T E.164 §6).
_TELEPHONE: Final = re.compile(r"\+[0-9]{1,15}(?![0-9])")
# 15 digits or more in one piece, and documents in groups, whatever is before and behind them. The
# matches are empty, one at each position where something begins: they may overlap.
_POSSIBLE: Final = tuple(
    re.compile(f"(?<![0-9])(?=({pattern}))")
    for pattern in (
        "[0-9]{15,}[Xx]?",
        f"{_NEW}{_GAP}(?:[0-9](?![0-9])|[Xx])",
        f"{_OLD}(?![0-9])",
    )
)
# Digests and UUIDs have many digits, and say nothing.
_DIGEST: Final = re.compile("[0-9A-Fa-f]{32,}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class Span(NamedTuple):
    """A part of a text, from ``start`` up to, and without, ``end`` (characters)."""

    start: int
    end: int


def looks_like_document(text: str) -> bool:
    """Whether there is an identity number in a text, with a day of birth, however it is written.

    A text that is nothing but a digest or a UUID has none.
    """
    if len(text) < _SHORTEST:
        return False
    plain = text
    if not text.isascii():
        plain = "".join(map(_folded, unicodedata.normalize("NFKC", text)))
    return _WHOLE.search(plain) is not None and _DIGEST.fullmatch(plain) is None


def find_documents(text: str) -> list[Span]:
    """Where a text has what may be an identity document, in order; no two spans touch."""
    spans: list[Span] = []
    for span in sorted({span for reading in _readings(text) for span in reading.spans()}):
        if spans and span.start <= spans[-1].end:
            spans[-1] = Span(spans[-1].start, max(span.end, spans[-1].end))
        else:
            spans.append(span)
    return spans


def mask_documents(text: str) -> str:
    """The text with ``MASK`` in place of what may be an identity document.

    What :func:`looks_like_document` finds is never in the result.
    """
    parts, end = [], 0
    for span in find_documents(text):
        parts += [text[end : span.start], MASK]
        end = span.end
    masked = "".join([*parts, text[end:]])
    return MASK if looks_like_document(masked) else masked


class _Reading(NamedTuple):
    """A text in ASCII where it can be; ``positions`` says where each character is in the text."""

    plain: str
    positions: Sequence[int]

    def spans(self) -> Iterator[Span]:
        for start, end in _spans(self.plain):
            yield Span(self.positions[start], self.positions[end - 1] + 1)


def _spans(plain: str) -> Iterator[tuple[int, int]]:
    for match in _WHOLE.finditer(plain):
        yield match.span()
    telephones = {match.end() for match in _TELEPHONE.finditer(plain)}
    for pattern in _POSSIBLE:
        for match in pattern.finditer(plain):
            start, end = match.span(1)
            if not (plain[max(start - 1, 0) : start] == "+" and end in telephones):
                yield start, end


def _readings(text: str) -> Iterator[_Reading]:
    """The ways to read a text.

    A superscript is none of the digits that it is beside (a footnote), or it is one: both are
    tried. So are combining marks, which end a number or do not show.
    """
    yield _Reading("".join(map(_shown, text)), range(len(text)))
    if not text.isascii():
        for read in (_shown_bare, _compatible):
            pairs = [(sign, position) for position, one in enumerate(text) for sign in read(one)]
            yield _Reading("".join(sign for sign, _ in pairs), [position for _, position in pairs])


def _shown(character: str) -> str:
    """One character for one: digits, dashes and wide forms in ASCII, superscripts as they are."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if _is_dash(character):
        return "-"
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and not folded.isdecimal() else character


def _shown_bare(character: str) -> str:
    return "" if unicodedata.category(character) in {"Cf", "Mn"} else _shown(character)


def _compatible(character: str) -> str:
    return "".join(map(_folded, unicodedata.normalize("NFKC", character)))


def _folded(character: str) -> str:
    """ASCII for digits, dashes and spaces of all kinds; nothing for what does not show."""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if _is_dash(character):
        return "-"
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    return "" if category in {"Cf", "Mn"} else character


def _is_dash(character: str) -> bool:
    return unicodedata.category(character) == "Pd" or character == "\N{MINUS SIGN}"
