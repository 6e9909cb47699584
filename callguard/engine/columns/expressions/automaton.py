"""How many states an automaton needs for an expression, and for several together.

The positions of an expression are its characters as it is written, counted repetitions spelt out;
a state is a set of positions (Glushkov, 1961; Thompson, 1968). RE2 makes states as a text asks for
them. Where there are few, they are soon there, and then a byte costs one look-up; where there are
many, a text can ask for a new one at each byte, which costs as much as trying all positions.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from callguard.engine.columns.expressions.required import fold
from callguard.engine.columns.expressions.tree import (
    LAST,
    Chars,
    Either,
    Place,
    Ranges,
    Repeated,
    Row,
    Tree,
)

MOST_POSITIONS: Final = 5000
_MOST_CLASSES: Final = 256
_NARROW: Final = 128


class TooLarge(Exception):  # noqa: N818 - an answer, not a failure
    """The expression has too many positions, or too many states."""


@dataclass(slots=True)
class Positions:
    """The positions of one expression.

    ``follow[p]`` are those that may come after position p, as bits; ``first`` those that may come
    first, ``last`` those after which it is found. It ``starts`` at the start of the value only.
    """

    sets: list[Ranges] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)
    first: int = 0
    last: int = 0
    nullable: bool = False
    starts: bool = False


def positions(tree: Tree) -> Positions:
    """The positions of an expression. Raises :class:`TooLarge`."""
    made = Positions(starts=starts(tree))
    made.first, made.last, made.nullable = _add(made, tree)
    return made


def starts(tree: Tree) -> bool:
    """Whether the expression can be found only at the start of a value."""
    match tree:
        case Place(kind=kind):
            return kind == "A"
        case Either(parts=parts):
            return all(map(starts, parts))
        case Row(parts=parts):
            for part in parts:
                if starts(part):
                    return True
                if not isinstance(part, Place) and part != Row(()):
                    return False
            return False
        case Repeated(part=part, low=low):
            return low > 0 and starts(part)
    return False


def longest(tree: Tree) -> int | None:
    """The most characters that the expression matches; None for any number."""
    match tree:
        case Chars():
            return 1
        case Place():
            return 0
        case Repeated(part=part, high=high):
            most = longest(part)
            return None if most is None or (high is None and most) else most * (high or 0)
    lengths = [longest(part) for part in tree.parts]
    known = [length for length in lengths if length is not None]
    if len(known) < len(lengths):
        return None
    return sum(known) if isinstance(tree, Row) else max(known, default=0)


_Part = tuple[int, int, bool]  # first, last, nullable


def _add(made: Positions, tree: Tree) -> _Part:
    match tree:
        case Chars():
            return _add_chars(made, tree)
        case Place():
            return 0, 0, True
        case Either(parts=parts):
            added = [_add(made, part) for part in parts]
            first, last = (union([one[side] for one in added]) for side in (0, 1))
            return first, last, any(nullable for _, _, nullable in added)
        case Row(parts=parts):
            whole: _Part = (0, 0, True)
            for part in parts:
                whole = _after(made, whole, _add(made, part))
            return whole
        case Repeated():
            return _add_repeated(made, tree)


def _add_chars(made: Positions, chars: Chars) -> _Part:
    if len(made.sets) >= MOST_POSITIONS:
        raise TooLarge
    bit = 1 << len(made.sets)
    made.sets.append(_ranges(chars))
    made.follow.append(0)
    return bit, bit, False


def _add_repeated(made: Positions, repeated: Repeated) -> _Part:
    """``x{2,4}`` as ``xxx?x?``, ``x{2,}`` as ``xxx*``."""
    whole: _Part = (0, 0, True)
    for _ in range(repeated.low):
        whole = _after(made, whole, _add(made, repeated.part))
    if repeated.high is None:
        first, last, _ = _add(made, repeated.part)
        _connect(made, last, first)
        return _after(made, whole, (first, last, True))
    for _ in range(repeated.high - repeated.low):
        first, last, _ = _add(made, repeated.part)
        whole = _after(made, whole, (first, last, True))
    return whole


def _after(made: Positions, left: _Part, right: _Part) -> _Part:
    _connect(made, left[1], right[0])
    return (
        left[0] | right[0] if left[2] else left[0],
        left[1] | right[1] if right[2] else right[1],
        left[2] and right[2],
    )


def _connect(made: Positions, last: int, first: int) -> None:
    for bit in bits(last):
        made.follow[bit] |= first


def bits(mask: int) -> list[int]:
    """The numbers of the bits that are set."""
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found


def union(masks: Iterable[int]) -> int:
    """All bits of all masks."""
    joined = 0
    for mask in masks:
        joined |= mask
    return joined


def _ranges(chars: Chars) -> Ranges:
    if not chars.folded:
        return chars.ranges
    # Near enough for counting states: both cases of letters, the rest as it is.
    both = set()
    for low, high in chars.ranges:
        if high - low > 256:
            return chars.ranges
        for code in range(low, high + 1):
            both |= {code, *map(ord, {fold(chr(code))[:1], chr(code).upper()[:1]})}
    return tuple((code, code) for code in sorted(both))


@dataclass(frozen=True, slots=True)
class Size:
    """How large an automaton is: its states, and what making the wide ones takes.

    ``steps`` are pairs (positions in a state, steps from such states to others), the most
    positions first. RE2 works out each such step when a text first asks for it; where a state has
    few positions, that is soon done and is not counted.
    """

    states: int
    steps: tuple[tuple[int, int], ...]

    def positions_tried(self, characters: int) -> int:
        """How many positions of wide states at most are tried for a text that is new."""
        tried = 0
        for positions, steps in self.steps:
            tried += positions * min(steps, characters)
            characters -= min(steps, characters)
        return tried


def size_of(several: Sequence[Positions], most: int) -> Size:
    """The automaton for all of them. Raises :class:`TooLarge` if it has more states than ``most``.

    That an expression was found is part of a state, as in a set of RE2.
    """
    sets, follow, last, first, restart = [], [], 0, 0, 0
    offset = 0
    found_bits = sum(len(one.sets) for one in several)
    for number, one in enumerate(several):
        sets += one.sets
        found = 1 << (found_bits + number)
        follow += [after << offset for after in one.follow]
        for bit in bits(one.last):
            follow[offset + bit] |= found
        first |= one.first << offset
        if not one.starts:
            restart |= one.first << offset
        last |= found
        offset += len(one.sets)
    having = _by_class(sets)
    start = first
    known, todo = {start}, [start]
    steps: Counter[int] = Counter()
    while todo:
        state = todo.pop()
        found = state & last
        following = {state & members for members in having}
        if state.bit_count() > _NARROW:
            steps[state.bit_count()] += len(following)
        for here in following:
            after = found | restart
            for bit in bits(here):
                after |= follow[bit]
            if after not in known:
                if len(known) >= most:
                    raise TooLarge
                known.add(after)
                todo.append(after)
    return Size(len(known), tuple(sorted(steps.items(), reverse=True)))


def _by_class(sets: Sequence[Ranges]) -> list[int]:
    """For each class of characters that the sets do not tell apart: the sets that have it."""
    having: dict[Ranges, int] = {}
    for number, ranges in enumerate(sets):
        having[ranges] = having.get(ranges, 0) | 1 << number
    bounds = sorted({edge for ranges in having for low, high in ranges for edge in (low, high + 1)})
    if len(bounds) > _MOST_CLASSES * 4:
        raise TooLarge
    masks = [0] * (len(bounds) + 1)
    for ranges, members in having.items():
        for low, high in ranges:
            for at in range(bisect_right(bounds, low), bisect_right(bounds, min(high, LAST)) + 1):
                masks[at] |= members
    classes = list(dict.fromkeys(masks))
    if len(classes) > _MOST_CLASSES:
        raise TooLarge
    return classes
