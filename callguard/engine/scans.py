"""Look-ups that read the value once for all rules: substrings and regular expressions.

Both are linear in the length of the value, whatever the value, and nearly flat in the number of
rules: one Aho-Corasick automaton for all substrings of a field, one RE2 set for all expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import ahocorasick
import re2

from callguard.engine.atoms import AtomTable
from callguard.rules.model import Contains, Matches, Wildcard

Fold = Callable[[str], str]
StringMask = Callable[[str], int]
_MIB = 1 << 20


def substring_table(table: AtomTable, fold: Fold) -> StringMask:
    """Substring tests. Patterns are not empty."""
    words: dict[str, set[int]] = {}
    for test, atom in table.atoms.items():
        assert isinstance(test, Contains)
        for value in test.values:
            words.setdefault(fold(value), set()).add(atom)
    automaton = ahocorasick.Automaton()
    for word, atoms in words.items():
        automaton.add_word(word, tuple(atoms))
    automaton.make_automaton()
    scan, nothing, mask = automaton.iter, table.base, table.mask

    def look_up(value: str) -> int:
        hits = None
        for _, atoms in scan(value):
            if hits is None:
                hits = {atoms}
            else:
                hits.add(atoms)
        if hits is None:
            return nothing
        return mask([atom for found in hits for atom in found])

    return look_up


def pattern_table(table: AtomTable, fold: Fold) -> StringMask:
    """Regular expressions, and wildcard patterns written as such (folded; expressions are not).

    RE2 runs in time linear in the value (Cox, "Regular Expression Matching in the Wild", 2010).
    """
    owners: list[int] = []
    expressions = re2.Set.SearchSet(_options(table))
    for test, atom in table.atoms.items():
        assert isinstance(test, Matches | Wildcard)
        for value in test.values:
            expressions.Add(
                value if isinstance(test, Matches) else wildcard_expression(fold(value))
            )
            owners.append(atom)
    expressions.Compile()
    match, nothing, mask = expressions.Match, table.base, table.mask

    def look_up(value: str) -> int:
        hits = match(value)
        return mask([owners[hit] for hit in hits]) if hits else nothing

    return look_up


def _options(table: AtomTable) -> re2.Options:
    count = sum(len(test.values) for test in table.atoms if isinstance(test, Matches | Wildcard))
    options = re2.Options()
    options.log_errors = False
    # A ceiling for the cache of automaton states, not an allocation: a set that runs into it
    # would report no match.
    options.max_mem = min(512 * _MIB, 64 * _MIB + (count << 16))
    return options


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
