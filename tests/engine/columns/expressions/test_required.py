"""Texts that must be in a value for an expression to be found there."""

from __future__ import annotations

import sys

import pytest
import re2
from hypothesis import given

from callguard.engine.columns.expressions import syntax
from callguard.engine.columns.expressions.required import Text, fold, has_one_fold, required
from tests.strategies.expressions import expressions, texts

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]


def is_in(text: Text, value: str) -> bool:
    return text.text in (fold(value) if text.folded else value)


@given(expressions, texts)
def test_a_value_without_any_of_them_does_not_match(expression: str, value: str) -> None:
    needed = required(syntax.read(expression))
    if needed is not None and re2.search(expression, value) is not None:
        assert any(is_in(text, value) for text in needed)


def written(expression: str) -> set[str] | None:
    needed = required(syntax.read(expression))
    return None if needed is None else {f"{'i:' * text.folded}{text.text}" for text in needed}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("prize", {"prize"}),
        ("(?i)Prize", {"i:prize"}),
        ("(?i)win.{0,40}prize", {"i:prize"}),
        ("win|lottery", {"win", "lottery"}),
        ("(win|lottery) +[0-9]+", {"win", "lottery"}),
        ("https?://", {"http://", "https://"}),
        ("(ab){2}", {"abab"}),
        ("(ab)+", {"ab"}),
        (r"^\d{3}-\d{4}$", None),
        ("(win)?x*", None),
        ("win|[0-9]+", None),
        ("[ab]c", {"ac", "bc"}),
        ("公安([^县縣]|$)", {"公安"}),
        ("A(?i:b1)", {"i:ab1"}),
        ("(?i:12)a", {"12a"}),
        (r"\bwin\b", {"win"}),
        ("(?i)straße", {"i:stra"}),
    ],
)
def test_by_example(expression: str, expected: set[str] | None) -> None:
    assert expected == written(expression)


def test_folding_is_that_of_re2() -> None:
    """Where letters with case are. Characters of which one alone has a bit must be found alone."""
    letters = [range(0x3000), range(0xA000, 0xAC00), range(0xF900, 0x10000)]
    further = [range(0x10400, 0x11000), range(0x16E00, 0x16F00), range(0x1E900, 0x1EA00)]
    some = [chr(code) for codes in (*letters, *further) for code in codes]
    known = [char for char in some if has_one_fold(char)]
    number = {low: at for at, low in enumerate(dict.fromkeys(map(fold, known)), start=1)}
    text = "".join(known)
    for bit in range(len(number).bit_length()):
        having = [char for char in known if number[fold(char)] >> bit & 1]
        found = re2.findall(
            "(?i)[" + "".join(f"\\x{{{ord(char):x}}}" for char in having) + "]", text
        )
        assert having == found


def test_a_character_folds_to_one_character() -> None:
    assert "straße" == fold("STRAßE")
    assert all(1 == len(fold(char)) for char in EVERY)
