"""What the plain evaluation of one predicate leaves to libraries."""

from __future__ import annotations

import pytest

from callguard.rules.evaluate import passes
from callguard.rules.predicates import Wildcard


@pytest.mark.parametrize(
    ("pattern", "value", "held"),
    [
        ("a*b", "ab", True),
        ("a*b", "a\nxb", True),
        ("a*b", "abc", False),
        ("a?b", "axb", True),
        ("a?b", "ab", False),
    ],
)
def test_a_wildcard_stands_for_any_characters(pattern: str, value: str, held: bool) -> None:
    assert held is passes(Wildcard((pattern,)), value)
