"""Build the tables that read the whole value: substrings and regular expressions."""

from __future__ import annotations

import re

import re2

from callguard.engine.columns.atoms import Atoms
from callguard.engine.columns.data import Patterns, Substrings
from callguard.rules.predicates import Contains, Matches, Test, Wildcard


def substrings(atoms: Atoms, folded: bool) -> Substrings:
    """Substring tests. Their texts are not empty."""
    words: dict[str, set[int]] = {}
    for test, atom in atoms.tests.items():
        assert isinstance(test, Contains)
        for value in test.values:
            words.setdefault(value.lower() if folded else value, set()).add(atom)
    listed = tuple((word, tuple(sorted(of_word))) for word, of_word in words.items())
    return Substrings(folded, listed, atoms.masks())


def patterns(atoms: Atoms, folded: bool) -> Patterns:
    """Regular expressions, and wildcard patterns written as such (folded; expressions are not)."""
    expressions: list[tuple[str, int]] = []
    for test, atom in atoms.tests.items():
        expressions += [(expression, atom) for expression in expressions_of(test, folded)]
    return Patterns(folded, tuple(expressions), atoms.masks())


def expressions_of(test: Test, folded: bool) -> list[str]:
    """The expressions of which one must be found, for a test that has some."""
    assert isinstance(test, Matches | Wildcard)
    if isinstance(test, Matches):
        return list(test.values)
    return [wildcard_expression(value.lower() if folded else value) for value in test.values]


def wildcard_expression(pattern: str) -> str:
    r"""A Sigma wildcard pattern as an RE2 expression for the whole value.

    ``*`` is any run of characters, ``?`` one; a backslash makes ``*``, ``?`` and itself literal.
    """
    parts = re.split(r"(\\[*?\\]|[*?])", pattern)
    spelled = {"*": ".*", "?": "."}
    return (
        r"(?s)\A"
        + "".join(
            spelled.get(part) or re2.escape(part[1:] if re.fullmatch(r"\\[*?\\]", part) else part)
            for part in parts
            if part
        )
        + r"\z"
    )
