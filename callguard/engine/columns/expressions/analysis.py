"""What is known of one expression before any text is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from callguard.engine.columns.expressions import automaton, costs, syntax
from callguard.engine.columns.expressions.automaton import Positions, Size, TooLarge
from callguard.engine.columns.expressions.chains import Chain, chain_of
from callguard.engine.columns.expressions.required import Texts, required
from callguard.engine.columns.expressions.tree import Tree
from callguard.rules.regular import searcher

# An automaton of at most so many states (of characters; bytes need some more) is soon complete:
# the first for any expression, the last for long ones, such as lists of words.
MOST_STATES: Final = 256
_MOST_OF_ANY: Final = 1024
_GROUP_NAME: Final = re.compile(r"\(\?P?<\w+>")


@dataclass(frozen=True, slots=True)
class Analysis:
    """One expression.

    ``bare`` is the expression without the names of its groups, which RE2 would otherwise work
    out. ``chain`` if it is texts with gaps; ``needed``: texts of which one must be there, if that
    is known. ``small``: its positions, if their automaton is small, and then its ``size``.
    """

    expression: str
    bare: str
    chain: Chain | None
    needed: Texts | None
    small: Positions | None
    size: Size | None
    positions: int
    longest: int | None
    starts: bool

    def cost(self, characters: int) -> int:
        """Steps for looking for it alone, chains aside, in a text of so many characters."""
        if self.size is not None:
            return costs.quick(characters, self.size, self.longest, self.starts)
        return costs.costly(characters, self.positions, self.longest, self.starts)


@lru_cache(maxsize=4096)
def analysed(expression: str) -> Analysis:
    """The analysis of an expression that RE2 accepts."""
    try:
        tree = syntax.read(expression)
        return _of_tree(expression, tree)
    except (syntax.Unread, RecursionError):
        size = searcher(expression).ProgramSize()
        return Analysis(expression, expression, None, None, None, None, size, None, starts=False)


def _of_tree(expression: str, tree: Tree) -> Analysis:
    bare = _GROUP_NAME.sub("(", expression)
    if bare != expression and syntax.read(bare) != tree:
        bare = expression  # what looks like a name is something else
    longest, starts = automaton.longest(tree), automaton.starts(tree)
    chain = chain_of(tree)
    if chain is not None:
        return Analysis(expression, bare, chain, None, None, None, 0, longest, starts)
    small, size, count = None, None, 0
    try:
        places = automaton.positions(tree)
        count = len(places.sets)
        size = automaton.size_of([places], min(max(MOST_STATES, 4 * count), _MOST_OF_ANY))
        small = places
    except TooLarge:
        count = count or searcher(expression).ProgramSize()
    return Analysis(expression, bare, None, required(tree), small, size, count, longest, starts)
