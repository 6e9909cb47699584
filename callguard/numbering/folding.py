"""Characters of all scripts, as a number means them: ASCII digits, separators, or nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from callguard.characters import blank_characters, imitations, is_ignorable

# What may stand between the digits of any number and says nothing (ITU-T E.123, RFC 3966).
SEPARATORS: Final = " -.()/[]~"
# The same in other scripts, as far as their category does not say so.
_LIKE_SEPARATORS: Final = {
    "\t": " ",
    "\n": " ",
    "\r": " ",
    "\u00b7": ".",  # middle dot, as name lists print it
    "\u2027": ".",
    "\u2053": "~",  # swung dash
    "\u2212": "-",  # minus sign
    "\u223c": "~",
    "\u3002": ".",  # ideographic full stop, a dot in domain names (UTS #46)
    "\u30fb": ".",  # katakana middle dot
    "\u30fc": "-",  # long vowel mark
}
_BY_CATEGORY: Final = {
    "Zs": " ",
    "Zl": " ",
    "Zp": " ",
    "Pd": "-",
    "Ps": "(",
    "Pe": ")",
    "Pi": "",
    "Pf": "",
    "Cc": "",
    "Cf": "",
    "Mn": "",
    "Mc": "",
    "Me": "",
}
# Letters that look like a digit, under the Latin letter that both look like (UTS #39).
_LIKE_DIGITS: Final = {"o": "0", "l": "1", "i": "1"}
# Letters that look like a digit and like no Latin letter, case-folded (UTS #39, confusables.txt).
_LIKE_OTHER_DIGITS: Final = {
    "\u01a8": "2",  # Latin tone two
    "\u01b7": "3",  # ezh
    "\u0292": "3",
    "\u021d": "3",  # yogh
    "\u0437": "3",  # Cyrillic ze
    "\u04e1": "3",  # Abkhasian dze
    "\u13ce": "4",  # Cherokee se
    "\u01bd": "5",  # tone five
    "\u0431": "6",  # Cyrillic be
    "\u13ee": "6",  # Cherokee wv
    "\u0223": "8",  # ou
}
_ASCII: Final = 0x80
# A caller chooses the characters: what is remembered of them is bounded.
_REMEMBERED: Final = 4096
_SAID: Final = 8


class _Folded(dict[int, str]):
    """What each character stands for, worked out when it is first seen."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


def fold(text: str) -> str:
    """The text with every character as a number means it.

    Decimal digits of every script, circled, raised and written ones (``①``, ``²``, ``壹``) become
    ASCII digits, separators of every script those of ASCII. Marks (a keycap, an accent), control
    characters and characters that nobody sees are left out. Anything else is in its compatibility
    form (NFKC), character by character.
    """
    return text.translate(_FOLDED)


def repairs(text: str) -> list[str]:
    """The characters that :func:`fold` leaves out or reads as digits, each once."""
    if text.isascii() and text.isprintable():
        return []
    return [character for character in dict.fromkeys(text) if _is_repair(character)]


def like_digit(character: str) -> str | None:
    """The digit that a letter looks like (Cyrillic ``О``, ``З``, not Latin O); None if none."""
    if character.isascii():
        return None
    folded = character.casefold()
    other = _LIKE_OTHER_DIGITS.get(folded)
    return other or _LIKE_DIGITS.get(imitations().get(folded, ""))


def named(characters: Iterable[str]) -> str:
    """Characters by code point, each once and eight at most: ``U+FE0F U+041E``."""
    once = [*dict.fromkeys(characters)]
    said = " ".join(f"U+{ord(character):04X}" for character in once[:_SAID])
    return f"{said} …" if len(once) > _SAID else said


def _is_repair(character: str) -> bool:
    folded = _FOLDED[ord(character)]
    if folded == character:
        return False
    # A symbol that is drawn as nothing is no space.
    return not folded or folded.isalnum() or unicodedata.category(character) == "So"


def _fold(character: str) -> str:
    like = _LIKE_SEPARATORS.get(character)
    if like is not None:
        return like
    if ord(character) < _ASCII:
        # Line ends apart, control characters are nothing that anybody dialled.
        return character if character.isprintable() else ""
    if is_ignorable(character):
        return ""
    if character in blank_characters():
        return " "
    value = unicodedata.numeric(character, None)
    if value is not None and value in range(10):
        return str(int(value))
    by_category = _BY_CATEGORY.get(unicodedata.category(character))
    if by_category is not None:
        return by_category
    meant = unicodedata.normalize("NFKC", character)
    return character if meant == character else fold(meant)


_FOLDED: Final = _Folded()
_FOLDED.update({code: _fold(chr(code)) for code in range(_ASCII)})
