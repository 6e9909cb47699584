"""Atoms: the yes/no questions that one table answers, and the clauses that need them.

An atom is one question about one field's value (is it one of these strings, does it start with
one of those). A clause needs some atoms true and some false; given the atoms that a value makes
true, :class:`AtomMasks` gives the clauses that the value does not refute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from callguard.rules.predicates import Test


@dataclass(frozen=True, slots=True)
class AtomMasks:
    """From the atoms that a value makes true to the clauses that it does not refute.

    ``base`` are the clauses that need no atom true. ``gain[atom]`` are those that need only this
    one true, ``lose[atom]`` those that need it false. ``several`` has the clauses that need more
    than one: (the atoms, in order, and the mask of the clauses that need exactly these).
    """

    base: int
    gain: tuple[int, ...]
    lose: tuple[int, ...]
    several: tuple[tuple[tuple[int, ...], int], ...]

    def mask(self, true: Iterable[int]) -> int:
        """The clauses not refuted by a value that makes exactly the atoms ``true`` true."""
        atoms = frozenset(true)
        gained, lost = self.base, 0
        for atom in atoms:
            gained |= self.gain[atom]
            lost |= self.lose[atom]
        for wanted, clauses in self.several:
            if atoms.issuperset(wanted):
                gained |= clauses
        return gained & ~lost


class Atoms:
    """The atoms of one table while it is built, numbered as they are first needed.

    ``everything`` is the mask with every clause's bit set.
    """

    def __init__(self, everything: int) -> None:
        self._everything = everything
        self._numbers: dict[Test, int] = {}
        self._needs: dict[int, set[int]] = {}
        self._lose: dict[int, int] = {}

    @property
    def tests(self) -> dict[Test, int]:
        """The tests in the order in which they were first needed, each with its atom number."""
        return self._numbers

    def need(self, bit: int, test: Test, negated: bool) -> None:
        """Clause ``bit`` holds only where ``test`` is true (false if ``negated``)."""
        atom = self._numbers.setdefault(test, len(self._numbers))
        if negated:
            self._lose[atom] = self._lose.get(atom, 0) | 1 << bit
        else:
            self._needs.setdefault(bit, set()).add(atom)

    def masks(self) -> AtomMasks:
        """The masks for all that was needed."""
        wanting = 0
        gain = [0] * len(self._numbers)
        several: dict[tuple[int, ...], int] = {}
        for bit, wanted in self._needs.items():
            clause = 1 << bit
            wanting |= clause
            if len(wanted) == 1:
                gain[next(iter(wanted))] |= clause
            else:
                key = tuple(sorted(wanted))
                several[key] = several.get(key, 0) | clause
        lose = tuple(self._lose.get(atom, 0) for atom in range(len(gain)))
        base = self._everything & ~wanting
        return AtomMasks(base, tuple(gain), lose, tuple(several.items()))


def combiner(masks: AtomMasks) -> Callable[[Iterable[int]], int]:
    """:meth:`AtomMasks.mask` as a function that is fast however many clauses need several."""
    base, gain, lose = masks.base, masks.gain, masks.lose
    by_first: dict[int, list[tuple[frozenset[int], int]]] = {}
    for wanted, clauses in masks.several:
        by_first.setdefault(wanted[0], []).append((frozenset(wanted), clauses))
    several = by_first.get

    def mask(true: Iterable[int]) -> int:
        atoms = frozenset(true)
        gained, lost = base, 0
        for atom in atoms:
            gained |= gain[atom]
            lost |= lose[atom]
            for wanted, clauses in several(atom, ()):
                if wanted <= atoms:
                    gained |= clauses
        return gained & ~lost

    return mask


def interner(masks: AtomMasks) -> Callable[[Iterable[int]], int]:
    """:meth:`AtomMasks.mask`, one object for equal sets of atoms: for tables built at load."""
    combine = combiner(masks)
    known: dict[frozenset[int], int] = {}

    def interned(true: Iterable[int]) -> int:
        atoms = frozenset(true)
        mask = known.get(atoms)
        if mask is None:
            mask = known[atoms] = combine(atoms)
        return mask

    return interned
