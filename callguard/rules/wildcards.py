"""Sigma's string values: wildcards and escapes, and the cheapest test that means the same.

``*`` is any run of characters, ``?`` exactly one. A backslash makes a following ``*``, ``?`` or
backslash literal and is an ordinary character before anything else.
"""

from __future__ import annotations

from callguard.characters import fold_part
from callguard.rules.predicates import Contains, EndsWith, Equals, StartsWith, Wildcard

ANY = "*"
ONE = "?"
# A pattern as literal text (wrapped in a tuple, unlike wildcards) and wildcards.
Part = tuple[str] | str
TextTest = Equals | StartsWith | EndsWith | Contains | Wildcard


def split(value: str) -> list[Part]:
    r"""``'a*\\?b'`` -> ``[('a',), '*', ('?b',)]``; runs of ``*`` become one."""
    parts: list[Part] = []
    literal: list[str] = []
    position = 0
    while position < len(value):
        char = value[position]
        if char == "\\" and value[position + 1 : position + 2] in ("*", "?", "\\"):
            literal.append(value[position + 1])
            position += 2
            continue
        position += 1
        if char not in (ANY, ONE):
            literal.append(char)
            continue
        if literal:
            parts.append(("".join(literal),))
            literal = []
        if not (char == ANY and parts and parts[-1] == ANY):
            parts.append(char)
    if literal:
        parts.append(("".join(literal),))
    return parts


def folded(parts: list[Part], comparison: str) -> list[Part]:
    """The pattern for a field that holds folded text; literal text that folds to nothing is gone.

    A folded text neither begins nor ends with a space, so a pattern that must be at its beginning
    or end has none there either.
    """
    forms: list[Part] = []
    for place, part in enumerate(parts):
        form = fold_part(part[0]) if isinstance(part, tuple) else part
        if isinstance(part, tuple):
            if place == 0 and comparison in ("", "expand", "startswith"):
                form = form.lstrip(" ")
            if place == len(parts) - 1 and comparison in ("", "expand", "endswith"):
                form = form.rstrip(" ")
            if form:
                forms.append((form,))
        elif not (form == ANY and forms[-1:] == [ANY]):
            forms.append(form)
    return forms


def around(parts: list[Part], before: bool, after: bool) -> list[Part]:
    """The pattern with ``*`` before it, after it or both, as ``contains`` means it."""
    if before and parts[:1] != [ANY]:
        parts = [ANY, *parts]
    if after and parts[-1:] != [ANY]:
        parts = [*parts, ANY]
    return parts


def as_test(parts: list[Part], cased: bool) -> TextTest | None:
    """The test that a pattern means; None if every value passes (``*``)."""
    if parts == [ANY]:
        return None
    literals = [part[0] for part in parts if isinstance(part, tuple)]
    literal = literals[0] if literals else ""
    shape = "".join("_" if isinstance(part, tuple) else part for part in parts)
    if shape in ("", "_"):
        return Equals((literal,), cased)
    if shape == "_*":
        return StartsWith((literal,), cased)
    if shape == "*_":
        return EndsWith((literal,), cased)
    if shape == "*_*":
        return Contains((literal,), cased)
    return Wildcard(("".join(map(_written, parts)),), cased)


def _written(part: Part) -> str:
    if not isinstance(part, tuple):
        return part
    escaped = part[0].replace("\\", "\\\\")
    return escaped.replace("*", "\\*").replace("?", "\\?")
