"""Which known word somebody probably meant: near in spelling, or the same in part."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_PARTS: Final = re.compile(r"[^0-9a-z]+")


def nearest(word: str, options: Collection[str]) -> str | None:
    """The option that ``word`` was meant to be; None where that would be a guess.

    Near is: the same but for case and separators; with so few slips (a letter too many, too few,
    another one, two exchanged) that most of the word is right; or, if only one option has them,
    made of some of the parts of its name (``calling_number`` of ``calling_party_number``).
    """
    meant = _bare(word)
    if not meant:
        return None
    best: tuple[int, str] | None = None
    for option in options:
        other = _bare(option)
        allowed = _slips_allowed(max(len(meant), len(other)))
        if abs(len(meant) - len(other)) > allowed:
            continue
        if best is not None and allowed >= best[0]:
            allowed = best[0] - 1
        distance = _distance(meant, other, allowed) if allowed >= 0 else None
        if distance is not None:
            best = (distance, option)
            if distance == 0:
                break
    return best[1] if best is not None else _with_the_parts_of(word, options)


def _bare(word: str) -> str:
    return _PARTS.sub("", word.lower())


def _slips_allowed(length: int) -> int:
    """A word of two letters has no room for a slip, one of ten for three."""
    return 0 if length < 3 else 1 if length < 6 else 2 if length < 10 else 3


def _with_the_parts_of(word: str, options: Collection[str]) -> str | None:
    parts = set(_PARTS.split(word.lower())) - {""}
    found = [option for option in options if parts <= set(_PARTS.split(option.lower()))]
    return found[0] if len(found) == 1 else None


def _distance(one: str, other: str, most: int) -> int | None:
    """Slips between two words (optimal string alignment); None if there are more than ``most``."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, char in enumerate(one, 1):
        current = [row]
        for column, wanted in enumerate(other, 1):
            cost = min(
                last[column] + 1, current[column - 1] + 1, last[column - 1] + (char != wanted)
            )
            if before and column > 1 and char == other[column - 2] and one[row - 2] == wanted:
                cost = min(cost, before[column - 2] + 1)
            current.append(cost)
        if min(current) > most:
            return None
        before, last = last, current
    return last[-1] if last[-1] <= most else None
