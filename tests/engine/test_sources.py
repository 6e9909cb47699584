"""Where the scoring function finds each field's value."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.column import Column
from callguard.engine.sources import Sources, numeric, seconds, shared_digits, text
from callguard.records.fields import CHOICES, RAW_FIELDS
from callguard.records.values import SPELLINGS

RAW_CHOICES = [name for name in CHOICES if name in RAW_FIELDS]
ABSENT = -1


def masks_of(name: str) -> dict[str | None, int]:
    """The masks of a column whose mask for a word is the word's place among the choices."""
    column = Column(f"field {name}", (name,), 0, ABSENT, CHOICES[name].index)
    return Sources("setup", {}).choice_masks(name, column)


@pytest.mark.parametrize("name", RAW_CHOICES)
@pytest.mark.parametrize("spell", [str, str.lower, str.upper, str.capitalize])
def test_a_choice_is_known_however_it_is_commonly_spelled(name: str, spell: Any) -> None:
    masks = masks_of(name)
    assert list(range(len(CHOICES[name]))) == [masks[spell(word)] for word in CHOICES[name]]


@pytest.mark.parametrize("name", RAW_CHOICES)
def test_no_spelling_is_known_that_validation_would_read_otherwise(name: str) -> None:
    spelled = {key: mask for key, mask in masks_of(name).items() if key is not None}
    assert {key: CHOICES[name].index(SPELLINGS[name][key.lower()]) for key in spelled} == spelled


@pytest.mark.parametrize("name", [name for name in RAW_CHOICES if name != "roaming"])
def test_an_absent_choice_has_the_absent_mask(name: str) -> None:
    assert masks_of(name)[None] == ABSENT


def test_absent_roaming_is_unknown() -> None:
    masks = masks_of("roaming")
    assert masks["unknown"] == masks[None]


@pytest.mark.parametrize("word", ["nO", "no ", "", "maybe"])
def test_other_spellings_are_left_to_the_slow_path(word: str) -> None:
    assert word not in masks_of("roaming")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1000, 1000.0), (0, 0.0), (1000.5, 1000.5), ("1970-01-01T08:00:01+08:00", 1.0)],
)
def test_event_times_are_float_seconds(value: object, expected: float) -> None:
    found = seconds(value)
    assert (float, expected) == (type(found), found)


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", -1, True, float("nan"), float("inf"), 1e15, b"1000"], ids=str
)
def test_what_is_no_event_time_raises(value: object) -> None:
    with pytest.raises(ValueError, match=r"\Aat\Z"):
        seconds(value)


@pytest.mark.parametrize("value", [None, "", "text"])
def test_text_is_itself(value: str | None) -> None:
    assert value == text(value)


@pytest.mark.parametrize("value", [5, b"text", ["text"], True])
def test_what_is_no_plain_text_raises(value: object) -> None:
    with pytest.raises(TypeError, match=r"\Aexpected text of at most 4096 characters\Z"):
        text(value)


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", "\ud83d\ude00"], ids=ascii)
def test_text_that_no_encoding_can_carry_raises(value: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        text(value)


@pytest.mark.parametrize(
    ("name", "value"), [("cause", 16), ("cause", 16.0), ("duration_s", 0.5), ("ring_s", None)]
)
def test_a_number_is_itself(name: str, value: float | None) -> None:
    assert value == numeric(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("cause", 16.5), ("cause", 1000), ("cause", True), ("ring_s", -1), ("duration_s", "3")],
)
def test_what_the_field_cannot_hold_raises(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"\A{name}\Z"):
        numeric(name, value)


digits = st.text(alphabet="12", min_size=1, max_size=8)


@given(digits, digits)
def test_shared_digits_are_those_before_the_first_difference(one: str, other: str) -> None:
    expected = max(n for n in range(len(one) + 1) if other.startswith(one[:n]))
    assert expected == shared_digits(f"+{one}", f"+{other}")


@pytest.mark.parametrize("pair", [(None, "+86"), ("+86", None), (None, None)])
def test_numbers_that_are_not_known_share_nothing_that_is_known(
    pair: tuple[str | None, str | None],
) -> None:
    assert shared_digits(*pair) is None


@pytest.mark.parametrize("event", CHOICES["event"])
def test_the_event_is_written_into_its_function(event: str) -> None:
    assert repr(event) == Sources(event, {}).of("event")
