"""Look-ups that bisect: the values of a field in order, cut where the true tests change.

Each function takes a frozen :class:`AtomTable` and gives a closure from a value to the mask of the
clauses that the value does not refute. Everything is worked out at load.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

from callguard.engine.atoms import AtomTable
from callguard.rules.predicates import Compare, EndsWith, Equals, InNetwork, StartsWith

Fold = Callable[[str], str]
StringMask = Callable[[str], int]
# An edge is (position, atom, +1 where the atom becomes true or -1 where it stops being true).
Edge = tuple[Any, int, int]
_LAST = "\U0010ffff"


def _sweep(table: AtomTable, edges: Iterable[Edge]) -> tuple[list[Any], list[int]]:
    """Positions at which the mask changes, and the masks before, between and after them."""
    by_position: dict[Any, list[tuple[int, int]]] = {}
    for position, atom, step in edges:
        by_position.setdefault(position, []).append((atom, step))
    bounds = sorted(by_position)
    open_atoms: dict[int, int] = {}
    masks = [table.interned(())]
    for position in bounds:
        for atom, step in by_position[position]:
            count = open_atoms.get(atom, 0) + step
            if count:
                open_atoms[atom] = count
            else:
                del open_atoms[atom]
        masks.append(table.interned(open_atoms))
    return bounds, masks


def _after(prefix: str) -> str | None:
    """The first string in code point order that is beyond all that start with ``prefix``."""
    stem = prefix.rstrip(_LAST)
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else None


@dataclass(frozen=True, slots=True)
class StringTable:
    """``whole`` has the mask of strings compared with as a whole, the intervals that of the rest.

    ``masks[bisect_right(bounds, value)]`` is the mask of a value that is not in ``whole``.
    """

    whole: dict[str, int]
    bounds: list[str]
    masks: list[int]

    def look_up(self) -> StringMask:
        """The closure for it."""
        find, bounds, masks = self.whole.get, self.bounds, self.masks
        if not bounds:
            (nothing,) = masks
            return lambda value: find(value, nothing)
        if not self.whole:
            return lambda value: masks[bisect_right(bounds, value)]

        def look_up(value: str) -> int:
            mask = find(value)
            return masks[bisect_right(bounds, value)] if mask is None else mask

        return look_up


def _string_table(
    table: AtomTable, exact: dict[str, set[int]], prefixes: dict[str, set[int]]
) -> StringTable:
    edges: list[Edge] = []
    for prefix, atoms in prefixes.items():
        end = _after(prefix)
        for atom in atoms:
            edges.append((prefix, atom, 1))
            if end is not None:
                edges.append((end, atom, -1))
    bounds, masks = _sweep(table, edges)

    lengths = sorted({len(prefix) for prefix in prefixes})
    whole = {
        value: table.interned(
            atoms.union(*(prefixes.get(value[:length], ()) for length in lengths))
        )
        for value, atoms in exact.items()
    }
    return StringTable(whole, bounds, masks)


def prefix_table(table: AtomTable, fold: Fold) -> StringMask:
    """Equality and prefix tests: one dict look-up, then one bisection if that finds nothing."""
    return string_table(table, fold).look_up()


def string_table(table: AtomTable, fold: Fold) -> StringTable:
    """Equality and prefix tests, as the table that answers them."""
    exact: dict[str, set[int]] = {}
    prefixes: dict[str, set[int]] = {}
    for test, atom in table.atoms.items():
        assert isinstance(test, Equals | StartsWith)
        group = exact if isinstance(test, Equals) else prefixes
        for value in test.values:
            group.setdefault(fold(str(value)), set()).add(atom)
    return _string_table(table, exact, prefixes)


def suffix_table(table: AtomTable, fold: Fold) -> StringMask:
    """Suffix tests: prefix tests on the string read backwards."""
    prefixes: dict[str, set[int]] = {}
    for test, atom in table.atoms.items():
        assert isinstance(test, EndsWith)
        for value in test.values:
            prefixes.setdefault(fold(value)[::-1], set()).add(atom)
    look_up = _string_table(table, {}, prefixes).look_up()
    return lambda value: look_up(value[::-1])


def number_table(table: AtomTable) -> Callable[[float], int]:
    """Comparisons with numbers. Values are finite ints or floats.

    With k numbers compared with there are 2k + 1 cells: each number and each gap beside one.
    """
    points: set[float] = set()
    for test in table.atoms:
        assert isinstance(test, Compare | Equals)
        points.update([test.number] if isinstance(test, Compare) else map(_number, test.values))
    bounds = sorted(points)
    cell = {number: 2 * index + 1 for index, number in enumerate(bounds)}
    cells = 2 * len(bounds) + 1

    edges: list[Edge] = []
    for test, atom in table.atoms.items():
        for first, last in _cells(test, cell, cells):
            edges += [(first, atom, 1), (last + 1, atom, -1)]
    changes, changed = _sweep(table, edges)
    masks = [changed[bisect_right(changes, index)] for index in range(cells)]
    return lambda value: masks[bisect_left(bounds, value) + bisect_right(bounds, value)]


def _cells(test: object, cell: dict[float, int], cells: int) -> list[tuple[int, int]]:
    """The runs of cells, both ends included, in which ``test`` is true."""
    if isinstance(test, Compare):
        at = cell[test.number]
        last = cells - 1
        return [
            {"lt": (0, at - 1), "lte": (0, at), "gt": (at + 1, last), "gte": (at, last)}[test.op]
        ]
    assert isinstance(test, Equals)
    return [(cell[number], cell[number]) for number in {_number(value) for value in test.values}]


def _number(value: str | float) -> float:
    assert not isinstance(value, str | bool), "a number is compared with something else"
    return value


def network_table(table: AtomTable) -> StringMask:
    """CIDR tests on addresses as text. What is no address lies in no network."""
    edges: dict[int, list[Edge]] = {4: [], 6: []}
    for test, atom in table.atoms.items():
        assert isinstance(test, InNetwork)
        for text in test.networks:
            network = ip_network(text, strict=False)
            width = network.max_prefixlen // 8
            edges[network.version].append((network.network_address.packed, atom, 1))
            end = int(network.broadcast_address) + 1
            if end < 1 << network.max_prefixlen:
                edges[network.version].append((end.to_bytes(width), atom, -1))
    bounds4, masks4 = _sweep(table, edges[4])
    bounds6, masks6 = _sweep(table, edges[6])

    nothing = table.base

    def look_up(value: str) -> int:
        try:
            if ":" in value:
                # RFC 4007 section 11: a scope may follow, "fe80::1%eth0".
                address, scoped, scope = value.partition("%")
                if scoped and (not scope or "%" in scope or "/" in scope):
                    return nothing
                return masks6[bisect_right(bounds6, inet_pton(AF_INET6, address))]
            return masks4[bisect_right(bounds4, inet_pton(AF_INET, value))]
        except (OSError, ValueError):
            return nothing

    return look_up
