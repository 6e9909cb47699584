"""Public regular expressions, and texts of 4,096 characters made to cost as much as they can.

The expressions are no part of the repository: ``public-expressions/regexlib_half.json`` is looked
for in ``$CALLGUARD_SHARED`` or ``../shared`` (see CONTRIBUTING).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from random import Random

import re2

from callguard.engine.columns import LONGEST_TEXT
from callguard.engine.columns.expressions.automaton import Positions, TooLarge, bits, positions
from callguard.engine.columns.expressions.syntax import Unread, read
from callguard.rules.regular import searcher

_SURROGATES = range(0xD800, 0xE000)


def expressions_file() -> Path | None:
    """The file of expressions, None if it is not there."""
    root = os.environ.get("CALLGUARD_SHARED")
    places = [Path(root)] if root else [Path(__file__).parents[2] / "shared", Path("/work/shared")]
    for place in places:
        for path in (place / "public-expressions", place / "data" / "public-expressions"):
            if (path / "regexlib_half.json").exists():
                return path / "regexlib_half.json"
    return None


@cache
def public_expressions(path: Path) -> list[str]:
    """Those that RE2 accepts, each once."""
    every = json.loads(path.read_text(encoding="utf-8"))
    return [expression for expression in dict.fromkeys(every) if _is_accepted(expression)]


def _is_accepted(expression: str) -> bool:
    try:
        searcher(expression)
    except re2.error:
        return False
    return True


def hostile_texts(expressions: Sequence[str], draw: Random) -> Iterator[tuple[str, str]]:
    """(what it is made of, text)."""
    known = [found for found in map(_positions, expressions) if found is not None and found.first]
    for name in ("matches", "near misses", "beginnings", "near misses of one", "mixed case"):
        one = draw.choice(known)
        text = ""
        while len(text) < LONGEST_TEXT:
            part = _walk(one if "one" in name else draw.choice(known), draw)
            if "near" in name:
                part = part[:-1]
            elif name == "beginnings":
                part = part[: draw.randint(1, len(part))] + draw.choice("\x01 é中😀")
            text += part.swapcase() if name == "mixed case" else part or "x"
        yield name, text[:LONGEST_TEXT]
    yield "a text of each", "".join(_walk(one, draw) for one in known)[:LONGEST_TEXT]
    yield "digits", _drawn("0123456789", draw)
    yield "ASCII", _drawn("".join(map(chr, range(32, 127))), draw)
    yield "all of Unicode", "".join(_any(draw) for _ in range(LONGEST_TEXT))
    for char in "a1 <.中😀ß":
        yield f"{char!r} repeated", char * LONGEST_TEXT
    yield "four bytes a character", _drawn("😀𐍈a1", draw)


def _drawn(alphabet: str, draw: Random) -> str:
    return "".join(draw.choices(alphabet, k=LONGEST_TEXT))


def _any(draw: Random) -> str:
    code = draw.choice((draw.randrange(0x80, 0xD800), draw.randrange(0x10000, 0x110000)))
    return chr(code)


@cache
def _positions(expression: str) -> Positions | None:
    try:
        return positions(read(expression))
    except (Unread, TooLarge):
        return None


def _walk(along: Positions, draw: Random) -> str:
    """A text that the expression matches, or the beginning of one."""
    text: list[str] = []
    ahead, most = along.first, draw.choice((5, 20, 200))
    while ahead and len(text) < most:
        position = draw.choice(bits(ahead))
        low, high = draw.choice(along.sets[position])
        code = draw.randint(low, min(high, low + 200) if draw.random() < 0.7 else high)
        text.append("中" if code in _SURROGATES else chr(code))
        ahead = along.follow[position]
    return "".join(text)
