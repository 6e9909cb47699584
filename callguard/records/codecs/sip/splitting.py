"""Splitting header text at a separator that may also stand inside quotes and brackets."""

from __future__ import annotations

from typing import Final

_CLOSES: Final = {'"': '"', "<": ">"}


def split_outside(text: str, separator: str, openers: str) -> tuple[list[str], str]:
    """The stripped parts between separators outside of ``openers`` (``"`` and ``<``).

    The second value is the character that would have closed what is still open at the end,
    ``""`` if nothing is. A backslash in a quoted string takes the next character's meaning.
    One pass, whatever the text: header fields come from anyone.
    """
    parts: list[str] = []
    start = position = 0
    closing = ""
    while position < len(text):
        char = text[position]
        if closing == '"' and char == "\\":
            position += 1
        elif closing:
            closing = "" if char == closing else closing
        elif char in openers:
            closing = _CLOSES[char]
        elif char == separator:
            parts.append(text[start:position].strip())
            start = position + 1
        position += 1
    parts.append(text[start:].strip())
    return parts, closing
