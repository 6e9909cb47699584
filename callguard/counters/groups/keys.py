"""Groups and values as they are kept: equal ones equal, others different, and none of them long.

An E.164 number takes half the memory as an integer, and a pair of them a third. Callers choose
what is in text: long text is kept as a digest, so that nobody fills the memory with it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from callguard.counters.protocol import Group, Scalar

# An integer as a whole key: one E.164 number, or several, each of 18 digits. Bytes: the digest of
# a long text.
Key = Scalar | bytes | tuple["Key", ...]

# Any one number is below.
ABOVE: Final = 10**18
# "+" and as many digits as are below ABOVE; ITU-T E.164 allows 15.
_LONGEST_NUMBER: Final = 19
# The least number that fills a text of that length.
_LEAST: Final = (1, 1, *(10**digits for digits in range(_LONGEST_NUMBER - 1)))
# A UUID has 36 characters.
_LONGEST_TEXT: Final = 40
_DIGEST_SIZE: Final = 24
# Answers that are remembered.
_KNOWN: Final = 1024


def compact(text: str) -> int | str | bytes:
    """An E.164 number (``+`` and digits, the first not 0) as an integer; other text shortened."""
    size = len(text)
    if not 1 < size <= _LONGEST_NUMBER or text[0] != "+":
        return _short(text)
    try:
        number = int(text)
    except ValueError:
        return text
    # int() also takes spaces, underscores, leading zeros (each costs a digit) and foreign digits.
    return number if number >= _LEAST[size] and text.isascii() else text


def _short(text: str) -> str | bytes:
    if len(text) <= _LONGEST_TEXT:
        return text
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE).digest()


class GroupKeys:
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
        key: Key
        if isinstance(group, str):
            key = compact(group)
        elif isinstance(group, tuple):
            key = self._joined(group)
        else:
            # What is equal stays equal: 5, 5.0 and, in Python, 1 and True. No group looks like it.
            key = (), group
        known_as = key, hash((self._salt, key))
        # Long text is not kept here either.
        if key.__class__ is int or key == group:
            known = self.known
            if len(known) >= _KNOWN:
                known.clear()
            known[group] = known_as
        return known_as

    def _joined(self, group: tuple[Scalar, ...]) -> Key:
        numbers = 0
        for part in group:
            number, _ = self.known.get(part) or self.find(part)
            if not isinstance(number, int) or len(group) == 1:
                break
            numbers = numbers * ABOVE + number
        else:
            if numbers:
                return numbers
        return tuple([_short(part) if isinstance(part, str) else part for part in group])

    def hash_of(self, key: Key) -> int:
        """The hash of a key."""
        return hash((self._salt, key))
