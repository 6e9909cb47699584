"""Tests in words."""

from __future__ import annotations

import pytest

from callguard.engine.describe import literal_text
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)

WORDS: dict[str, tuple[Test, str, str]] = {
    "one value": (Equals(("a",)), "is 'a'", "is not 'a'"),
    "a number": (Equals((5,)), "is 5", "is not 5"),
    "a truth": (Equals((True,)), "is True", "is not True"),
    "two values": (Equals(("a", "b")), "is 'a' or 'b'", "is not 'a' or 'b'"),
    "three": (Equals(("a", "b", "c")), "is 'a', 'b' or 'c'", "is not 'a', 'b' or 'c'"),
    "prefix": (StartsWith(("+86",)), "starts with '+86'", "does not start with '+86'"),
    "suffix": (EndsWith(("0",)), "ends with '0'", "does not end with '0'"),
    "substring": (Contains(("公安",)), "contains '公安'", "does not contain '公安'"),
    "wildcard": (Wildcard(("a*b",)), "is like 'a*b'", "is not like 'a*b'"),
    "expression": (Matches(("^a",)), "matches '^a'", "does not match '^a'"),
    "backslash": (Matches((r"^\d\.",)), r"matches '^\d\.'", r"does not match '^\d\.'"),
    "less": (Compare("lt", 6), "is < 6", "is not < 6"),
    "at most": (Compare("lte", 0.5), "is <= 0.5", "is not <= 0.5"),
    "more": (Compare("gt", 6), "is > 6", "is not > 6"),
    "at least": (Compare("gte", 6), "is >= 6", "is not >= 6"),
    "network": (InNetwork(("::/0",)), "is in '::/0'", "is not in '::/0'"),
    "absent": (Absent(), "is absent", "is present"),
    "pair": (SameAs("origid"), "is the same as origid", "is not the same as origid"),
    "list": (InList("allow"), "is on list allow", "is not on list allow"),
}


@pytest.mark.parametrize("kind", WORDS)
def test_a_test_in_words(kind: str) -> None:
    test, words, negated = WORDS[kind]
    found = [literal_text(Literal("text", test, no)) for no in (False, True)]
    assert [f"text {words}", f"text {negated}"] == found


def test_every_kind_of_test_has_words() -> None:
    assert {type(test) for test, _, _ in WORDS.values()} == set(Test.__args__)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (6, "'0', '1', '2', '3', '4' or '5'"),
        (7, "'0', '1', '2', '3', '4', '5' or 1 more"),
        (20_000, "'0', '1', '2', '3', '4', '5' or 19994 more"),
    ],
)
def test_many_values_are_cut_short(count: int, words: str) -> None:
    values = tuple(str(number) for number in range(count))
    assert f"text contains {words}" == literal_text(Literal("text", Contains(values)))


def test_text_that_callers_choose_cannot_break_the_line() -> None:
    found = literal_text(Literal("text", Equals(("a\n\x1b[2Jb",))))
    assert r"text is 'a\n\x1b[2Jb'" == found
