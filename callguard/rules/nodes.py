"""The tree that a rule file is read into: scalars, sequences and mappings that know their place.

Lines and columns count from 1. Nothing here interprets a value; that is ``scalars``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Marked(Protocol):
    """Anything that stands at a line and column of the file."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Mark:
    """A bare place in the file."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class Scalar:
    """One value as written. ``plain`` is true for an unquoted one.

    ``inline`` is true if the text stands in the file exactly as in ``text``, on one line, so that
    a place inside the text is a place in the file: ``column + offset`` for an unquoted value, one
    more for a quoted one.
    """

    __slots__ = ("column", "inline", "line", "plain", "text")

    def __init__(self, text: str, line: int, column: int, plain: bool, inline: bool) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.plain = plain
        self.inline = inline

    def at(self, offset: int) -> Marked:
        """The place of the character at ``offset`` of the text, as near as it can be told."""
        if not self.inline:
            return self
        return Mark(self.line, self.column + offset + (0 if self.plain else 1))


class Items:
    """A YAML sequence."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.items: list[Node] = []


class Table:
    """A YAML mapping: its keys and values in file order, duplicate keys included."""

    __slots__ = ("column", "line", "pairs")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.pairs: list[tuple[Scalar, Node]] = []

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.pairs)

    def get(self, key: str) -> Node | None:
        """The value of the first key of that text, or None."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None


Node = Scalar | Items | Table


def describe(node: Node) -> str:
    """What a node is, in the words of a message."""
    if isinstance(node, Scalar):
        return "one value"
    return "a list" if isinstance(node, Items) else "a mapping"
