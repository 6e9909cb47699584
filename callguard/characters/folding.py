"""One form for all texts that a reader takes for the same: names folded for comparison."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from callguard.characters.tables import blank_characters, imitations, is_ignorable

# Marks that belong to no script of their own: accents, strokes, enclosing shapes. Those of a
# script (vowel signs of Devanagari, points of Hebrew) carry its meaning and stay.
_MARKS: Final = (
    (0x0300, 0x036F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE20, 0xFE2F),
)
# Annotation characters and object replacement: not shown, though not "default ignorable".
_UNSEEN: Final = frozenset("\ufff9\ufffa\ufffb\ufffc")
_HAN_PLANES: Final = 0x20000
_HANGUL: Final = "\u1100"
_SPACES: Final = re.compile(" +")
# Texts of a call are short; what is longer is not worth keeping.
_REMEMBERED: Final = 4096
_LONGEST_REMEMBERED: Final = 128


def fold(text: str) -> str:
    """The text as it is compared under a field that ends in ``.folded``.

    NFKC and case folding (Unicode Standard sections 3.11 and 3.13); default ignorable code points,
    controls and accents left out; decimal digits of every script as ASCII digits; letters that
    imitate Latin ones (UTS #39) as those; every run of spaces and blanks as one space, none at the
    ends. Folding a folded text changes nothing, and but for spaces at the seam the folded parts
    of a text are the parts of the folded text. ASCII letters, digits and punctuation stay as they
    are: ``0`` is no ``o``.
    """
    if text.isascii() and text.isprintable():
        if "  " in text or text[:1] == " " or text[-1:] == " ":
            return " ".join(text.lower().split())
        return text.lower()
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else fold_plainly(text)


def fold_part(text: str) -> str:
    """A part of a text, folded so that it is found in the folded text: a space at an end stays."""
    return fold(f"x{text}x")[1:-1]


def fold_plainly(text: str) -> str:
    """What :func:`fold` gives, without its short cuts: the definition."""
    # What looks like a letter does so before NFKC, which reads U+03F2, drawn as c, as a sigma.
    looking = text.casefold().translate(_FORMS)
    if unicodedata.is_normalized("NFKC", looking):
        return _SPACES.sub(" ", looking).strip(" ")
    composed = unicodedata.normalize("NFKC", looking).casefold()
    shown = unicodedata.normalize("NFKC", composed).translate(_FORMS)
    # A mark that was dropped may have kept two characters apart.
    return _SPACES.sub(" ", unicodedata.normalize("NFC", shown)).strip(" ")


_remembered = lru_cache(maxsize=_REMEMBERED)(fold_plainly)


class _Forms(dict[int, str]):
    """The folded form of each character that was seen; ``str.translate`` asks for the others."""

    def __missing__(self, code: int) -> str:
        # Beyond are rare Han, which stay, and invisible tags: callers cannot fill the memory.
        if code >= _HAN_PLANES:
            return "" if is_ignorable(chr(code)) else chr(code)
        form = self[code] = _form(chr(code))
        return form


def _form(character: str) -> str:
    if character.isspace() or character in blank_characters():
        return " "
    if is_ignorable(character) or character in _UNSEEN or _is_mark(character):
        return ""
    if unicodedata.category(character) == "Cc":
        return ""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    imitated = imitations().get(character)
    if imitated is not None:
        return imitated
    parts = unicodedata.normalize("NFD", character)
    if len(parts) > 1 and parts < _HANGUL and all(map(_is_mark, parts[1:])):
        return _form(parts[0])
    return character


def _is_mark(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _MARKS)


_FORMS: Final = _Forms()
