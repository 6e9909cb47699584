"""The tree that a rule file is read into: scalars, sequences and mappings that know their position.

Lines and columns count from 1. Nothing here interprets a value; that is ``scalars``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class HasPosition(Protocol):
    """Anything that has a line and a column in the file."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Position:
    """A line and a column of the file."""

    __slots__ = ("column", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column


class ScalarNode:
    """One value as written. ``plain`` is true for an unquoted one.

    ``inline`` is true if the file has exactly ``text``, on one line. Then an offset in the text is
    a column of the file: ``column + offset`` for an unquoted value, one more for a quoted one.
    """

    __slots__ = ("column", "inline", "line", "plain", "text")

    def __init__(self, text: str, line: int, column: int, plain: bool, inline: bool) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.plain = plain
        self.inline = inline

    def at(self, offset: int) -> HasPosition:
        """The position of the character at ``offset`` of the text, that of the value if unknown."""
        if not self.inline:
            return self
        return Position(self.line, self.column + offset + (0 if self.plain else 1))


class ListNode:
    """A YAML sequence."""

    __slots__ = ("column", "items", "line")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.items: list[Node] = []


class MappingNode:
    """A YAML mapping: its keys and values in file order, duplicate keys included."""

    __slots__ = ("column", "line", "pairs")

    def __init__(self, line: int, column: int) -> None:
        self.line = line
        self.column = column
        self.pairs: list[tuple[ScalarNode, Node]] = []

    def __iter__(self) -> Iterator[tuple[ScalarNode, Node]]:
        return iter(self.pairs)

    def get(self, key: str) -> Node | None:
        """The value of the first key of that text, or None."""
        for name, value in self.pairs:
            if name.text == key:
                return value
        return None


Node = ScalarNode | ListNode | MappingNode


def describe(node: Node) -> str:
    """What a node is, in the words of a message."""
    if isinstance(node, ScalarNode):
        return "one value"
    return "a list" if isinstance(node, ListNode) else "a mapping"
