"""An expression as a tree."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

LAST: Final = 0x10FFFF
_PLANES: Final = 0x20000
Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Chars:
    """One character: of these code points, sorted and apart. ``folded``: in any case.

    The ranges of an ``opaque`` set are not known exactly.
    """

    ranges: Ranges
    folded: bool = False
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A condition on the place: ``A`` start, ``z`` end, ``^`` and ``$`` of a line, ``b``, ``B``."""

    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """``part`` from ``low`` to ``high`` times; without end if that is None."""

    part: Tree
    low: int
    high: int | None


Tree = Chars | Place | Row | Either | Repeated
NOTHING: Final = Row(())


def nodes(tree: Tree) -> Iterator[Tree]:
    """The tree and every tree in it."""
    yield tree
    if isinstance(tree, Repeated):
        yield from nodes(tree.part)
    elif isinstance(tree, Row | Either):
        for part in tree.parts:
            yield from nodes(part)


def has_place(tree: Tree) -> bool:
    """Whether a condition on the place is in the tree."""
    return any(isinstance(node, Place) for node in nodes(tree))


def merged(ranges: list[tuple[int, int]]) -> Ranges:
    """The ranges sorted, and joined where they meet."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """All other code points."""
    others, start = [], 0
    for low, high in ranges:
        if start < low:
            others.append((start, low - 1))
        start = high + 1
    if start <= LAST:
        others.append((start, LAST))
    return tuple(others)


@cache
def category(name: str) -> Ranges:
    """About the characters of a general category (``P``, ``Lu``); of a script all characters.

    RE2 has Unicode in a version of its own, and this looks at the first two planes only.
    """
    if len(name) > len("Lu"):
        return ((0, LAST),)
    return merged(
        [(low, high) for of_run, low, high in _runs_of_categories() if of_run.startswith(name)]
    )


@cache
def _runs_of_categories() -> list[tuple[str, int, int]]:
    """(general category, first, last) of all runs of code points that share one."""
    runs = []
    for of_run, codes in groupby(range(_PLANES), lambda code: unicodedata.category(chr(code))):
        low, *others = codes
        runs.append((of_run, low, others[-1] if others else low))
    return runs
