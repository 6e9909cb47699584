from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.takedown.documents import MASK
from callguard.takedown.journal.people import person_of
from callguard.takedown.text import LONGEST, clean

ID = "11010519491231002X"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ID, MASK),
        (f"身份证{ID}号", f"身份证{MASK}号"),
        (f"ID{ID}x, no{ID.lower()}", f"ID{MASK}x, no{MASK}"),
        ("１１０１０５１９４９１２３１００２Ｘ", MASK),
        ("110105491231002", MASK),
        ("110105-19491231-002X", MASK),
        ("1101 0519 4912 3100 2X", MASK),
        ("110105.491231.002", MASK),
        (f"tel 13800138000 {ID}", f"tel 13800138000 {MASK}"),
        (f"{ID} {ID}", f"{MASK} {MASK}"),
        ("110105\u200b19491231002X", MASK),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢١", MASK),
        (f"0{ID}", MASK),
        (f"13800138000{ID}2", f"{MASK}2"),
        (f"{ID}²", f"{MASK}²"),
        ("+11010519491231002", f"+{MASK}"),
        ("+8613800138000", "+8613800138000"),
        ("+442079460958123", "+442079460958123"),
        ("13800138000 13800138001", "13800138000 13800138001"),
        ("from 2026-11-24 on, 13800138000", "from 2026-11-24 on, 13800138000"),
        ("  a\n\tb\u3000c\x00\u200d ", "a b c"),
        ("ﬁ①", "ﬁ①"),
        ("", ""),
    ],
)
def test_free_text_is_made_fit(text: str, expected: str) -> None:
    assert expected == clean(text)


@given(st.text(max_size=600))
def test_clean_text_is_one_short_line_and_stays_clean(text: str) -> None:
    found = clean(text)
    assert len(found) <= LONGEST
    assert found.split() == found.split(" ") or not found
    assert not {"Cc", "Cf", "Cs", "Zl", "Zp"} & set(map(unicodedata.category, found))
    assert found == clean(found) or MASK in clean(found)


@given(st.text(max_size=9), st.text(max_size=9))
def test_no_text_around_it_hides_a_document(before: str, after: str) -> None:
    assert "19491231" not in clean(f"{before}{ID}{after}")


@given(st.text(max_size=30))
def test_a_person_is_one_person_however_spelled(name: str) -> None:
    assert person_of(name) == person_of(f" {name}\u200b ")
    assert person_of(name) == person_of(person_of(name))
    assert person_of("STRASSE 王芳") == person_of("straße  王芳")
