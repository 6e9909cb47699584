"""What is called impossible is impossible, and the plain cases are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.fields import CHOICES
from callguard.rules.contradictions import is_impossible
from callguard.rules.evaluate import passes
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)
from tests.oracles.clauses import literal_holds, test_holds

WORDS = st.sampled_from(["", "a", "A", "b", "ab", "aB", "ba", "aba"])
VALUES = st.lists(WORDS, min_size=1, max_size=2).map(tuple)
NUMBERS = st.sampled_from([-1, 0, 0.5, 1, 2])
TEXT_TESTS: st.SearchStrategy[Test] = st.one_of(
    *(st.builds(kind, VALUES, st.booleans()) for kind in (Equals, StartsWith, EndsWith, Contains)),
    st.builds(Wildcard, st.sampled_from([("a*b",), ("?",), ("A?", "b*a")]), st.booleans()),
    st.builds(Matches, st.sampled_from([("a",), ("^B",), ("^$", "b$")])),
    st.just(Absent()),
)
NUMBER_TESTS: st.SearchStrategy[Test] = st.one_of(
    st.builds(Compare, st.sampled_from(["lt", "lte", "gt", "gte"]), NUMBERS),
    st.builds(Equals, st.lists(NUMBERS, min_size=1, max_size=2).map(tuple)),
    st.just(Absent()),
)


def literals(field: str, tests: st.SearchStrategy[Test]) -> st.SearchStrategy[list[Literal]]:
    one = st.builds(Literal, st.just(field), tests, st.booleans())
    return st.lists(one, min_size=2, max_size=4)


def hold(found: list[Literal], value: object) -> bool:
    return all(literal_holds(literal, {literal.field: value}) for literal in found)


@given(literals("text", TEXT_TESTS), WORDS | st.none() | st.text(alphabet="aAbB", max_size=4))
def test_no_text_passes_an_impossible_group(found: list[Literal], value: str | None) -> None:
    assert not (is_impossible(found) and hold(found, value))


@given(literals("cause", NUMBER_TESTS), NUMBERS | st.none() | st.floats(-3, 3))
def test_no_number_passes_an_impossible_group(found: list[Literal], value: float | None) -> None:
    assert not (is_impossible(found) and hold(found, value))


@given(
    literals("attestation", st.builds(Equals, st.sampled_from([("A",), ("b",), ("A", "C")]))),
    st.sampled_from([*CHOICES["attestation"], None]),
)
def test_choices_are_told_exactly(found: list[Literal], value: str | None) -> None:
    assert not (is_impossible(found) and hold(found, value))
    if all(not hold(found, choice) for choice in (*CHOICES["attestation"], None)):
        assert is_impossible(found)


COMPARISONS = [
    Literal("cause", Compare(op, bound), negated)
    for op in ("lt", "lte", "gt", "gte")
    for bound in (0, 1)
    for negated in (False, True)
]


@pytest.mark.parametrize("first", COMPARISONS, ids=str)
def test_two_comparisons_are_told_exactly(first: Literal) -> None:
    values = (-1, 0, 0.5, 1, 2, None)
    for second in COMPARISONS:
        found = [first, second]
        assert is_impossible(found) is not any(hold(found, value) for value in values), second


@given(TEXT_TESTS, WORDS)
def test_a_trial_answers_like_the_plain_evaluator(test: Test, value: str) -> None:
    if not isinstance(test, Absent):
        assert test_holds(test, value) is passes(test, value)


@given(NUMBER_TESTS, NUMBERS)
def test_a_trial_of_numbers_does_too(test: Test, value: float) -> None:
    if not isinstance(test, Absent):
        assert test_holds(test, value) is passes(test, value)


A, B = Equals(("a",)), Equals(("b",))


def yes(field: str, *tests: Test) -> list[Literal]:
    return [Literal(field, test) for test in tests]


def but(test: Test, field: str = "text") -> Literal:
    return Literal(field, test, negated=True)


@pytest.mark.parametrize(
    ("found", "impossible"),
    [
        (yes("text", A, B), True),
        (yes("text", A, Equals(("A",))), False),
        (yes("text", Equals(("a",), cased=True), Equals(("A",), cased=True)), True),
        (yes("text", A, Equals(("A",), cased=True)), False),
        ([*yes("text", A), but(A)], True),
        ([*yes("text", Contains(("a",))), but(Contains(("a",)))], True),
        ([*yes("text", A), but(StartsWith(("A",)))], True),
        ([*yes("text", A), but(StartsWith(("A",), cased=True))], False),
        ([*yes("text", A), but(Matches(("a",)))], False),
        (yes("text", Equals(("a",), cased=True), Matches(("b",))), True),
        (yes("text", A, Absent()), True),
        ([*yes("text", Absent()), but(A)], False),
        ([*yes("text", Absent()), but(Absent())], True),
        ([but(A), but(B)], False),
        (yes("text", StartsWith(("+86",)), StartsWith(("+861",))), False),
        (yes("text", StartsWith(("+86",)), StartsWith(("+44", "+85"))), True),
        (yes("text", StartsWith(("A",)), StartsWith(("a",), cased=True)), False),
        (yes("text", EndsWith(("10",)), EndsWith(("110",))), False),
        (yes("text", EndsWith(("10",)), EndsWith(("11",))), True),
        (yes("text", StartsWith(("a",)), EndsWith(("b",))), False),
        (yes("text", A, Wildcard(("?b",))), True),
        (yes("text", A, SameAs("origid")), False),
        (yes("cause", Compare("gt", 5), Compare("lt", 5)), True),
        (yes("cause", Compare("gte", 5), Compare("lte", 5)), False),
        (yes("cause", Compare("gte", 5), Compare("lt", 5)), True),
        ([*yes("cause", Compare("gte", 5)), but(Compare("gte", 3), "cause")], True),
        ([but(Compare("gte", 5), "cause"), but(Compare("lt", 5), "cause")], False),
        (yes("cause", Equals((3, 4)), Compare("gt", 4)), True),
        (yes("self_call", Equals((True,)), Equals((False,))), True),
        ([but(Equals((True,)), "self_call"), but(Equals((False,)), "self_call")], False),
        (
            [
                but(Equals((True,)), "self_call"),
                but(Equals((False,)), "self_call"),
                but(Absent(), "self_call"),
            ],
            True,
        ),
        (yes("source_ip", Equals(("10.0.0.1",)), InNetwork(("192.0.2.0/24",))), True),
        (yes("source_ip", Equals(("192.0.2.9",)), InNetwork(("192.0.2.0/24",))), False),
        (yes("source_ip", Equals(("no address",)), InNetwork(("192.0.2.0/24",))), True),
    ],
)
def test_plain_cases(found: list[Literal], impossible: bool) -> None:
    assert impossible is is_impossible(found)


def test_long_lists_are_taken_as_they_are() -> None:
    many = tuple(f"a{index}" for index in range(1_000))
    assert not is_impossible(yes("text", Equals(many), Contains(tuple(f"b{n}" for n in many))))
    assert not is_impossible(
        yes("text", StartsWith(many), StartsWith(tuple(f"b{n}" for n in many)))
    )
