"""The compiled form of the tables that read a whole text: built from them, no part of them.

Both kinds are linear in the length of the value, whatever the value, and nearly flat in the number
of rules: one Aho-Corasick automaton for all words of a table (Aho, Corasick, 1975), one RE2 set for
all its expressions (Cox, "Regular Expression Matching in the Wild", 2010).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ahocorasick
import re2

from callguard.engine.columns.data import Column, FieldColumn, Patterns, Substrings

# (text -> positions of the expressions found in it, the atom of each expression).
ExpressionSet = tuple[Callable[[str], Sequence[int] | None], list[int]]
_MIB = 1 << 20


class Scanners:
    """The compiled forms of all such tables among some columns.

    Raises re2.error if an expression needs too much memory.
    """

    def __init__(self, columns: Iterable[Column] = ()) -> None:
        # By identity, for tables are long to compare; they live as long as this object.
        self._tables: dict[int, Substrings | Patterns] = {}
        self._automata: dict[int, Any] = {}
        self._sets: dict[int, list[ExpressionSet]] = {}
        for column in columns:
            if isinstance(column, FieldColumn):
                for table in column.tables:
                    if isinstance(table, Substrings | Patterns):
                        self.add(table)

    def add(self, table: Substrings | Patterns) -> None:
        """Compile one more table."""
        self._tables[id(table)] = table
        if isinstance(table, Substrings):
            self._automata[id(table)] = _automaton(table)
        else:
            self._sets[id(table)] = _sets(table.expressions)

    def automaton(self, table: Substrings) -> Any:
        """The automaton that finds the table's words, each with its atoms."""
        return self._automata[id(table)]

    def expression_sets(self, table: Patterns) -> list[ExpressionSet]:
        """As few RE2 sets as memory allows for the table's expressions."""
        return self._sets[id(table)]

    def __call__(self, table: Substrings | Patterns, value: str) -> Iterable[int]:
        """The atoms that the value makes true: a scan for :func:`.evaluate.evaluate`."""
        if isinstance(table, Substrings):
            return [atom for _, atoms in self.automaton(table).iter(value) for atom in atoms]
        sets = self.expression_sets(table)
        return [owners[hit] for match, owners in sets for hit in match(value) or ()]


def _automaton(table: Substrings) -> Any:
    automaton = ahocorasick.Automaton()
    for word, atoms in table.words:
        automaton.add_word(word, atoms)
    automaton.make_automaton()
    return automaton


def _sets(expressions: Sequence[tuple[str, int]]) -> list[ExpressionSet]:
    options = re2.Options()
    options.log_errors = False
    # A ceiling for the program and its cache of automaton states, not an allocation.
    options.max_mem = min(512 * _MIB, 64 * _MIB + (len(expressions) << 16))
    expression_set = re2.Set.SearchSet(options)
    for expression, _ in expressions:
        expression_set.Add(expression)
    try:
        expression_set.Compile()
    except re2.error:
        if len(expressions) == 1:
            raise
        half = len(expressions) // 2
        return _sets(expressions[:half]) + _sets(expressions[half:])
    # The wrapper around the set costs as much as the match of a short text.
    match = getattr(expression_set, "_set", expression_set).Match
    return [(lambda value: match(value.encode()), [atom for _, atom in expressions])]
