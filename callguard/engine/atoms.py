"""Atoms: the yes/no questions that one look-up structure answers, and the clauses that need them.

Every clause owns one bit of a Python int. An atom is one question about one field's value (is it
one of these strings, does it start with one of those). A clause needs some atoms true and some
false; given the atoms that a value makes true, :meth:`AtomTable.mask` gives the clauses that the
value does not refute.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable


class AtomTable:
    """The atoms of one look-up structure.

    ``everything`` is the mask with every clause's bit set. Fill it with :meth:`need`, then call
    :meth:`freeze` once; after that the table does not change.
    """

    def __init__(self, everything: int) -> None:
        self._everything = everything
        self.involved = 0
        self.base = everything
        self._ids: dict[Hashable, int] = {}
        self._needs: dict[int, list[int]] = {}
        self._gain: list[int] = []
        self._lose: list[int] = []
        self._several: dict[int, list[tuple[frozenset[int], int]]] = {}
        self._interned: dict[frozenset[int], int] = {}

    @property
    def atoms(self) -> dict[Hashable, int]:
        """The tests in the order in which they were first needed, each with its atom number."""
        return self._ids

    def need(self, bit: int, test: Hashable, negated: bool) -> None:
        """Clause ``bit`` holds only where ``test`` is true (false if ``negated``)."""
        atom = self._ids.setdefault(test, len(self._ids))
        if atom == len(self._gain):
            self._gain.append(0)
            self._lose.append(0)
        self.involved |= 1 << bit
        if negated:
            self._lose[atom] |= 1 << bit
        else:
            self._needs.setdefault(bit, []).append(atom)

    def freeze(self) -> None:
        """Work out what is the same for every value."""
        wanting = 0
        for bit, atoms in self._needs.items():
            clause = 1 << bit
            wanting |= clause
            wanted = frozenset(atoms)
            if len(wanted) == 1:
                self._gain[atoms[0]] |= clause
            else:
                self._several.setdefault(min(wanted), []).append((wanted, clause))
        self.base = self._everything & ~wanting
        self._needs = {}

    def mask(self, true: Iterable[int]) -> int:
        """The clauses not refuted by a value that makes exactly the atoms ``true`` true."""
        key = frozenset(true)
        gained = self.base
        lost = 0
        for atom in key:
            gained |= self._gain[atom]
            lost |= self._lose[atom]
            for wanted, clause in self._several.get(atom, ()):
                if wanted <= key:
                    gained |= clause
        return gained & ~lost

    def interned(self, true: Iterable[int]) -> int:
        """:meth:`mask`, one object for equal sets of atoms: for tables built at load."""
        key = frozenset(true)
        found = self._interned.get(key)
        if found is None:
            found = self._interned[key] = self.mask(key)
        return found
