"""Every character of Unicode as a number means it."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from callguard.characters import is_ignorable
from callguard.numbering.folding import SEPARATORS, fold, like_digit, named, repairs

ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def test_decimal_digits_of_every_script_are_digits() -> None:
    digits = [character for character in ALL if character.isdecimal()]
    assert len(digits) > 600
    assert [str(unicodedata.decimal(digit)) for digit in digits] == [fold(d) for d in digits]


def test_what_nobody_sees_is_left_out() -> None:
    ignorable = [character for character in ALL if is_ignorable(character)]
    assert len(ignorable) > 4000
    assert {""} == {fold(character) for character in ignorable}


def test_marks_are_left_out_and_spaces_separate() -> None:
    marks = [character for character in ALL if unicodedata.category(character)[0] == "M"]
    assert ["\U00016fe4"] == [mark for mark in marks if fold(mark)]  # a filler that takes room
    spaces = [character for character in ALL if character.isspace() and character >= "\x80"]
    assert {" "} == {fold(character) for character in spaces if character != "\x85"}


def test_ascii_stays_as_it_is_but_for_control_characters() -> None:
    printable = "".join(chr(code) for code in range(32, 127))
    assert printable == fold(printable)
    assert " \n".replace("\n", " ") == fold(" \n")
    assert "" == fold("\0\x7f\x1b")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("①⓪⑩", "1010"),
        ("²₃⒈⑴", "2311"),
        ("壹贰叁肆伍陆柒捌玖零", "1234567890"),
        ("一二三四五六七八九〇", "1234567890"),
        ("Ⅲ〣", "33"),
        ("½", "1⁄2"),  # a fraction is no digit
        ("十廿", "十廿"),
        ("ａｂｃ", "abc"),
        ("＋﹢⁺", "+++"),
        ("（）［］「」", "()()()"),
    ],
)
def test_characters_with_a_value(text: str, folded: str) -> None:
    assert folded == fold(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+86 138-0013.8000", ""),
        ("+86\u00a0138\u20110013\u30008000", ""),
        ("+86\ufe0f138\ufe0f", "U+FE0F"),
        ("1①1\u3164\u2800", "U+2460 U+3164 U+2800"),
        ("1\0", "U+0000"),
    ],
)
def test_repairs_name_what_is_more_than_a_separator(text: str, found: str) -> None:
    assert found == named(repairs(text))


def test_eight_characters_are_named_and_no_more() -> None:
    assert "U+0061 U+0062 U+0063 U+0064 U+0065 U+0066 U+0067 U+0068 …" == named("abcdefghij")


@pytest.mark.parametrize(
    ("letter", "digit"), [("О", "0"), ("о", "0"), ("Ο", "0"), ("Ӏ", "1"), ("O", None), ("Ж", None)]
)
def test_letters_that_look_like_digits(letter: str, digit: str | None) -> None:
    assert digit == like_digit(letter)


def test_separators_are_separators_of_ascii() -> None:
    assert SEPARATORS.isascii()
    assert SEPARATORS == fold(SEPARATORS)
