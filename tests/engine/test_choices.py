"""Choice fields: a mask for each spelling of each word."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.engine.choices import choice_masks, choice_reader, odd_choice
from callguard.records.fields import CHOICES, RAW_FIELDS
from callguard.records.values import SPELLINGS

RAW_CHOICES = [name for name in CHOICES if name in RAW_FIELDS]
ABSENT = -1


def masks_of(name: str) -> dict[str | None, int]:
    """The masks of a column whose mask for a word is the word's place among the choices."""
    return choice_masks(name, CHOICES[name].index, ABSENT)


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


@pytest.mark.parametrize("name", RAW_CHOICES)
def test_an_odd_spelling_of_a_word_has_the_mask_of_the_word(name: str) -> None:
    degraded: list[str] = []
    mask = odd_choice(name, CHOICES[name].index, ABSENT)
    words = CHOICES[name]
    assert list(range(len(words))) == [mask(word.swapcase(), degraded) for word in words]
    assert [] == degraded


@pytest.mark.parametrize("name", [name for name in RAW_CHOICES if name != "roaming"])
def test_a_word_that_the_field_has_not_is_absent_and_named(name: str) -> None:
    degraded: list[str] = []
    assert ABSENT == odd_choice(name, CHOICES[name].index, ABSENT)("maybe", degraded)
    expected = f"record: {name}: found 'maybe', expected one of {', '.join(CHOICES[name])}"
    assert [expected] == degraded


@pytest.mark.parametrize("value", [5, b"yes", ["yes"], True], ids=str)
def test_what_is_no_text_is_no_choice(value: object) -> None:
    with pytest.raises(TypeError):
        choice_reader("roaming")(value)
    with pytest.raises(TypeError):
        odd_choice("roaming", CHOICES["roaming"].index, ABSENT)(value, [])
