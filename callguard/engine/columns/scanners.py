"""The compiled form of the tables that read a whole text: built from them, no part of them.

One Aho-Corasick automaton for all words of a table (Aho, Corasick, 1975); :mod:`.expressions` for
its expressions. The time is linear in the length of the value, whatever the value.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ahocorasick

from callguard.engine.columns.data import Column, FieldColumn, Patterns, Substrings
from callguard.engine.columns.expressions import Search


class Scanners:
    """The compiled forms of all such tables among some columns.

    Raises re2.error if an expression needs too much memory.
    """

    def __init__(self, columns: Iterable[Column] = ()) -> None:
        # By identity, for tables are long to compare; they live as long as this object.
        self._tables: dict[int, Substrings | Patterns] = {}
        self._automata: dict[int, Any] = {}
        self._searches: dict[int, Search] = {}
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
            self._searches[id(table)] = Search(table.expressions)

    def automaton(self, table: Substrings) -> Any:
        """The automaton that finds the table's words, each with its atoms."""
        return self._automata[id(table)]

    def search(self, table: Patterns) -> Search:
        """What looks for the table's expressions: from a value to the atoms that it makes true."""
        return self._searches[id(table)]

    def __call__(self, table: Substrings | Patterns, value: str) -> Iterable[int]:
        """The atoms that the value makes true: a scan for :func:`.evaluate.evaluate`."""
        if isinstance(table, Substrings):
            return [atom for _, atoms in self.automaton(table).iter(value) for atom in atoms]
        return self.search(table)(value)


def _automaton(table: Substrings) -> Any:
    automaton = ahocorasick.Automaton()
    for word, atoms in table.words:
        automaton.add_word(word, atoms)
    automaton.make_automaton()
    return automaton
