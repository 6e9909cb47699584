"""What is said to be impossible is: held against RE2 itself, on every text of small shapes."""

from __future__ import annotations

from itertools import product

import pytest
import re2
from hypothesis import assume, example, given
from hypothesis import strategies as st

from callguard.rules.evaluate import passes
from callguard.rules.expression_paths import Shape, may_be_found, may_match
from callguard.rules.predicates import Wildcard
from callguard.rules.wildcards import split

DIGITS = frozenset("13")
SHAPE = Shape((frozenset("+"), frozenset("1")), DIGITS, 2, 5)
TEXTS = [
    "+1" + "".join(rest) for length in range(4) for rest in product(sorted(DIGITS), repeat=length)
]

ATOMS = st.sampled_from(
    [
        *("1", "3", "7", "a", ".", r"\+", r"\d", r"\D", r"\w", r"\s", "[13]", "[^1]", "[^13+]"),
        *("[a-z]", r"[\d]", "[[:digit:]]", "[[:alpha:]]", "[]1]", "[^]]", r"\x31", r"\x{33}"),
        *(r"\pN", r"\p{L}", "^", "$", r"\A", r"\z", r"\b", r"\B", "(?i)", "", r"\.", r"\061"),
        *(r"\Q1\E", "[+-]"),
    ]
)
REPEATS = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "{0}", "{1}", "{2}", "{0,2}", "{1,}", "{2,3}", "{4}", "{,2}", "{6}"]
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        inner.map("({})".format),
        inner.map("(?:{})".format),
        inner.map("(?P<n>{})".format),
        inner.map("(?i:{})".format),
        st.builds("(?:{}){}".format, inner, REPEATS),
        st.builds("{}{}".format, ATOMS, REPEATS),
    ),
    max_leaves=8,
)


def _compiled(expression: str) -> re2._Regexp[str]:
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(expression, options)
    except re2.error:
        assume(False)
        raise


@given(EXPRESSIONS)
@example("^1")
@example("3+1$|x")
@example(r"^\+1{3}$")
@example("(?:1|3){5}")
@example("1{,2}")
@example("a**")
def test_an_expression_that_may_not_be_found_is_in_no_text(expression: str) -> None:
    found = any(_compiled(expression).search(text) for text in TEXTS)
    said = may_be_found(expression, SHAPE)
    assert said or not found
    # And the other way round, but for what is taken as possible without looking.
    if not any(part in expression for part in (r"\b", r"\B", r"\Q")):
        assert found == said


LETTERS = Shape((frozenset("U"), frozenset("+")), frozenset("F0"), 2, 4)
SPELLED = ["U+" + "".join(rest) for length in range(3) for rest in product("F0", repeat=length)]
OF_LETTERS = st.lists(
    st.sampled_from(
        [
            *("u", "U", "f", "F", "0", r"\+", "[a-f]", "[^u]", "[^U+]", r"\x75", "(?i)", "(?-i)"),
            *("(?i:u)", "(?i:[a-f])", "(?-i:f)", "(?mi:f)", "(?P<i>f)", "^", "$", "*", "|", "{2}"),
        ]
    ),
    max_size=6,
).map("".join)


@given(OF_LETTERS)
@example(r"(?i)u\+f")
@example(r"(?i:U\+f0)$")
@example("F(?-i)*U|u")
@example("Uu(?i)*")
@example("u")
def test_letters_in_any_case_are_found_where_the_expression_says_so(expression: str) -> None:
    found = any(_compiled(expression).search(text) for text in SPELLED)
    said = may_be_found(expression, LETTERS)
    assert said or not found
    # Where any case holds is not followed, so that more may be possible with it.
    if "i" not in expression.replace("<i>", ""):
        assert found == said


@given(st.lists(st.sampled_from(["1", "3", "+", "a", "*", "?", r"\*", "\\"])).map("".join))
def test_a_wildcard_pattern_matches_some_text_or_none(pattern: str) -> None:
    found = any(passes(Wildcard((pattern,)), text) for text in TEXTS)
    assert found == may_match(split(pattern), SHAPE)


@pytest.mark.parametrize(
    "expression", ["(a{900}){900}", "a{1000}" * 40, "(" * 40 + "a" + ")" * 40 + "{200}" * 2]
)
def test_what_is_too_large_to_look_at_may_be_found(expression: str) -> None:
    assert may_be_found(expression + "|x", SHAPE) in (True, False)
    assert may_be_found(f"(?:{expression}|1)", SHAPE)
