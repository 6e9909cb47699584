"""The shipped tables of characters: what they hold, and what they leave alone."""

from __future__ import annotations

import unicodedata
from importlib import resources

import pytest

from callguard import characters

LATIN = frozenset("abcdefghijklmnopqrstuvwxyz")


@pytest.mark.parametrize(
    "character",
    [
        "\u00ad",  # soft hyphen
        "\u034f",  # combining grapheme joiner
        "\u115f",  # Hangul choseong filler
        "\u180e",  # Mongolian vowel separator
        "\u200b",  # zero width space
        "\u200d",  # zero width joiner
        "\u202e",  # right-to-left override
        "\u2060",  # word joiner
        "\u3164",  # Hangul filler
        "\ufe0f",  # variation selector-16
        "\ufeff",  # byte order mark
        "\uffa0",  # half-width Hangul filler
        "\U000e0031",  # tag digit one
        "\U000e01ef",  # variation selector-256
    ],
)
def test_invisible_characters_are_ignorable(character: str) -> None:
    assert characters.is_ignorable(character)
    assert "+861" == characters.without_ignorables(f"{character}+86{character}1{character}")


@pytest.mark.parametrize("character", list("a0+- \u00a0\u0301\u2800安П\U0001f600"))
def test_what_can_be_seen_or_takes_room_is_not(character: str) -> None:
    assert not characters.is_ignorable(character)
    assert character == characters.without_ignorables(character)


def test_every_format_character_without_a_form_is_ignorable() -> None:
    """General category Cf, less the signs that are drawn and those of annotations (UAX #44)."""
    drawn = {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN", "INTERLINEAR"}
    formats = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    assert [] == [
        f"U+{ord(character):04X}"
        for character in formats
        if not characters.is_ignorable(character)
        and unicodedata.name(character).split()[0] not in drawn
    ]


def test_every_space_is_blank() -> None:
    spaces = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] == "Z"}
    assert spaces <= characters.blank_characters()
    assert "\u2800" in characters.blank_characters()


def test_what_imitates_is_read_as_what_it_shows() -> None:
    shown = {"р": "p", "о": "o", "ӏ": "l", "і": "i", "с": "c", "е": "e"}  # Cyrillic
    shown |= {"β": "b", "α": "a", "ν": "n", "κ": "k"}  # Greek, whose capitals are Latin ones
    shown |= {"ʙ": "b", "ᴀ": "a", "ɴ": "n", "ᴋ": "k"}  # small capitals
    shown |= {"🅿": "p", "🇵": "p", "ø": "o", "ı": "i", "エ": "工", "⻔": "门"}
    assert shown == {character: characters.imitations()[character] for character in shown}


def test_what_is_no_imitation_stays() -> None:
    imitations = characters.imitations()
    assert not any(source.isascii() or source.isdecimal() for source in imitations)
    for plain in "公安银行一〇经日工경찰はいبنكשטר":
        assert plain not in imitations


def test_an_imitation_leads_to_letters_that_are_none_themselves() -> None:
    for source, target in characters.imitations().items():
        assert set(target) <= LATIN or "CJK UNIFIED" in unicodedata.name(target), source
        assert not set(target) & characters.imitations().keys(), source


def test_version_and_licence_are_stated() -> None:
    folder = resources.files("callguard.characters")
    assert "17.0.0" == characters.UNICODE_VERSION
    assert "SPDX-License-Identifier: Unicode-3.0" in folder.joinpath(
        "UNICODE-LICENSE.txt"
    ).read_text(encoding="utf-8")
    assert "UNICODE-LICENSE.txt" in folder.joinpath("unicode.json").read_text(encoding="utf-8")
