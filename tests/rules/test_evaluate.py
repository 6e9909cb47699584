"""What the plain evaluation of one predicate leaves to libraries."""

from __future__ import annotations

import pytest
import re2

from callguard.rules.evaluate import compiled, passes
from callguard.rules.predicates import Wildcard


def test_an_expression_that_re2_refuses_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(re2.error, match="missing"):
        compiled("(unclosed")
    assert ("", "") == capfd.readouterr()


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
