"""Scans of numbers that are signalled plainly: one automaton for all tests of a column.

Nearly every number is a plus and digits, or digits. Over these eleven characters the expressions
and the texts that rules look for in numbers make a small automaton. It is complete at load, and a
number then costs one look-up a digit; any other value is scanned as all texts are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from callguard.engine.columns.atoms import combiner
from callguard.engine.columns.data import FieldColumn, Patterns, Substrings, Table
from callguard.engine.columns.expressions import syntax
from callguard.engine.columns.expressions.tree import (
    Chars,
    Either,
    Place,
    Repeated,
    Row,
    Tree,
    has_place,
    nodes,
)

ALPHABET: Final = "+0123456789"
# Where a state has the mask of a value that ends in it.
_END: Final = ""
# An automaton of more states, or one that is longer in the making, is left unmade.
MOST_STATES: Final = 512
_MOST_NODES: Final = 4000
_MOST_STEPS: Final = 200_000

# A state: from a character to the next state, and from "" to the mask.
State = dict[str, Any]
_START_OF_VALUE: Final = frozenset({"A", "^"})  # no plain number has a second line
_END_OF_VALUE: Final = frozenset({"z", "$"})


class _Unmade(Exception):  # noqa: N818 - an answer, not a failure
    """The tests are of a kind that the automaton does not know, or too many."""


@dataclass(slots=True)
class _Nodes:
    """The steps of all tests: through a character of ``chars``, or for nothing to ``free`` nodes.

    ``at_start`` and ``at_end`` are free at the start and at the end of a value only. ``atoms``
    says which atom is true where a node is reached.
    """

    chars: list[str] = field(default_factory=list)
    after: list[int] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)
    at_start: dict[int, int] = field(default_factory=dict)
    at_end: dict[int, int] = field(default_factory=dict)
    atoms: dict[int, tuple[int, int]] = field(default_factory=dict)

    def add(self, chars: str = "", after: int = -1, free: Iterable[int] = ()) -> int:
        if len(self.chars) >= _MOST_NODES:
            raise _Unmade
        self.chars.append(chars)
        self.after.append(after)
        self.free.append([*free])
        return len(self.chars) - 1

    def tree(self, tree: Tree, then: int) -> int:
        """The node from which the tree leads to the node ``then``."""
        match tree:
            case Chars(ranges=ranges, opaque=False):
                within = [one for one in ALPHABET if _has(ranges, ord(one))]
                return self.add("".join(within), then)
            case Place(kind=kind) if kind in _START_OF_VALUE or kind in _END_OF_VALUE:
                node = self.add()
                (self.at_start if kind in _START_OF_VALUE else self.at_end)[node] = then
                return node
            case Row(parts=parts):
                for part in reversed(parts):
                    then = self.tree(part, then)
                return then
            case Either(parts=parts):
                return self.add(free=[self.tree(part, then) for part in parts])
            case Repeated(part=Chars() | Row() | Either()):
                return self.repeated(tree, then)
        raise _Unmade

    def repeated(self, tree: Repeated, then: int) -> int:
        """As :meth:`tree`: ``x{2,4}`` as ``xxx?x?``, ``x{2,}`` as ``xxx*``."""
        part, low, high = tree.part, tree.low, tree.high
        if has_place(part) or any(_is_nothing(node) for node in nodes(part)):
            raise _Unmade
        if high is None:
            again = self.add(free=[then])
            self.free[again].append(self.tree(part, again))
            then = again
        for _ in range((high or low) - low):
            then = self.add(free=[then, self.tree(part, then)])
        for _ in range(low):
            then = self.tree(part, then)
        return then


def _has(ranges: Sequence[tuple[int, int]], code: int) -> bool:
    return any(low <= code <= high for low, high in ranges)


def _is_nothing(node: Tree) -> bool:
    return isinstance(node, Row | Either) and not node.parts


def digit_automaton(column: FieldColumn) -> State | None:
    """The first state of the automaton for a column's tests; None if it would be too large."""
    nodes = _Nodes()
    starts: list[int] = []
    try:
        for number, table in enumerate(column.tables):
            for tree, atoms in _tests(table):
                for atom in atoms:
                    found = nodes.add()
                    nodes.atoms[found] = (number, atom)
                    starts.append(nodes.tree(tree, found))
        return _States(column, nodes, starts).first
    except (_Unmade, syntax.Unread, RecursionError):
        return None


def _tests(table: Table) -> Iterable[tuple[Tree, Sequence[int]]]:
    """What a table looks for, each with its atoms. Plus and digits have no case."""
    if isinstance(table, Patterns):
        return [(syntax.read(expression), (atom,)) for expression, atom in table.expressions]
    if isinstance(table, Substrings):
        return [
            (Row(tuple(Chars(((ord(one), ord(one)),)) for one in word)), atoms)
            for word, atoms in table.words
        ]
    raise _Unmade


# The nodes that wait for a character or for the end, and the atoms that are true already.
_Key = tuple[frozenset[int], frozenset[tuple[int, int]]]


class _States:
    def __init__(self, column: FieldColumn, nodes: _Nodes, starts: Sequence[int]) -> None:
        self._present = column.present
        self._combine = [
            combiner(table.combine)
            for table in column.tables
            if isinstance(table, Patterns | Substrings)
        ]
        self._nodes = nodes
        self._steps = 0
        self._known: dict[_Key, State] = {}
        self._restart = self._reached(starts, frozenset(), [])
        start = self._reached(starts, frozenset(), [nodes.at_start])
        # Unlike any state behind it, the first one may be start and end of a value at once.
        empty = self._reached(starts, frozenset(), [nodes.at_start, nodes.at_end])
        self.first: State = {_END: self._mask(empty)}
        todo: list[tuple[_Key, State]] = [(start, self.first)]
        while todo:
            (waiting, true), state = todo.pop()
            for character in ALPHABET:
                self._steps += len(waiting)
                after = [nodes.after[node] for node in waiting if character in nodes.chars[node]]
                key = self._reached(after, true | self._restart[1], [])
                state[character] = self._state((key[0] | self._restart[0], key[1]), todo)

    def _state(self, key: _Key, todo: list[tuple[_Key, State]]) -> State:
        state = self._known.get(key)
        if state is None:
            if len(self._known) >= MOST_STATES:
                raise _Unmade
            state = self._known[key] = {_END: self._mask(key)}
            todo.append((key, state))
        return state

    def _reached(
        self,
        nodes: Iterable[int],
        true: frozenset[tuple[int, int]],
        places: Sequence[dict[int, int]],
    ) -> _Key:
        """What is reached for nothing from some nodes, at these places of a value."""
        made, seen, todo, found = self._nodes, set[int](), [*nodes], set(true)
        while todo:
            node = todo.pop()
            if node in seen:
                continue
            seen.add(node)
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise _Unmade
            if node in made.atoms:
                found.add(made.atoms[node])
            todo += made.free[node]
            todo += [place[node] for place in places if node in place]
        waiting = frozenset(one for one in seen if made.chars[one] or one in made.at_end)
        return waiting, frozenset(found)

    def _mask(self, key: _Key) -> int:
        waiting, true = key
        ends = [node for node in waiting if node in self._nodes.at_end]
        _, true = self._reached(ends, true, [self._nodes.at_end])
        mask = self._present
        for number, combine in enumerate(self._combine):
            mask &= combine(atom for of_table, atom in true if of_table == number)
        return mask


def scan_digits(first: State, otherwise: Callable[[str], int]) -> Callable[[str], int]:
    """A look-up by the automaton, and ``otherwise`` for values with other characters."""

    def look_up(value: str) -> int:
        state = first
        try:
            for character in value:
                state = state[character]
        except KeyError:
            return otherwise(value)
        mask: int = state[_END]
        return mask

    return look_up
