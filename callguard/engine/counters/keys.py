"""Groups and values as they are kept: equal ones equal, others different, and none of them long.

An E.164 number takes half the memory as an integer, and a pair of them a third. Callers choose
what stands in text: long text is kept as a digest, so that nobody fills the memory with it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from callguard.engine.series import Group, Scalar

# An integer: one E.164 number, or several, each of 18 digits. Bytes: the digest of a long text.
Part = Scalar | bytes | tuple[()]
Key = Part | tuple[Part, ...]

# Any one number lies below.
ABOVE: Final = 10**18
# "+" and as many digits as lie below ABOVE; ITU-T E.164 allows 15.
_LONGEST_NUMBER: Final = 19
# The least number that fills a text of that length.
_LEAST: Final = (1, 1, *(10**digits for digits in range(_LONGEST_NUMBER - 1)))
# A UUID has 36 characters.
_LONGEST_TEXT: Final = 40
_DIGEST_SIZE: Final = 24
# Answers that are remembered.
_KNOWN: Final = 1024


def number_of(text: str) -> int:
    """The digits of an E.164 number (``+`` and digits, the first not 0), 0 for any other text."""
    if not text or text[0] != "+" or len(text) > _LONGEST_NUMBER:
        return 0
    try:
        number = int(text)
    except ValueError:
        return 0
    # int() also takes spaces, underscores, leading zeros (each costs a digit) and foreign digits.
    return number if number >= _LEAST[len(text)] and text.isascii() else 0


def compact(group: Group) -> Key:
    """The key under which a group, or a value, is kept."""
    if group.__class__ is str:
        return number_of(group) or _text(group)
    if not isinstance(group, tuple):
        # What is equal stays equal: 5, 5.0 and, in Python, 1 and True. No group looks like this.
        return (), group
    if len(group) < 2:
        return tuple([_part(part) for part in group])
    numbers = 0
    for part in group:
        number = number_of(part) if part.__class__ is str else 0
        if not number:
            return tuple([_part(part) for part in group])
        numbers = numbers * ABOVE + number
    return numbers


def _part(part: Scalar) -> Part:
    return _text(part) if isinstance(part, str) else part


def _text(text: str) -> str | bytes:
    if len(text) <= _LONGEST_TEXT:
        return text
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE).digest()


class Keys:
    """Finds the key of a group or a value, and a hash of it that nobody outside can foresee.

    The correlations of one record ask for the same few: the newest answers are in ``known``.
    """

    __slots__ = ("_salt", "known")

    def __init__(self) -> None:
        # Callers choose numbers: without it they could choose those of one shard.
        self._salt = secrets.randbits(60)
        self.known: dict[Group, tuple[Key, int]] = {}

    def find(self, group: Group) -> tuple[Key, int]:
        """The key and the hash of a group, or of a value, that is not in ``known``."""
        key = compact(group)
        found = key, hash((self._salt, key))
        # Long text is not kept here either.
        if key.__class__ is int or key == group:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[group] = found
        return found

    def hash_of(self, key: Key) -> int:
        """The hash of a key."""
        return hash((self._salt, key))
