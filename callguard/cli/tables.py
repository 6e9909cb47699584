"""Tables and bars in plain text, for a terminal of a given width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

_FIGURE: Final = re.compile(r"[\d,.]+%?")
_GAP: Final = "  "
# Narrower than this no column is made, even if the table is then wider than the terminal.
_NARROWEST: Final = 6
_BAR: Final = 24


def drawn(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """The lines of a table with aligned columns; figures are aligned at the right.

    Cells that are too long for ``width`` (in cells of the terminal) go on in the next line.
    """
    table = [columns, *rows]
    widths = _fitting([max(map(cells, column)) for column in zip(*table, strict=True)], width)
    figures = [
        bool(rows) and all(_FIGURE.fullmatch(cell) for cell in column)
        for column in zip(*rows, strict=True)
    ] or [False] * len(columns)
    lines: list[str] = []
    for number, row in enumerate(table):
        folded = [list(_folded(cell, at_most)) for cell, at_most in zip(row, widths, strict=True)]
        for line in range(max(map(len, folded))):
            parts = [
                _padded(parts[line] if line < len(parts) else "", at_most, right=right)
                for parts, at_most, right in zip(folded, widths, figures, strict=True)
            ]
            lines.append(_GAP.join(parts).rstrip(" "))
        if number == 0:
            lines.append(_GAP.join("─" * at_most for at_most in widths))
    return lines


def bar(done: int, total: int | None) -> str:
    """How much is done, as a bar; an empty one if nobody knows how much there is."""
    filled = 0 if not total else min(done * _BAR // total, _BAR)
    return f"[{'#' * filled}{'.' * (_BAR - filled)}]"


def cells(text: str) -> int:
    """How many cells of a terminal a text takes: Chinese characters are two wide."""
    return len(text) if text.isascii() else sum(map(_width, text))


def cut(text: str, width: int) -> str:
    """The beginning of a text that fits into so many cells."""
    used = 0
    for place, character in enumerate(text):
        used += _width(character)
        if used > width:
            return text[:place]
    return text


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitting(widths: Sequence[int], width: int) -> list[int]:
    """These widths with the widest ones cut down, all to the same, until they fit."""
    room = width - len(_GAP) * (len(widths) - 1)
    cap = max([*widths, 1])
    while cap > _NARROWEST and sum(min(one, cap) for one in widths) > room:
        cap -= 1
    return [min(one, cap) for one in widths]


def _folded(text: str, width: int) -> Iterator[str]:
    """The text in parts that fit, divided at blanks where that is possible."""
    while cells(text) > width:
        # A character that is wider than the column has a line of its own.
        part = cut(text, width) or text[:1]
        blank = part.rfind(" ") if text[len(part) : len(part) + 1] != " " else -1
        if blank > 0:
            part = part[:blank]
        yield part
        text = text[len(part) :].lstrip(" ")
    yield text


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - cells(text))
    return space + text if right else text + space
