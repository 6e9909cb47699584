"""A number among characters that do not belong there is that number, or is no number at all."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from callguard.characters import is_ignorable
from callguard.numbering import NumberingPlan
from callguard.numbering.text import MAX_TEXT, NotANumber, Withheld, read

plan_of = cache(NumberingPlan)

NUMBERS = (
    ("CN", "+8613800138000"),
    ("CN", "008613800138000"),
    ("CN", "13800138000"),
    ("CN", "02161234567"),
    ("DE", "+4915123456789"),
    ("US", "+12025550123"),
    ("GB", "+442079460000"),
)
UNSEEN = [chr(code) for code in range(sys.maxunicode + 1) if is_ignorable(chr(code))]
MARKS = [
    chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "M"
]
ANYWHERE = st.one_of(
    st.sampled_from(UNSEEN),
    st.sampled_from(MARKS),
    st.sampled_from(" -()/\t\0\x7f\x85\u00a0\u2011\u2800\u3000\"'`"),
)
AROUND = st.one_of(ANYWHERE, st.sampled_from("\"'_,;:!?&=|^<>{}\uff0c\uff1f\u201c"))
VALUES = {
    str(int(value)): [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.numeric(chr(code), None) == value and not 0x2150 <= code < 0x2160
    ]
    for value in range(10)
}


@st.composite
def dressed(draw: st.DrawFn) -> tuple[str, str, str]:
    """(home, number, the number among characters that can be told from it)."""
    home, number = draw(st.sampled_from(NUMBERS))
    signs = []
    for sign in number:
        signs.append(draw(ANYWHERE) if draw(st.integers(0, 4)) == 0 else "")
        other = sign in VALUES and draw(st.integers(0, 4)) == 0
        signs.append(draw(st.sampled_from(VALUES[sign])) if other else sign)
    before = draw(st.text(AROUND, max_size=4))
    behind = draw(st.text(st.one_of(AROUND, st.sampled_from("*#")), max_size=4))
    return home, number, before + "".join(signs) + behind


@given(dressed())
def test_the_number_is_read_all_the_same(given: tuple[str, str, str]) -> None:
    home, number, text = given
    e164 = plan_of(home).classify(text)[0]
    if ";" in text or "<" in text or ">" in text:  # what is a parameter or a name is left out
        assert e164 in (None, plan_of(home).classify(number)[0])
    else:
        assert plan_of(home).classify(number)[0] == e164


@given(st.sampled_from(NUMBERS), st.text(max_size=6), st.integers(0, 14))
@example(("CN", "+8613800138000"), "\u0660", 14)
def test_any_text_within_a_number_leaves_a_number_or_none(
    given: tuple[str, str], junk: str, place: int
) -> None:
    home, number = given
    text = number[:place] + junk + number[place:]
    e164, number_class = plan_of(home).classify(text)
    assert e164 is not None or number_class.kind in ("invalid", "unknown")
    # Nothing but a word for a withheld number is one.
    assert not isinstance(read(text), Withheld)


def test_junk_without_end_is_no_number() -> None:
    assert isinstance(read("1" + "\ufe0f" * MAX_TEXT), NotANumber)
