from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.characters import printable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("公安局", "公安局"),
        ("a\tb", "a\tb"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines", "two\\nlines"),
        ("\ud800", "\\ud800"),
        ("\u202eturned", "\\u202eturned"),
    ],
)
def test_control_characters_are_escaped(text: str, expected: str) -> None:
    assert expected == printable(text)


@given(st.text())
def test_no_text_keeps_a_control_character(text: str) -> None:
    shown = printable(text)
    assert all(char.isprintable() or char == "\t" for char in shown)
