"""Look-ups that read the value once for all rules: substrings and regular expressions.

Both are linear in the length of the value, whatever the value, and nearly flat in the number of
rules: one Aho-Corasick automaton for all substrings of a field, one RE2 set for all expressions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ahocorasick
import re2

from callguard.engine.atoms import AtomTable
from callguard.rules.predicates import Contains, Matches, Wildcard

Fold = Callable[[str], str]
StringMask = Callable[[str], int]
_MIB = 1 << 20
# Sets of true tests whose mask is kept.
_KEPT = 2048


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
    scan, nothing, mask = automaton.iter, table.base, _remembering(table)

    def look_up(value: str) -> int:
        hits = None
        for _, atoms in scan(value):
            if hits is None:
                hits = {atoms}
            else:
                hits.add(atoms)
        if hits is None:
            return nothing
        return mask(tuple([atom for found in hits for atom in found]))

    return look_up


def pattern_table(table: AtomTable, fold: Fold) -> StringMask:
    """Regular expressions, and wildcard patterns written as such (folded; expressions are not).

    RE2 runs in time linear in the value (Cox, "Regular Expression Matching in the Wild", 2010).
    """
    expressions: list[tuple[str, int]] = []
    for test, atom in table.atoms.items():
        assert isinstance(test, Matches | Wildcard)
        for value in test.values:
            wildcard = isinstance(test, Wildcard)
            expressions.append((wildcard_expression(fold(value)) if wildcard else value, atom))
    parts = _sets(expressions)
    nothing, mask = table.base, _remembering(table)

    if len(parts) == 1:
        (match, owners), *_ = parts

        def look_up(value: str) -> int:
            hits = match(value)
            return mask(tuple([owners[hit] for hit in hits])) if hits else nothing

        return look_up

    def look_up_in_parts(value: str) -> int:
        hits = [owners[hit] for match, owners in parts for hit in match(value) or ()]
        return mask(tuple(hits))

    return look_up_in_parts


def _remembering(table: AtomTable) -> Callable[[tuple[int, ...]], int]:
    """:meth:`AtomTable.mask` with a bounded memo: few sets of expressions match together."""
    known: dict[tuple[int, ...], int] = {}

    def mask(true: tuple[int, ...]) -> int:
        found = known.get(true)
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[true] = table.mask(true)
        return found

    return mask


def _sets(expressions: list[tuple[str, int]]) -> list[tuple[Callable[[str], Any], list[int]]]:
    """As few RE2 sets as memory allows, each with the atoms of its expressions.

    Raises re2.error if one expression alone needs too much.
    """
    options = re2.Options()
    options.log_errors = False
    # A ceiling for the program and its cache of automaton states, not an allocation.
    options.max_mem = min(512 * _MIB, 64 * _MIB + (len(expressions) << 16))
    found = re2.Set.SearchSet(options)
    for expression, _ in expressions:
        found.Add(expression)
    try:
        found.Compile()
    except re2.error:
        if len(expressions) == 1:
            raise
        half = len(expressions) // 2
        return _sets(expressions[:half]) + _sets(expressions[half:])
    # The wrapper around the set costs as much as the match of a short text.
    match = getattr(found, "_set", found).Match
    return [(lambda value: match(value.encode()), [atom for _, atom in expressions])]


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
