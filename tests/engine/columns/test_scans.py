"""Look-ups that scan the value once, against one pattern after another."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns.scans import patterns, substrings, wildcard_expression
from callguard.rules.predicates import Contains, Matches, Test, Wildcard
from tests.made.columns import table_masks
from tests.made.rules import CLAUSES, EVERYTHING, Need, atoms_of, plain_mask
from tests.strategies import rules as rule_strategies
from tests.strategies.rules import regexes, texts
from tests.strategies.vocabulary import WORDS

LETTERS = ["a", "b", "B", "\0", "İ", "公", "\U0010ffff", "\n", "\\"]
short = st.text(alphabet=LETTERS, max_size=8)
word = st.text(alphabet=LETTERS, min_size=1, max_size=4)


def needs(tests: st.SearchStrategy[Test]) -> st.SearchStrategy[list[Need]]:
    one = st.tuples(st.integers(0, CLAUSES - 1), tests, st.booleans())
    return st.lists(one, min_size=1, max_size=4)


def several(one: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(one, min_size=1, max_size=2).map(tuple)


@given(needs(st.builds(Contains, several(word), st.just(True))), short)
def test_substrings_of_text_as_written(needed: list[Need], value: str) -> None:
    assert [plain_mask(needed, value)] == table_masks(substrings(atoms_of(needed), False), [value])


@given(needs(st.builds(Contains, several(word))), short)
def test_substrings_of_folded_text(needed: list[Need], value: str) -> None:
    table = substrings(atoms_of(needed), folded=True)
    assert [plain_mask(needed, value)] == table_masks(table, [value])


@pytest.mark.parametrize("value", ["abcd", "bc", "xxabc", "abxabcd", "b", "", "cdab"])
def test_substrings_within_and_across_each_other_are_all_found(value: str) -> None:
    tests = [
        Contains(("abcd",)),
        Contains(("bc",)),
        Contains(("b", "cd")),
        Contains(("abx", "xab")),
    ]
    needed: list[Need] = [(bit, test, False) for bit, test in enumerate(tests)]
    assert [plain_mask(needed, value)] == table_masks(substrings(atoms_of(needed), False), [value])


@given(
    needs(
        st.builds(Matches, several(regexes(WORDS)))
        | st.builds(Wildcard, several(rule_strategies.patterns(WORDS)), st.just(True))
    ),
    texts(WORDS),
)
def test_expressions_and_wildcards_of_text_as_written(needed: list[Need], value: str) -> None:
    assert [plain_mask(needed, value)] == table_masks(patterns(atoms_of(needed), False), [value])


@given(needs(st.builds(Wildcard, several(rule_strategies.patterns(WORDS)))), texts(WORDS))
def test_wildcards_of_folded_text(needed: list[Need], value: str) -> None:
    table = patterns(atoms_of(needed), folded=True)
    assert [plain_mask(needed, value)] == table_masks(table, [value])


def test_thousands_of_expressions_are_told_apart() -> None:
    needed: list[Need] = [
        (
            bit,
            Matches(tuple(f"^user-[0-9]+-{number}$" for number in range(bit, 2000, CLAUSES))),
            False,
        )
        for bit in range(CLAUSES)
    ]
    table = patterns(atoms_of(needed), folded=False)
    asked = (0, 1, 2, 3, 1998, 1999, 2000)
    assert [1, 2, 4, 8, 4, 8, 0] == table_masks(table, [f"user-12345-{number}" for number in asked])


def test_an_expression_that_would_blow_up_elsewhere_is_answered() -> None:
    table = patterns(atoms_of([(0, Matches(("^(a+)+$",)), False)]), folded=False)
    assert [EVERYTHING & ~1] == table_masks(table, ["a" * 4000 + "b"])


def matches(pattern: str, value: str) -> bool:
    """The naive matcher: every way to share the value out among the signs of the pattern."""
    if not pattern:
        return not value
    sign, rest = pattern[0], pattern[1:]
    if sign == "*":
        return any(matches(rest, value[start:]) for start in range(len(value) + 1))
    if sign == "\\" and rest[:1] in ("*", "?", "\\") and rest:
        sign, rest = rest[0], rest[1:]
    elif sign == "?":
        return bool(value) and matches(rest, value[1:])
    return value[:1] == sign and matches(rest, value[1:])


signs = st.lists(st.sampled_from([*"ab.*?\\+()[^$|é\n\0", "\\*", "\\?", "\\\\"]), max_size=6)


@given(signs.map("".join), st.text(alphabet="ab.*?\\+()[^$|é\n\0", max_size=6))
def test_a_wildcard_expression_matches_what_the_pattern_does(pattern: str, value: str) -> None:
    found = re2.search(wildcard_expression(pattern), value)
    assert matches(pattern, value) == (found is not None)


@given(st.text(alphabet="ab.*?\\+()[^$|é\n\0", max_size=8))
def test_a_pattern_with_every_sign_escaped_matches_itself(text: str) -> None:
    pattern = "".join(f"\\{sign}" if sign in "*?\\" else sign for sign in text)
    assert re2.search(wildcard_expression(pattern), text) is not None


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a?c", "a\nc", True),
        ("a?", "a😀", True),
        ("*", "", True),
        ("?*", "", False),
        ("a*", "a\nb", True),
        ("a", "a\n", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"a\\*", r"a\xyz", True),
        (r"a\b", r"a\b", True),
        ("a.c*", "abcd", False),
        ("[ab]?", "a1", False),
    ],
)
def test_wildcards_by_example(pattern: str, value: str, expected: bool) -> None:
    assert expected == (re2.search(wildcard_expression(pattern), value) is not None)
