"""Build the tables that are bisected: values in order, cut where the true tests change.

Each function takes the atoms of one table and whether it reads values in lower case.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any

from callguard.engine.columns.atoms import Atoms, interner
from callguard.engine.columns.data import Flags, Networks, Numbers, Strings, Suffixes
from callguard.rules.predicates import Compare, EndsWith, Equals, InNetwork, StartsWith

# The interned mask of a set of atoms that are true.
_MaskOf = Callable[[Iterable[int]], int]
# An edge is (position, atom, +1 where the atom becomes true or -1 where it stops being true).
_Edge = tuple[Any, int, int]
_LAST = "\U0010ffff"


def strings(atoms: Atoms, folded: bool) -> Strings:
    """Equality and prefix tests."""
    exact: dict[str, set[int]] = {}
    prefixes: dict[str, set[int]] = {}
    for test, atom in atoms.tests.items():
        assert isinstance(test, Equals | StartsWith)
        group = exact if isinstance(test, Equals) else prefixes
        for value in test.values:
            group.setdefault(_read(str(value), folded), set()).add(atom)
    return strings_of(exact, prefixes, interner(atoms.masks()), folded)


def strings_of(
    exact: dict[str, set[int]],
    prefixes: dict[str, set[int]],
    mask_of: _MaskOf,
    folded: bool = False,
) -> Strings:
    """The table for whole texts and prefixes, each with the atoms that it makes true."""
    bounds, masks = _sweep(mask_of, _prefix_edges(prefixes))
    whole = sorted(exact)
    exact_masks = _exact_masks(mask_of, whole, exact, prefixes)
    return Strings(folded, tuple(whole), exact_masks, bounds, masks)


def _exact_masks(
    mask_of: _MaskOf,
    whole: list[str],
    exact: dict[str, set[int]],
    prefixes: dict[str, set[int]],
) -> tuple[int, ...]:
    """For each value of ``whole``, sorted, the mask of its own atoms and its prefixes' atoms.

    Values and prefixes are walked together in their order, in which the prefixes of a value come
    one inside the other just before it: no value looks for its prefixes.
    """
    starts = sorted(prefixes)
    begun = 0
    inside: list[tuple[str, frozenset[int]]] = []
    masks = []
    for value in whole:
        while begun < len(starts) and starts[begun] <= value:
            start = starts[begun]
            begun += 1
            _leave(inside, start)
            around = inside[-1][1] if inside else frozenset()
            inside.append((start, around | prefixes[start]))
        _leave(inside, value)
        masks.append(mask_of(exact[value] | inside[-1][1] if inside else exact[value]))
    return tuple(masks)


def _leave(inside: list[tuple[str, frozenset[int]]], value: str) -> None:
    """Drop the innermost prefixes that ``value`` does not begin with."""
    while inside and not value.startswith(inside[-1][0]):
        inside.pop()


def suffixes(atoms: Atoms, folded: bool) -> Suffixes:
    """Suffix tests: prefix tests on the string read backwards."""
    prefixes: dict[str, set[int]] = {}
    for test, atom in atoms.tests.items():
        assert isinstance(test, EndsWith)
        for value in test.values:
            prefixes.setdefault(_read(value, folded)[::-1], set()).add(atom)
    bounds, masks = _sweep(interner(atoms.masks()), _prefix_edges(prefixes))
    return Suffixes(folded, bounds, masks)


def numbers(atoms: Atoms, _folded: bool = False) -> Numbers:
    """Comparisons with numbers. Values are finite ints or floats."""
    points: set[float] = set()
    for test in atoms.tests:
        assert isinstance(test, Compare | Equals)
        points.update([test.number] if isinstance(test, Compare) else map(_number, test.values))
    bounds = sorted(points)
    cell = {number: 2 * index + 1 for index, number in enumerate(bounds)}
    cells = 2 * len(bounds) + 1

    edges: list[_Edge] = []
    for test, atom in atoms.tests.items():
        for first, last in _cells(test, cell, cells):
            edges += [(first, atom, 1), (last + 1, atom, -1)]
    changes, changed = _sweep(interner(atoms.masks()), edges)
    masks = (changed[bisect_right(changes, index)] for index in range(cells))
    return Numbers(tuple(bounds), tuple(masks))


def flags(atoms: Atoms, _folded: bool = False) -> Flags:
    """Tests for true and false."""
    masks = atoms.masks()
    if_true, if_false = (
        masks.mask(
            atom
            for test, atom in atoms.tests.items()
            if isinstance(test, Equals) and flag in test.values
        )
        for flag in (True, False)
    )
    return Flags(if_true, if_false)


def networks(atoms: Atoms, _folded: bool = False) -> Networks:
    """CIDR tests."""
    edges: dict[int, list[_Edge]] = {4: [], 6: []}
    for test, atom in atoms.tests.items():
        assert isinstance(test, InNetwork)
        for text in test.networks:
            network = ip_network(text, strict=False)
            edges[network.version].append((int(network.network_address), atom, 1))
            end = int(network.broadcast_address) + 1
            if end < 1 << network.max_prefixlen:
                edges[network.version].append((end, atom, -1))
    masks = atoms.masks()
    mask_of = interner(masks)
    return Networks(masks.base, *_sweep(mask_of, edges[4]), *_sweep(mask_of, edges[6]))


def _sweep(mask_of: _MaskOf, edges: Iterable[_Edge]) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """Positions at which the mask changes, and the masks before, between and after them."""
    by_position: dict[Any, list[tuple[int, int]]] = {}
    for position, atom, step in edges:
        by_position.setdefault(position, []).append((atom, step))
    bounds = sorted(by_position)
    open_atoms: dict[int, int] = {}
    masks = [mask_of(())]
    for position in bounds:
        for atom, step in by_position[position]:
            count = open_atoms.get(atom, 0) + step
            if count:
                open_atoms[atom] = count
            else:
                del open_atoms[atom]
        masks.append(mask_of(open_atoms))
    return tuple(bounds), tuple(masks)


def _prefix_edges(prefixes: dict[str, set[int]]) -> list[_Edge]:
    edges: list[_Edge] = []
    for prefix, atoms in prefixes.items():
        end = _after(prefix)
        for atom in atoms:
            edges.append((prefix, atom, 1))
            if end is not None:
                edges.append((end, atom, -1))
    return edges


def _after(prefix: str) -> str | None:
    """The first string in code point order that is beyond all that start with ``prefix``."""
    stem = prefix.rstrip(_LAST)
    return stem[:-1] + chr(ord(stem[-1]) + 1) if stem else None


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


def _read(text: str, folded: bool) -> str:
    return text.lower() if folded else text
