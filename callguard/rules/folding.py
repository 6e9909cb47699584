"""Regular expressions for fields that hold folded text, folded like the values beside them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from callguard.characters import fold_part, imitations

# What RE2 reads as one thing: an escape, the opening of a group, a class of characters.
_ESCAPE = re.compile(
    r"\\(?:Q.*?(?:\\E|\Z)|[pP](?:\{[^}]*\}|.)|x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|[0-7]{3}|.)",
    re.DOTALL,
)
_GROUP = re.compile(r"\(\?(?:P?<\w*>|[imsU]*(?:-[imsU]+)?[:)])")
_POSIX = re.compile(r"\[:\^?\w+:\]")
_CODE = re.compile(r"\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([0-7]{3}))")
_CAPITALS = re.compile(r"\\p(?:L[ut]|\{L[ut]\})|\[:upper:\]")
_SPECIAL: Final = frozenset("\\.+*?()|[]{}^$-")


class NoCapitals(Exception):  # noqa: N818 - not an error of its own; it becomes a fault
    """An expression asks for a capital letter (``part``), and folded text has none."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def fold_expression(expression: str) -> str:
    """The RE2 expression that finds in a folded text what the given one means in a name.

    Letters become their folded forms, in classes and ranges too; what is no letter stays. The
    expression must be one that RE2 takes. Raises :class:`NoCapitals`.
    """
    text = unicodedata.normalize("NFC", expression)
    folded: list[str] = []
    position = 0
    while position < len(text):
        char = text[position]
        if char == "\\":
            part, end = _escape(text, position)
            folded.append(_literal(part) if len(part) == 1 else part)
        elif char == "[":
            part, end = _class(text, position)
            folded.append(part)
        elif char == "(" and (group := _GROUP.match(text, position)):
            end = group.end()
            folded.append(group[0])
        else:
            end = position + 1
            form = _literal(char) if _is_letter(char) else char
            # A folded text has no two spaces side by side.
            if form == " " and folded[-1:] == [" "]:
                folded.pop()
            folded.append(form)
        position = end
    return "".join(folded)


def _is_letter(char: str) -> bool:
    return not char.isascii() or char.isupper()


def _escape(text: str, position: int) -> tuple[str, int]:
    """(what to write, where it ends); one character alone is one that still is to be folded."""
    found = _ESCAPE.match(text, position)
    assert found is not None, "RE2 takes no backslash at the end"  # noqa: S101
    part = found[0]
    if _CAPITALS.fullmatch(part):
        raise NoCapitals(part)
    if part.startswith("\\Q"):
        quoted = part[2:].removesuffix("\\E")
        return "".join(map(_literal, quoted)), found.end()
    code = _CODE.fullmatch(part)
    if code is not None:
        value = code[1] or code[2]
        return chr(int(value, 16) if value else int(code[3], 8)), found.end()
    return part, found.end()


def _literal(char: str) -> str:
    """A character outside of a class, as an expression that takes a quantifier."""
    form = fold_part(char)
    written = "".join(f"\\{one}" if one in _SPECIAL else one for one in form)
    return written if len(form) == 1 else f"(?:{written})"


def _class(text: str, position: int) -> tuple[str, int]:
    """A class of characters with the folded forms of its members added."""
    start = position + 1
    if text[start : start + 1] == "^":
        start += 1
    members: list[str] = []
    position = start
    while position == start or text[position] != "]":
        posix = _POSIX.match(text, position)
        if posix is not None:
            if _CAPITALS.fullmatch(posix[0]):
                raise NoCapitals(posix[0])
            members.append(posix[0])
            position = posix.end()
            continue
        first, position = _member(text, position)
        if len(first) == 1 and text[position] == "-" and text[position + 1] != "]":
            last, position = _member(text, position + 1)
            members.append(_range(first, last))
        elif len(first) == 1:
            members.append(_range(first, first))
        else:
            members.append(first)
    return text[text.rindex("[", 0, start) : start] + "".join(members) + "]", position + 1


def _member(text: str, position: int) -> tuple[str, int]:
    """One character of a class, or an escape for several."""
    if text[position] != "\\":
        return text[position], position + 1
    part, end = _escape(text, position)
    is_sign = len(part) == 2 and not part[1].isalnum()
    return (part[1] if is_sign else part), end


def _range(first: str, last: str) -> str:
    """Both ends, and the one-character forms of all between them that are not themselves."""
    low, high = ord(first), ord(last)
    forms = {fold_part(char) for char in _changing(low, high)}
    added = sorted(form for form in forms if len(form) == 1 and not low <= ord(form) <= high)
    written = _in_class(first) if first == last else f"{_in_class(first)}-{_in_class(last)}"
    return written + "".join(map(_in_class, added))


def _changing(low: int, high: int) -> list[str]:
    """The characters of a range that may have another folded form.

    Of a long range those that imitate others, and those with a capital or small letter.
    """
    if high - low < 0x500:
        return [chr(code) for code in range(low, high + 1)]
    imitating = [char for char in imitations() if low <= ord(char) <= high]
    return [*map(chr, range(low, min(high, 0x24FF) + 1)), *imitating]


def _in_class(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char
