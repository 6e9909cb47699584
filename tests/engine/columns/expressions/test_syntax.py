"""The reader of expressions, held against RE2."""

from __future__ import annotations

import pytest
import re2

from callguard.engine.columns.expressions.syntax import Unread, read
from callguard.engine.columns.expressions.tree import Chars, Either, Place, Repeated, Row, Tree


def admits(tree: Tree, character: str) -> bool:
    assert isinstance(tree, Chars)
    return any(low <= ord(character) <= high for low, high in tree.ranges)


def characters(tree: Tree) -> list[Chars]:
    if isinstance(tree, Row):
        return [one for part in tree.parts for one in characters(part)]
    return [tree] if isinstance(tree, Chars) else []


@pytest.mark.parametrize(
    "one",
    [
        *("a", ".", r"\.", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\n", r"\t", r"\x41"),
        *(r"\x{1F600}", r"\101", "[abc]", "[^abc]", "[a-f]", "[]a]", "[^]a]", "[a-]", "[-a]"),
        *(r"[\d_]", r"[^\w]", "[[:alpha:]]", "[[:^digit:]]", r"[\]]", "[[a]", "[公-警]"),
        *(r"\pL", r"\p{Lu}", r"\PN", r"[\pP\pS]"),
    ],
)
def test_one_character_is_read_as_re2_reads_it(one: str) -> None:
    tree = read(one)
    alone = re2.compile(one)
    sample = [*map(chr, range(128)), *"é公警ßДд٣…\u2028😀"]
    for character in sample:
        if alone.fullmatch(character):
            assert admits(tree, character), character
    # A category is about the characters that RE2 has; everything else is exact.
    if "p" not in one.lower():
        assert [alone.fullmatch(each) is not None for each in sample] == [
            admits(tree, each) for each in sample
        ]


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [
        *(("a*", 0, None), ("a+", 1, None), ("a?", 0, 1), ("a{3}", 3, 3), ("a{2,}", 2, None)),
        *(("a{2,5}", 2, 5), ("a*?", 0, None), ("a{2,5}?", 2, 5)),
    ],
)
def test_repetitions(expression: str, low: int, high: int | None) -> None:
    tree = read(expression)
    assert isinstance(tree, Repeated)
    assert (low, high) == (tree.low, tree.high)


@pytest.mark.parametrize("text", ["a{", "a{,3}", "a{x}", "{", "a}"])
def test_braces_that_are_characters(text: str) -> None:
    assert re2.fullmatch(text, text) is not None
    tree = read(text)
    parts = tree.parts if isinstance(tree, Row) else (tree,)
    assert all(map(admits, parts, text))


def test_alternatives_and_groups() -> None:
    a, b = read("a"), read("b")
    for expression in ("a|b", "(a|b)", "(?:a|b)", "(?P<x>a|b)", "(?<x>a|b)", "((a)|(b))"):
        assert Either((a, b)) == read(expression)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        *((r"\A", "A"), (r"\z", "z"), (r"\b", "b"), (r"\B", "B"), ("^", "A"), ("$", "z")),
        *(("(?m:^)", "^"), ("(?m:$)", "$")),
    ],
)
def test_places(expression: str, kind: str) -> None:
    assert Place(kind) == read(expression)


def test_flags_hold_to_the_end_of_their_group() -> None:
    for expression in ("(?i:a)a", "((?i)a)a", "(?i)a(?-i)a", "(?i)a(?-i:a)"):
        assert [True, False] == [one.folded for one in characters(read(expression))]


@pytest.mark.parametrize("expression", [r"\C", r"\Qa\E", "(?z)a", "("])
def test_what_is_not_known_is_not_read(expression: str) -> None:
    with pytest.raises(Unread):
        read(expression)
