"""National prefixes: which digits in front of a national number are to be taken off.

``phonenumbers`` strips a trunk prefix or carrier code by a regular expression, puts some numbers
together anew by a transform rule, and takes the result only if that does not make a number that
could exist into one that could not. The same decision is made here by automata, for all numbers
at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from callguard.errors import NumberingError
from tools.numbering_table.metadata import Region
from tools.numbering_table.regex import (
    Automaton,
    Choice,
    Digits,
    End,
    Group,
    Node,
    Repeat,
    Sequence,
    parse,
)

MAX_ALTERNATIVES = 10_000


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The number becomes ``literal + number[start:stop] + number[end:]`` (national digits)."""

    literal: str
    start: int
    stop: int
    end: int

    @property
    def removes_nothing(self) -> bool:
        return not self.literal and self.stop - self.start == self.end


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way in which the prefix pattern can match, in fixed positions."""

    masks: tuple[int, ...]
    to_end: bool  # "$": nothing may follow
    rewrite: Rewrite


@dataclass(frozen=True, slots=True)
class _Path:
    """Part of an alternative: digits and where the groups lie in it."""

    masks: tuple[int, ...] = ()
    groups: tuple[tuple[int, int, int], ...] = ()  # number, start, stop
    to_end: bool = False


def alternatives(region: Region) -> tuple[Alternative, ...]:
    """Every way in which a region's national prefix can match, most preferred first."""
    if not region.prefix_for_parsing:
        return ()
    tree = parse(region.prefix_for_parsing)
    last_group = _count_groups(tree)
    found = []
    for path in _paths(tree):
        groups = {number: (start, stop) for number, start, stop in path.groups}
        length = len(path.masks)
        if region.transform and last_group in groups:
            literal, number = _template(region)
            start, stop = groups[number]
            rewrite = Rewrite(literal, start, stop, length)
        else:
            rewrite = Rewrite("", 0, 0, length)
        found.append(Alternative(path.masks, path.to_end, rewrite))
    if len(found) > MAX_ALTERNATIVES:
        raise NumberingError(f"the national prefix of {region.name} has {len(found)} forms")
    return tuple(found)


def _template(region: Region) -> tuple[str, int]:
    match = re.fullmatch(r"(\d*)\\(\d)", region.transform or "")
    if match is None:
        raise NumberingError(
            f"the transform rule {region.transform!r} of {region.name} is not LITERAL\\GROUP; "
            "extend tools/numbering_table/prefix.py"
        )
    return match[1], int(match[2])


def _count_groups(node: Node) -> int:
    match node:
        case Group(body, number):
            return max(number, _count_groups(body))
        case Sequence(parts) | Choice(parts):
            return max((_count_groups(part) for part in parts), default=0)
        case Repeat(body, _, _):
            return _count_groups(body)
        case _:
            return 0


def _paths(node: Node) -> list[_Path]:
    """All ways through a pattern in the order in which a backtracking matcher tries them."""
    match node:
        case Digits(mask):
            return [_Path((mask,))]
        case End():
            return [_Path(to_end=True)]
        case Choice(options):
            return [path for option in options for path in _paths(option)]
        case Group(body, number):
            return [
                _Path(path.masks, (*path.groups, (number, 0, len(path.masks))), path.to_end)
                for path in _paths(body)
            ]
        case Sequence(parts):
            paths = [_Path()]
            for part in parts:
                tails = _paths(part)
                paths = [_joined(path, tail) for path in paths for tail in tails]
            return paths
        case Repeat(body, least, most):
            tails = _paths(body)
            by_count = [[_Path()]]
            for _ in range(most):
                by_count.append([_joined(path, t) for path in by_count[-1] for t in tails])
            return [path for paths in reversed(by_count[least:]) for path in paths]


def _joined(path: _Path, tail: _Path) -> _Path:
    shift = len(path.masks)
    moved = tuple((number, start + shift, stop + shift) for number, start, stop in tail.groups)
    return _Path(path.masks + tail.masks, path.groups + moved, path.to_end or tail.to_end)


# An alternative still possible after some digits: its index, and the state of the general
# pattern on the rewritten number as far as it is known.
Threads = tuple[tuple[int, int], ...]


class PrefixStripper:
    """Decides for every national number which rewrite, if any, the main region asks for."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._alternatives = alternatives(region)
        self._general = Automaton()
        self._general.add("general", region.general.text)

    def start(self) -> Threads:
        threads = []
        for index, alternative in enumerate(self._alternatives):
            state = self._general.start()
            for digit in alternative.rewrite.literal:
                state = self._general.step(state, int(digit))
            threads.append((index, state))
        return tuple(threads)

    def step(self, threads: Threads, depth: int, digit: int) -> Threads:
        """Threads after the digit at index ``depth`` of the national number."""
        after = []
        for index, before in threads:
            alternative = self._alternatives[index]
            rewrite = alternative.rewrite
            length = len(alternative.masks)
            state = before
            if depth < length:
                if not alternative.masks[depth] >> digit & 1:
                    continue
            elif alternative.to_end:
                continue
            if depth >= length or rewrite.start <= depth < rewrite.stop:
                state = self._general.step(before, digit)
            after.append((index, state))
            if depth + 1 >= length and not alternative.to_end:
                break  # it matches whatever follows, so less preferred ones never get a turn
        return tuple(after)

    def decide(self, threads: Threads, depth: int, viable: bool) -> Rewrite | None:
        """The rewrite of a number that ends here, whose own general pattern is ``viable``."""
        for index, state in threads:
            alternative = self._alternatives[index]
            if depth < len(alternative.masks):
                continue
            rewrite = alternative.rewrite
            if rewrite.removes_nothing:
                return None
            if viable and not self._general.accepted(state):
                return None
            length = len(rewrite.literal) + rewrite.stop - rewrite.start + depth - rewrite.end
            region = self._region
            possible = length in region.lengths or length > max(region.lengths)
            return rewrite if possible and length not in region.local_lengths else None
        return None
