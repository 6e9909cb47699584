"""How the scoring function reads each field's value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.field_reading import (
    FieldReader,
    prefix_of,
    read_number,
    read_time,
    shared_digits,
)
from callguard.engine.name_reading import read_text
from callguard.records.fields import CHOICES


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1000, 1000.0), (0, 0.0), (1000.5, 1000.5), ("1970-01-01T08:00:01+08:00", 1.0)],
)
def test_event_times_are_float_seconds(value: object, expected: float) -> None:
    found = read_time(value)
    assert (float, expected) == (type(found), found)


@pytest.mark.parametrize(
    "value", [None, "", "yesterday", -1, True, float("nan"), float("inf"), 1e15, b"1000"], ids=str
)
def test_what_is_no_event_time_raises(value: object) -> None:
    with pytest.raises(ValueError, match=r"\Aat\Z"):
        read_time(value)


@pytest.mark.parametrize("value", [None, "", "text"])
def test_text_is_itself(value: str | None) -> None:
    assert value == read_text(value)


@pytest.mark.parametrize("value", [5, b"text", ["text"], True])
def test_what_is_no_plain_text_raises(value: object) -> None:
    with pytest.raises(TypeError, match=r"\Aexpected text of at most 4096 characters\Z"):
        read_text(value)


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", "\ud83d\ude00"], ids=ascii)
def test_text_that_no_encoding_can_carry_raises(value: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        read_text(value)


@pytest.mark.parametrize(
    ("name", "value"), [("cause", 16), ("cause", 16.0), ("duration_s", 0.5), ("ring_s", None)]
)
def test_a_number_is_itself(name: str, value: float | None) -> None:
    assert value == read_number(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("cause", 16.5), ("cause", 1000), ("cause", True), ("ring_s", -1), ("duration_s", "3")],
)
def test_what_the_field_cannot_hold_raises(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"\A{name}\Z"):
        read_number(name, value)


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
    assert repr(event) == FieldReader(event, {}).of("event")


@given(st.none() | st.text(alphabet="0123456789", min_size=1, max_size=15).map("+{}".format))
def test_the_prefix_is_the_one_that_derivation_finds(e164: str | None) -> None:
    number = (e164 or "+").removeprefix("+")
    assert (f"+{number[:-4]}" if len(number) >= 9 else None) == prefix_of(e164)
