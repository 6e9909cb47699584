"""Text of others on a terminal or in a log."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with every character escaped that is not printed; tabs stay.

    Callers choose display names and user agents: what they send must neither steer a terminal
    nor begin a line.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape").decode()
        for char in text
    )
