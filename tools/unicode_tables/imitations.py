"""Which characters are read as a Latin letter or as a Han character that they are not.

UTS #39 calls two texts confusable if their skeletons are equal. A skeleton is made for comparing
identifiers, not for reading: it turns ``m`` into ``rn``, ``1`` into ``l`` and U+5408 into Hangul.
What is kept of it here leaves ASCII, digits, Han, Hangul and right-to-left scripts as they are.
"""

from __future__ import annotations

import re
import unicodedata

from tools.unicode_tables.sources import Character, Sources

# Letters that neither decompose nor stand in confusables.txt, by their names: with a stroke, hook
# or tail, small capitals, and the white-on-black letters and flags that telephones show. Outlined
# letters decompose since Unicode 16, which not every supported Python knows.
_LATIN_NAME = re.compile(
    r"LATIN SMALL LETTER ([A-Z])(?: WITH .*)?"
    r"|LATIN LETTER SMALL CAPITAL ([A-Z])"
    r"|OUTLINED LATIN CAPITAL LETTER ([A-Z])"
    r"|NEGATIVE (?:CIRCLED|SQUARED) LATIN CAPITAL LETTER ([A-Z])"
    r"|REGIONAL INDICATOR SYMBOL LETTER ([A-Z])"
)
# Parts of Han characters, and Katakana that is drawn like one.
_HAN_PARTS = re.compile(r"(?:CJK RADICAL|CJK STROKE|KATAKANA LETTER) .*")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
_LATIN = re.compile("[a-z]{1,2}")


def imitations(sources: Sources) -> dict[str, str]:
    """Character after case folding -> the Latin letters or the Han character that it looks like."""
    found: dict[str, str] = {}
    for source, target in sources.confusables.items():
        character = sources.characters.get(source)
        if character is None or source.isascii() or _read_by_nfkc(character):
            continue
        if _HAN_PARTS.fullmatch(character.name):
            if _HAN.fullmatch(target):
                found[source] = target
        elif _may_imitate_latin(character):
            letters = _letters(target)
            if letters:
                found[source] = letters
    for source, character in sources.characters.items():
        named = _LATIN_NAME.fullmatch(character.name)
        outlined = character.name.startswith("OUTLINED")
        if named and not source.isascii() and (outlined or not character.decomposes):
            letter = next(filter(None, named.groups())).lower()
            found.setdefault(source, letter)
    return _after_case_folding(found, sources.case_folding)


def _read_by_nfkc(character: Character) -> bool:
    """True if decomposing gives what the character looks like.

    The lunate sigma is drawn as c and decomposes to a sigma of another form.
    """
    return character.decomposes and "LUNATE" not in character.name


def _may_imitate_latin(character: Character) -> bool:
    """Letters and symbols that run from left to right; a line of Arabic shows no Latin word."""
    return (
        character.category[0] in "LS"
        and character.bidi_class not in ("R", "AL")
        and not character.name.startswith(("HANGUL", "HIRAGANA", "KATAKANA", "BOPOMOFO", "CJK"))
    )


def _letters(skeleton: str) -> str:
    """The letters of a skeleton without its marks; ``""`` if they are not Latin.

    The skeleton of ``m`` is ``rn``.
    """
    bare = _MARKS.sub("", unicodedata.normalize("NFD", skeleton)).casefold()
    if bare == "rn":
        return "m"
    return bare if _LATIN.fullmatch(bare) else ""


def _after_case_folding(found: dict[str, str], folding: dict[str, str]) -> dict[str, str]:
    """Where a capital and its small letter look like different letters, the capital counts.

    Capitals are drawn alike (Greek Nu and N), small letters are only similar (nu and v). A capital
    whose skeleton is ``l`` may stand for I or for l; then the small letter counts.
    """
    folded: dict[str, str] = {}
    for source, letters in found.items():
        if source not in folding:
            folded.setdefault(source, letters)
    for source, letters in found.items():
        small = folding.get(source, source)
        if small != source and len(small) == 1 and not small.isascii():
            kept = folded.get(small)
            if kept is None or (letters != "l" and len(letters) == 1):
                folded[small] = letters
    return folded
