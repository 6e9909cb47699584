"""How large the automaton of an expression is."""

from __future__ import annotations

import pytest

from callguard.engine.columns.expressions.automaton import (
    Size,
    TooLarge,
    longest,
    positions,
    size_of,
    starts,
)
from callguard.engine.columns.expressions.syntax import read


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a{2,4}b", 5),
        ("a{3,}", 4),
        ("(a|bc)?", 3),
        (r"^\babc\b$", 3),
        ("(?:公安|派出所)局", 6),
    ],
)
def test_positions_are_characters_with_repetitions_spelt_out(
    expression: str, expected: int
) -> None:
    assert expected == len(positions(read(expression)).sets)


def test_an_expression_of_too_many_positions_is_not_counted() -> None:
    with pytest.raises(TooLarge):
        positions(read("((a{100}){100}){2}"))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("abc", 3), ("a|bcd", 3), ("a{2,5}", 5), ("a+", None), ("x(a*)?", None), ("^$", 0)],
)
def test_longest(expression: str, expected: int | None) -> None:
    assert expected == longest(read(expression))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("^a", True),
        ("(?m:^)a", False),
        (r"\Aa", True),
        (r"\A(a|b)", True),
        (r"\Aa|\Ab", True),
        (r"\Aa|b", False),
        (r"(\Aa)?b", False),
        (r"a\A", False),
        (r"\b\Aa", True),
    ],
)
def test_starts_with_the_value(expression: str, expected: bool) -> None:
    assert expected is starts(read(expression))


def states(*expressions: str, most: int = 1000) -> int:
    return size_of([positions(read(one)) for one in expressions], most).states


def test_states_of_words_are_their_places_before_and_after_they_were_found() -> None:
    assert [2, 4, 6, 8] == [states("abcd"[:size]) for size in (1, 2, 3, 4)]


def test_states_of_a_counted_repetition_behind_itself_double() -> None:
    few, more = (states(f"a[ab]{{{count}}}c") for count in (4, 5))
    assert 2 * few - 2 <= more <= 2 * few + 2


def test_states_of_several_are_more_than_those_of_each() -> None:
    assert max(states("ab.*c"), states("de.*f")) < states("ab.*c", "de.*f")


def test_more_states_than_wanted() -> None:
    with pytest.raises(TooLarge):
        states("a[ab]{8}c", most=255)


def test_wide_states_are_tried_once_and_no_more_often_than_characters() -> None:
    size = Size(5, ((200, 3), (100, 10)))
    assert [0, 200, 600, 700, 1600, 1600] == [size.positions_tried(n) for n in (0, 1, 3, 4, 13, 99)]


def test_only_wide_states_count() -> None:
    narrow, wide = (
        size_of([positions(read(one))], 1000) for one in ("(a{1,9}b?)c", "((a{1,9}b?){1,20}c){1,5}")
    )
    assert 0 == narrow.positions_tried(4096) < wide.positions_tried(4096)
