"""The syntax of RE2 read into a tree, as far as the analysis of expressions needs it.

https://github.com/google/re2/wiki/Syntax. What this reader does not know, it refuses: such an
expression is then taken to be the most expensive that its size allows.
"""

from __future__ import annotations

from typing import Final

from callguard.engine.columns.expressions.tree import (
    LAST,
    Chars,
    Either,
    Place,
    Ranges,
    Repeated,
    Row,
    Tree,
    category,
    complement,
    merged,
)

_MOST_REPEATED: Final = 1000  # RE2 refuses more
_FEW: Final = 64


class Unread(Exception):  # noqa: N818 - no fault of anybody: the expression is used unanalysed
    """This reader does not know what the expression means."""


ANY: Final = Chars(((0, LAST),))
_DIGIT: Final = ((48, 57),)
_SPACE: Final = ((9, 10), (12, 13), (32, 32))
_WORD: Final = ((48, 57), (65, 90), (95, 95), (97, 122))
_PERL: Final = {"d": _DIGIT, "s": _SPACE, "w": _WORD}
_CONTROLS: Final = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_POSIX: Final[dict[str, Ranges]] = {
    "alnum": ((48, 57), (65, 90), (97, 122)),
    "alpha": ((65, 90), (97, 122)),
    "ascii": ((0, 127),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 31), (127, 127)),
    "digit": _DIGIT,
    "graph": ((33, 126),),
    "lower": ((97, 122),),
    "print": ((32, 126),),
    "punct": ((33, 47), (58, 64), (91, 96), (123, 126)),
    "space": ((9, 13), (32, 32)),
    "upper": ((65, 90),),
    "word": _WORD,
    "xdigit": ((48, 57), (65, 70), (97, 102)),
}
_OCTAL: Final = "01234567"
_PUNCTUATION: Final = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ")


def read(expression: str) -> Tree:
    """The tree of an expression that RE2 accepts. Raises :class:`Unread`."""
    reader = _Reader(expression)
    try:
        tree = reader.either()
    except (IndexError, ValueError, RecursionError):
        raise Unread(expression) from None
    if reader.at < len(expression):
        raise Unread(expression)
    return tree


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.flags: frozenset[str] = frozenset()

    def _peek(self, number: int = 1) -> str:
        return self.text[self.at : self.at + number]

    def _take(self) -> str:
        char = self.text[self.at]
        self.at += 1
        return char

    def _until(self, end: str) -> str:
        stop = self.text.index(end, self.at)
        taken, self.at = self.text[self.at : stop], stop + len(end)
        return taken

    def either(self) -> Tree:
        parts = [self._row()]
        while self._peek() == "|":
            self.at += 1
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _row(self) -> Tree:
        parts: list[Tree] = []
        while self._peek() not in ("", "|", ")"):
            repeat = self._repeat() if parts else None
            if repeat is not None:
                low, high = repeat
                if self._peek() == "?":
                    self.at += 1
                # A condition that holds once holds again.
                if low == 0 or not isinstance(parts[-1], Place):
                    parts[-1] = Repeated(parts[-1], low, high)
                continue
            part = self._one()
            if part is not None:  # a repetition behind flags is one of what is before them
                parts.append(part)
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _repeat(self) -> tuple[int, int | None] | None:
        plain: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        char = self._peek()
        if char in plain:
            self.at += 1
            return plain[char]
        if char != "{":
            return None
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at + 1 : max(end, 0)].partition(",")
        if not _is_count(low) or (high and not _is_count(high)):
            return None  # a brace, as it is written
        self.at = end + 1
        if int(low) > _MOST_REPEATED:
            raise Unread
        return int(low), (int(high) if high else None) if comma else int(low)

    def _one(self) -> Tree | None:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class()
        if char == ".":
            return ANY if "s" in self.flags else Chars(((0, 9), (11, LAST)))
        if char == "^":
            return Place("^" if "m" in self.flags else "A")
        if char == "$":
            return Place("$" if "m" in self.flags else "z")
        if char == "\\":
            return self._escaped()
        if char in "*+?":
            raise Unread
        return self._literal(ord(char))

    def _literal(self, code: int) -> Chars:
        return Chars(((code, code),), "i" in self.flags)

    def _group(self) -> Tree | None:
        outside = self.flags
        if self._peek() == "?":
            self.at += 1
            if self._peek(2) == "P<" or self._peek() == "<":
                self._until(">")
            else:
                flags = ""
                while self._peek() not in (":", ")"):
                    flags += self._take()
                self._set_flags(flags)
                if self._take() == ")":
                    return None  # they hold to the end of the group around
        tree = self.either()
        if self._take() != ")":
            raise Unread
        self.flags = outside
        return tree

    def _set_flags(self, flags: str) -> None:
        on, minus, off = flags.partition("-")
        if not set(on + off) <= set("imsU") or (minus and not off):
            raise Unread
        self.flags = (self.flags | set(on)) - set(off)

    def _escaped(self) -> Tree:
        char = self._peek()
        if char in ("A", "z", "b", "B"):
            self.at += 1
            return Place(char)
        ranges, opaque = self._escape()
        if opaque or ranges[0][0] != ranges[-1][1]:
            return Chars(ranges, "i" in self.flags, opaque)
        return self._literal(ranges[0][0])

    def _escape(self) -> tuple[Ranges, bool]:
        """(code points, whether they may be fewer) of an escape, behind its backslash."""
        char = self._take()
        if char.lower() in _PERL:
            ranges = _PERL[char.lower()]
            return (complement(ranges) if char.isupper() else ranges), False
        if char in "pP":
            name = self._take()
            name = self._until("}") if name == "{" else name
            ranges = category(name.removeprefix("^"))
            return (complement(ranges) if (char == "P") != (name[0] == "^") else ranges), True
        if char == "x":
            code = self._hexadecimal()
        elif char in _OCTAL:
            code = self._octal(char)
        elif char in _CONTROLS:
            code = _CONTROLS[char]
        elif char in _PUNCTUATION:
            code = ord(char)
        else:
            raise Unread
        return ((code, code),), False

    def _hexadecimal(self) -> int:
        if self._peek() == "{":
            self.at += 1
            return int(self._until("}"), 16)
        digits, self.at = self._peek(2), self.at + 2
        return int(digits, 16)

    def _octal(self, digits: str) -> int:
        first = digits
        while len(digits) < len("777") and self._peek() in tuple(_OCTAL):
            digits += self._take()
        if first != "0" and len(digits) == 1:
            raise Unread  # a back-reference
        return int(digits, 8)

    def _class(self) -> Tree:
        negated = self._peek() == "^"
        self.at += negated
        ranges: list[tuple[int, int]] = []
        opaque, first = False, True
        while first or self._peek() != "]":
            first = False
            if self._peek(2) == "[:":
                self.at += 2
                name = self._until(":]")
                named = _POSIX.get(name.removeprefix("^"))
                if named is None:
                    raise Unread
                ranges += complement(named) if name[0] == "^" else named
                continue
            found, unsure = self._member()
            opaque |= unsure
            single = not unsure and found[0][0] == found[-1][1]
            if single and self._peek() == "-" and self._peek(2) != "-]":
                self.at += 1
                end, unsure = self._member()
                if unsure or end[0][0] != end[-1][1]:
                    raise Unread
                found = ((found[0][0], end[0][0]),)
            ranges += found
        self.at += 1
        joined = merged(ranges)
        if opaque:
            return Chars(complement(joined) if negated else joined, opaque=True)
        folded = "i" in self.flags and not _caseless(joined)
        if negated and folded:  # the others in any case: not read more exactly
            return Chars(((0, LAST),), opaque=True)
        if negated:
            joined = complement(joined)
        if not joined:
            raise Unread
        return Chars(joined, folded)

    def _member(self) -> tuple[Ranges, bool]:
        char = self._take()
        if char == "\\":
            if self._peek() in ("b", "B", "A", "z"):
                raise Unread
            return self._escape()
        return ((ord(char), ord(char)),), False


def _caseless(ranges: Ranges) -> bool:
    """Whether these are a few characters that have no case."""
    if sum(high - low + 1 for low, high in ranges) > _FEW:
        return False
    each = [chr(code) for low, high in ranges for code in range(low, high + 1)]
    return all(char == char.casefold() == char.upper() for char in each)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()
