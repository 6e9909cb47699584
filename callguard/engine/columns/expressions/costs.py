"""What looking for expressions costs at most, in steps of an automaton: the same on every machine.

A step is one byte read by an automaton that knows where to go. Everything else is counted in
steps by what it takes longer; ``bench/test_expressions.py`` holds the figures against time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from callguard.engine.columns.expressions.automaton import Size

# UTF-8 has at most so many bytes a character.
BYTES: Final = 4
# Asking RE2 once, however short the text.
CALL: Final = 600
# A character looked at by an automaton for texts, and one whose case is folded before.
TEXT_CHAR: Final = 10
FOLDED_CHAR: Final = 60
# A place where a text was found, and using that place in one chain.
HIT: Final = 45
USE: Final = 85
# A character tried at one position of an expression whose automaton may grow without end.
TRIED: Final = 11
# The same in a wide state of a small automaton, which asks for each state once.
READY: Final = 5
# A rule set that costs a record more than this is not used whole.
MOST_STEPS: Final = 2_500_000


def reading(characters: int, size: Size) -> int:
    """A small automaton that reads so many characters once.

    A text that asks for many new states has other characters than one with four bytes a character.
    """
    return max(BYTES * characters, characters + READY * size.positions_tried(characters))


def quick(characters: int, size: Size, longest: int | None, starts: bool) -> int:
    """An expression with a small automaton, in a text of so many characters.

    What is found is read backwards once more, if it cannot be long; an expression that starts
    with the value is given up where it no longer fits.
    """
    if longest is None:
        return CALL + reading(characters, size)
    back = min(longest, characters)
    forth = min(back + 1, characters) if starts else characters
    return CALL + reading(forth, size) + BYTES * back


def costly(characters: int, positions: int, longest: int | None, starts: bool) -> int:
    """An expression that may need a new state at every character."""
    if starts and longest is not None:
        characters = min(longest + 1, characters)
    return CALL + TRIED * max(positions, 1) * characters
