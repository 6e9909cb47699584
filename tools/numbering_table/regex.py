r"""Digit regular expressions as automata: the subset of syntax that numbering metadata uses.

Understood: digits, ``\d``, ``[…]`` with ranges, ``(?:…)``, ``(…)``, ``|``, ``?``, ``{m}``,
``{m,n}`` and a trailing ``$``. Anything else is refused, so that a new kind of pattern in the
metadata stops the build instead of being misread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from callguard.errors import NumberingError

ANY_DIGIT = 0b1111111111


@dataclass(frozen=True, slots=True)
class Digits:
    """One digit out of a set; bit *d* of ``mask`` is digit *d*."""

    mask: int


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives in order of preference."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """``least`` to ``most`` times, more preferred."""

    body: Node
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Group:
    """A capturing group; groups count from 1."""

    body: Node
    number: int


@dataclass(frozen=True, slots=True)
class End:
    """``$``: nothing may follow."""


Node = Digits | Sequence | Choice | Repeat | Group | End


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.groups = 0

    def refuse(self) -> NumberingError:
        return NumberingError(
            f"the pattern {self.pattern!r} uses syntax at character {self.at} that the table "
            "compiler does not know; extend callguard/numbering/compile_regex.py"
        )

    def peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def take(self, text: str) -> bool:
        if self.pattern.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated())
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def repeated(self) -> Node:
        body = self.atom()
        if self.take("?"):
            return Repeat(body, 0, 1)
        if self.take("{"):
            inside, closing, _ = self.pattern[self.at :].partition("}")
            least, comma, most = inside.partition(",")
            if not closing or not least.isdigit() or (comma and not most.isdigit()):
                raise self.refuse()
            self.at += len(inside) + 1
            return Repeat(body, int(least), int(most or least))
        return body

    def atom(self) -> Node:
        if self.take("(?:"):
            return self.closed(self.choice())
        if self.take("("):
            self.groups += 1
            number = self.groups
            return Group(self.closed(self.choice()), number)
        if self.take("\\d"):
            return Digits(ANY_DIGIT)
        if self.take("["):
            return self.digit_class()
        if self.take("$"):
            return End()
        if self.peek().isdigit():
            self.at += 1
            return Digits(1 << int(self.pattern[self.at - 1]))
        raise self.refuse()

    def closed(self, node: Node) -> Node:
        if not self.take(")"):
            raise self.refuse()
        return node

    def digit_class(self) -> Node:
        mask = 0
        while not self.take("]"):
            low = self.digit()
            high = self.digit() if self.take("-") else low
            for digit in range(low, high + 1):
                mask |= 1 << digit
        return Digits(mask)

    def digit(self) -> int:
        character = self.peek()
        if not character.isdigit():
            raise self.refuse()
        self.at += 1
        return int(character)


def parse(pattern: str) -> Node:
    """The syntax tree of a pattern; raises :class:`NumberingError` on unknown syntax."""
    parser = _Parser(pattern)
    tree = parser.choice()
    if parser.at != len(pattern):
        raise parser.refuse()
    return tree


class Automaton:
    """Several patterns, each with a tag, run at once over the digits of a number.

    A state is an int with one bit for each position that some pattern may be in.
    """

    def __init__(self) -> None:
        self._moves: list[tuple[int, tuple[int, ...]]] = []  # digit mask, positions after it
        self._accepts: dict[int, int] = {}  # position -> bit of the tag
        self._tags: dict[str, int] = {}
        self._start: set[int] = set()
        self._steps: dict[tuple[int, int], int] = {}
        self._accepted: dict[int, int] = {}

    def tag(self, name: str) -> int:
        """The bit that :meth:`accepted` sets when the pattern of that name matches."""
        return 1 << self._tags.setdefault(name, len(self._tags))

    def add(self, name: str, pattern: str, *, prefix: bool = False) -> None:
        """Add a pattern; with ``prefix`` it is enough that the number begins with a match."""
        final = self._position(0, ())
        self._accepts[final] = self.tag(name)
        if prefix:
            self._moves[final] = (ANY_DIGIT, (final,))
        self._start |= self._enter(parse(pattern), {final})

    def _position(self, mask: int, after: tuple[int, ...]) -> int:
        self._moves.append((mask, after))
        return len(self._moves) - 1

    def _enter(self, node: Node, after: set[int]) -> set[int]:
        """Positions from which matching ``node`` leads to the positions ``after``."""
        match node:
            case Digits(mask):
                return {self._position(mask, tuple(sorted(after)))}
            case Sequence(parts):
                for part in reversed(parts):
                    after = self._enter(part, after)
                return after
            case Choice(options):
                return set().union(*(self._enter(option, after) for option in options))
            case Group(body, _):
                return self._enter(body, after)
            case Repeat(body, least, most):
                entered = after
                for count in range(most, 0, -1):
                    inner = self._enter(body, entered)
                    entered = inner if count <= least else inner | after
                return entered
            case End():
                raise NumberingError("'$' is only understood in national prefix patterns")

    def start(self) -> int:
        return sum(1 << position for position in self._start)

    def step(self, state: int, digit: int) -> int:
        """The state after one more digit; 0 when nothing can match any more."""
        key = (state, digit)
        found = self._steps.get(key)
        if found is None:
            found = 0
            for position in bits(state):
                mask, after = self._moves[position]
                if mask >> digit & 1:
                    for target in after:
                        found |= 1 << target
            self._steps[key] = found
        return found

    def accepted(self, state: int) -> int:
        """Tag bits of the patterns that match the digits read so far."""
        found = self._accepted.get(state)
        if found is None:
            found = 0
            for position in bits(state):
                found |= self._accepts.get(position, 0)
            self._accepted[state] = found
        return found


def bits(number: int) -> Iterator[int]:
    """Indices of the bits set in a number, lowest first."""
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
