"""Many expressions together find what each finds alone."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from callguard.engine.columns.expressions.search import Search
from tests.strategies.expressions import expressions, texts


def found_alone(some: list[str], value: str) -> list[int]:
    return [number for number, one in enumerate(some) if re2.search(one, value) is not None]


def found_together(some: list[str], value: str) -> list[int]:
    return sorted(set(Search([(one, number) for number, one in enumerate(some)])(value)))


@settings(max_examples=100)
@given(st.lists(expressions, min_size=1, max_size=6), st.lists(texts, min_size=1, max_size=4))
def test_answers_are_those_of_each_expression_alone(some: list[str], values: list[str]) -> None:
    for value in values:
        assert found_alone(some, value) == found_together(some, value)


@pytest.mark.parametrize(
    "expression", ["(?i)win.{0,40}prize", r"\bwin\b.{2,3}\bprize$", "公安|派出所"]
)
@pytest.mark.parametrize(
    "value",
    [
        *("", "WIN a prize", "win prize", "win\nprize", "winprize", "prize win"),
        *("win win xx prize", "win" + "x" * 40 + "prize", "win" + "x" * 41 + "prize"),
        *("WİN 派出所", "w\u0131n prize", "win ßß prize"),
    ],
)
def test_texts_with_gaps_by_example(expression: str, value: str) -> None:
    assert found_alone([expression], value) == found_together([expression], value)


@pytest.mark.parametrize("repeat", ["*", "?", "{0}", "{0,3}", "+", "*?"])
@pytest.mark.parametrize("flags", ["(?i)", "(?-i)", "(?s)"])
@pytest.mark.parametrize("value", ["a priz b", "prize", "prizee", "PRIZ", "x"])
def test_a_repetition_behind_flags_is_one_of_what_is_before_them(
    repeat: str, flags: str, value: str
) -> None:
    some = [f"prize{flags}{repeat}", f"a.{{0,9}}prize{flags}{repeat} b", f"prize(?:){repeat}"]
    assert found_alone(some, value) == found_together(some, value)


@pytest.mark.parametrize("place", ["^", "$", r"\b", r"\B", r"\A", r"\z", "(?m:^)", "(?m:$)"])
@pytest.mark.parametrize("repeat", ["+", "*", "?", "{1,}", "{2}", "{0,3}", "{0}"])
@pytest.mark.parametrize("value", ["prize", "a prize b", "aprizeb", "prize\nb", "a\nprize", ""])
def test_a_condition_on_the_place_may_be_repeated(place: str, repeat: str, value: str) -> None:
    some = [
        f"{place}{repeat}prize",
        f"prize{place}{repeat}",
        f"a.{{0,3}}{place}{repeat}prize",
        f"(?:{place}){repeat}b",
    ]
    assert found_alone(some, value) == found_together(some, value)


def test_equal_expressions_are_all_told() -> None:
    assert [0, 1, 2] == found_together(["a.b", "a.b", "^a"], "axb")


def test_the_name_of_a_group_changes_nothing() -> None:
    named = ["(?P<first>a+)b", r"[(?P<n>]x", r"\(?P<n>", "(?<again>ab)"]
    assert [0, 3] == found_together(named, "aab")
    assert [1] == found_together(named, "Px")
    assert found_alone(named, "P<n>") == found_together(named, "P<n>")


def test_no_expression_finds_nothing() -> None:
    assert [] == list(Search([])("text"))
