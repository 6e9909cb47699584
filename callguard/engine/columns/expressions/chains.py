"""Expressions that are texts, or texts with gaps between them, such as ``(?i)win.{0,40}prize``.

An automaton for these has a state for every set of places where the first text may have been: it
is slow on the texts of those who try. Where the texts are is known from looking for them; whether
they follow each other in time is then one comparison a place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callguard.engine.columns.expressions.required import Text, Texts, is_worth_it, texts_of
from callguard.engine.columns.expressions.tree import (
    Chars,
    Place,
    Ranges,
    Repeated,
    Row,
    Tree,
    complement,
    has_place,
)

_MOST_TEXTS: Final = 1000
_MOST_OTHERS: Final = 8  # characters that a gap may not have


@dataclass(frozen=True, slots=True)
class Gap:
    """From ``low`` to ``high`` characters (None: any number), none of them in ``others``."""

    low: int
    high: int | None
    others: str


@dataclass(frozen=True, slots=True)
class Link:
    """The gap before it (None for the first), the texts of which one comes, places around it."""

    gap: Gap | None
    texts: Texts
    before: frozenset[str]
    after: frozenset[str]


Chain = tuple[Link, ...]
# Text -> where each of its occurrences ends, in order.
Found = Mapping[Text, Sequence[int]]


def chain_of(tree: Tree) -> Chain | None:
    """The expression as texts with gaps between them; None if it is something else."""
    parts = [part for part in _flat(tree) if part != Row(())]
    while parts and _is_free(parts[0]):
        parts.pop(0)
    while parts and _is_free(parts[-1]):
        parts.pop()
    links: list[Link] = []
    gap: Gap | None = None
    run: list[Tree] = []
    for part in [*parts, None]:
        found = None if part is None else _gap(part)
        if part is not None and found is None:
            run.append(part)
            continue
        link = _link(gap, run)
        if link is None:
            return None
        links.append(link)
        gap, run = found, []
    return tuple(links)


def _flat(tree: Tree) -> list[Tree]:
    if isinstance(tree, Row):
        return [inner for part in tree.parts for inner in _flat(part)]
    return [tree]


def _is_free(part: Tree) -> bool:
    """Whether the part may be nothing, so that it asks for nothing at an end of the expression."""
    return isinstance(part, Repeated) and part.low == 0


def _gap(part: Tree) -> Gap | None:
    if not isinstance(part, Repeated) or not isinstance(part.part, Chars):
        return None
    chars = part.part
    if chars.opaque or chars.folded:
        return None
    others = complement(chars.ranges)
    if sum(high - low + 1 for low, high in others) > _MOST_OTHERS:
        return None
    return Gap(part.low, part.high, _spelled(others))


def _spelled(ranges: Ranges) -> str:
    return "".join(chr(code) for low, high in ranges for code in range(low, high + 1))


def _link(gap: Gap | None, run: list[Tree]) -> Link | None:
    inside = list(run)
    before = _places(inside)
    inside.reverse()
    after = _places(inside)
    inside.reverse()
    if any(has_place(part) for part in inside):
        return None
    texts = texts_of(Row(tuple(inside)))
    if texts is None or len(texts) > _MOST_TEXTS:
        return None
    if not all(each.exact and is_worth_it(each) for each in texts):
        return None
    return Link(gap, texts, before, after)


def _places(parts: list[Tree]) -> frozenset[str]:
    """The conditions on the place that the parts begin with; taken away from them."""
    kinds = set()
    while parts and isinstance(first := parts[0], Place):
        kinds.add(first.kind)
        del parts[0]
    return frozenset(kinds)


def is_plain(chain: Chain) -> bool:
    """Whether the chain is found wherever one of its first texts is."""
    return len(chain) == 1 and not chain[0].before and not chain[0].after


def is_found(chain: Chain, value: str, found: Found) -> bool:
    """Whether the chain is in the value, in which its texts were ``found``."""
    ends: list[int] = []
    for link in chain:
        spans = _spans(link, value, found)
        ends = _next_ends(link.gap, ends, spans, value) if link.gap else [end for _, end in spans]
        if not ends:
            return False
        ends.sort()
    return True


def _spans(link: Link, value: str, found: Found) -> list[tuple[int, int]]:
    spans = [
        (end - len(text.text), end) for text in link.texts if text in found for end in found[text]
    ]
    if len(link.texts) > 1:
        spans.sort()
    for kind in link.before:
        holds = _PLACES[kind]
        spans = [span for span in spans if holds(value, span[0])]
    for kind in link.after:
        holds = _PLACES[kind]
        spans = [span for span in spans if holds(value, span[1])]
    return spans


def _next_ends(
    gap: Gap, ends: Sequence[int], spans: Sequence[tuple[int, int]], value: str
) -> list[int]:
    """The ends of those spans that follow one of the ``ends`` after the gap.

    Of the ends that are far enough before a span the last is the best, whatever else holds.
    """
    reached: list[int] = []
    low, high = gap.low, gap.high
    furthest = len(value) if high is None else high
    others: list[int] | None = None
    at, count = 0, len(ends)
    for start, end in spans:
        wanted = start - low
        while at < count and ends[at] <= wanted:
            at += 1
        if not at or start - ends[at - 1] > furthest:
            continue
        if others is None:
            others = _positions(value, gap.others)
        if others and bisect_left(others, ends[at - 1]) != bisect_left(others, start):
            continue
        reached.append(end)
    return reached


def _positions(value: str, chars: str) -> list[int]:
    positions: list[int] = []
    for char in chars:
        at = value.find(char)
        while at >= 0:
            positions.append(at)
            at = value.find(char, at + 1)
    positions.sort()
    return positions


def _is_word(value: str, at: int) -> bool:
    return 0 <= at < len(value) and value[at] in _WORD


def _at_boundary(value: str, at: int) -> bool:
    return _is_word(value, at - 1) is not _is_word(value, at)


_WORD: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
# What each condition on the place says of a position in the value.
_PLACES: Final[Mapping[str, Callable[[str, int], bool]]] = {
    "A": lambda _, at: at == 0,
    "z": lambda value, at: at == len(value),
    "^": lambda value, at: at == 0 or value[at - 1] == "\n",
    "$": lambda value, at: at == len(value) or value[at] == "\n",
    "b": _at_boundary,
    "B": lambda value, at: not _at_boundary(value, at),
}
