"""Whether an RE2 expression can be found in a text of a known form, such as ``+`` and digits.

The expression becomes a small program (Thompson, 1968) that is walked over all texts of the form
at once. Where an expression has a part that is not understood here, or is too large, the answer is
that it may be found: what is said to be impossible is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from callguard.rules.regular import compiled
from callguard.rules.wildcards import ANY, Part

# Instructions of a program, repetitions written out.
_SIZE: Final = 4000

_TOKEN: Final = re.compile(
    r"""
      (?P<open> \( (?: \?P?<[^>]*> | \?[imsU-]*: )? (?!\?) )
    | (?P<flags> \(\?[imsU-]+\) )
    | (?P<close> \) )
    | (?P<bar> \| )
    | (?P<repeat> (?: [*+?] | \{(?P<low>[0-9]+)(?P<comma>,(?P<high>[0-9]*))?\} ) \?? )
    | (?P<begin> \^ | \\A )
    | (?P<end> \$ | \\z )
    | (?P<edge> \\[bB] )
    | (?P<unknown> \\[QEC] | \(\? )
    | (?P<one> \[ \^? \]? (?: \[:\^?[a-z]+:\] | \\. | [^\]\\] )* \]
             | \\[pP](?:\{[^}]*\}|.) | \\x(?:\{[^}]*\}|..) | \\[0-7]{1,3} | \\. | . )
    """,
    re.VERBOSE | re.DOTALL,
)

_REPEATS: Final = ("repeat", "low", "comma", "high")
_ANY_CASE: Final = re.compile(r"\(\?[msU]*i")

# What a program does: take one character of a set, go on in two places, or a place in the text.
Step = frozenset[str] | tuple[int, int] | str
Program = list[Step]
_BEGIN, _END, _FOUND = "begin", "end", "found"


class _NotUnderstood(Exception):  # noqa: N818 - no error: the answer is then that all is possible
    """The expression has a part that is not understood here."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Texts of ``shortest`` to ``longest`` characters.

    ``first`` are the characters possible at each place at the beginning, ``rest`` at all others.
    """

    first: tuple[frozenset[str], ...]
    rest: frozenset[str]
    shortest: int
    longest: int

    @property
    def alphabet(self) -> frozenset[str]:
        """Every character that such a text may have."""
        return self.rest.union(*self.first)

    def at(self, position: int) -> frozenset[str]:
        """The characters that a text may have there."""
        return self.first[position] if position < len(self.first) else self.rest


def may_be_found(expression: str, shape: Shape) -> bool:
    """False if RE2 finds the expression in no text of the shape; true if it may."""
    try:
        return _reaches(_Compiler(shape).program(expression), shape)
    except _NotUnderstood:
        return True


def may_match(parts: Sequence[Part], shape: Shape) -> bool:
    """False if no text of the shape has the form of these parts of a wildcard pattern."""
    program: Program = [_BEGIN]
    for part in parts:
        if isinstance(part, tuple):
            program += [frozenset(char) for char in part[0]]
        elif part == ANY:
            here = len(program)
            program += [(here + 1, here + 3), shape.alphabet, (here, here)]
        else:
            program.append(shape.alphabet)
    program += [_END, _FOUND]
    return len(program) > _SIZE or _reaches(program, shape)


def _reaches(program: Program, shape: Shape) -> bool:
    """Whether some text of the shape leads the program to its end.

    A text may be continued in any way, so that it is enough to know at which instruction the
    program can be after how many characters, and whether the text must end there.
    """
    places: set[tuple[int, bool]] = set()
    for position in range(shape.longest + 1):
        places = _without_moving(program, places | {(0, False)}, position, shape)
        if any(program[place] == _FOUND for place, _ in places):
            return True
        here = shape.at(position)
        places = {
            (place + 1, False)
            for place, ended in places
            if not ended and isinstance(step := program[place], frozenset) and step & here
        }
    return False


def _without_moving(
    program: Program, places: set[tuple[int, bool]], position: int, shape: Shape
) -> set[tuple[int, bool]]:
    seen = set(places)
    todo = list(places)
    while todo:
        place, ended = todo.pop()
        step = program[place]
        following: list[tuple[int, bool]] = []
        if isinstance(step, tuple):
            following = [(step[0], ended), (step[1], ended)]
        elif step == _BEGIN and position == 0:
            following = [(place + 1, ended)]
        elif step == _END and position >= shape.shortest:
            following = [(place + 1, True)]
        new = [one for one in following if one not in seen]
        seen.update(new)
        todo += new
    return seen


class _Compiler:
    """Turns one expression into a program for texts of one shape."""

    def __init__(self, shape: Shape) -> None:
        self._alphabet = "".join(sorted(shape.alphabet))
        self._tokens: list[re.Match[str]] = []
        self._in_any_case = False
        self._next = 0

    def program(self, expression: str) -> Program:
        """The program. Raises _NotUnderstood."""
        self._tokens = list(_TOKEN.finditer(expression))
        if "".join(token[0] for token in self._tokens) != expression:
            raise _NotUnderstood
        # Where it holds is not followed: a character in any case may be found wherever it is.
        self._in_any_case = any(_ANY_CASE.match(token[0]) for token in self._tokens)
        program = self._alternatives()
        if self._next < len(self._tokens):
            raise _NotUnderstood
        return [*program, _FOUND]

    def _kind(self) -> str:
        return str(self._tokens[self._next].lastgroup) if self._next < len(self._tokens) else ""

    def _alternatives(self) -> Program:
        branches = [self._sequence()]
        while self._kind() == "bar":
            self._next += 1
            branches.append(self._sequence())
        program = branches.pop()
        for branch in reversed(branches):
            program = _either(branch, program)
        return program

    def _sequence(self) -> Program:
        program: Program = []
        while (kind := self._kind()) not in ("", "bar", "close"):
            token = self._tokens[self._next]
            self._next += 1
            program = _joined(program, self._repeated(self._part(kind, token)))
        return program

    def _part(self, kind: str, token: re.Match[str]) -> Program:
        if kind == "open":
            program = self._alternatives()
            if self._kind() != "close":
                raise _NotUnderstood
            self._next += 1
            return program
        if kind == "one":
            found = _characters(token[0], self._alphabet)
            if self._in_any_case:
                found |= _characters(f"(?i:{token[0]})", self._alphabet)
            return [found]
        if kind in ("begin", "end"):
            return [kind]
        if kind in ("flags", "edge"):
            if kind == "flags" and self._kind() in _REPEATS:
                raise _NotUnderstood  # a repetition of what is before the flags
            # No text has line ends; case is above; an edge of a word may be anywhere.
            return []
        raise _NotUnderstood

    def _repeated(self, program: Program) -> Program:
        while self._kind() in _REPEATS:
            token = self._tokens[self._next]
            self._next += 1
            low, high = _times(token)
            if (len(program) + 3) * max(low, high or 0, 1) > _SIZE:
                raise _NotUnderstood
            repeated: Program = []
            for _ in range(low):
                repeated = _joined(repeated, program)
            if high is None:
                rest: Program = [(1, len(program) + 2), *_moved(program, 1), (0, 0)]
            else:
                rest = []
                for _ in range(high - low):
                    rest = _either(_joined(program, rest), [])
            program = _joined(repeated, rest)
        return program


def _times(token: re.Match[str]) -> tuple[int, int | None]:
    """How often, at least and at most; None for any number of times."""
    sign = token[0][0]
    if sign != "{":
        return (1 if sign == "+" else 0), (1 if sign == "?" else None)
    low = int(token["low"])
    if token["comma"] is None:
        return low, low
    return low, int(token["high"]) if token["high"] else None


def _moved(program: Program, by: int) -> Program:
    return [(step[0] + by, step[1] + by) if isinstance(step, tuple) else step for step in program]


def _joined(first: Program, second: Program) -> Program:
    if len(first) + len(second) > _SIZE:
        raise _NotUnderstood
    return first + _moved(second, len(first))


def _either(first: Program, second: Program) -> Program:
    after = len(first) + 2
    end = after + len(second)
    return [(1, after), *_moved(first, 1), (end, end), *_moved(second, after)]


@lru_cache(maxsize=1024)
def _characters(part: str, alphabet: str) -> frozenset[str]:
    """Which characters of the alphabet a part of an expression for one character takes."""
    if len(part) == 1 and part != ".":
        return frozenset(part)
    matches: Callable[[str], object] = compiled(f"(?s)\\A(?:{part})\\z").search
    return frozenset(char for char in alphabet if matches(char))
