"""Tests on one field of a record, and the clauses that rules are made of.

A test on an absent field is false, so a negated one is true; :class:`Absent` is the exception.
Text comparisons are on ``str.lower()`` of both sides unless ``cased``.

Counters are kept under a digest of these as Python shows them: a class or a field that gets
another name makes every saved counter start from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf


@dataclass(frozen=True, slots=True)
class Equals:
    """The value is one of ``values``. Strings on text fields, numbers or booleans elsewhere."""

    values: tuple[str | int | float | bool, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class StartsWith:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class EndsWith:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Contains:
    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Wildcard:
    """Patterns that need more than a prefix, suffix or substring test, in Sigma's own form.

    ``*`` is any run of characters (line ends too), ``?`` exactly one, a backslash makes a
    following ``*``, ``?`` or backslash literal. The whole value must match.
    """

    values: tuple[str, ...]
    cased: bool = False


@dataclass(frozen=True, slots=True)
class Matches:
    """An RE2 regular expression is found somewhere in the value (case matters, as in Sigma)."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``value op number`` for a numeric field."""

    op: OneOf["lt", "lte", "gt", "gte"]
    number: int | float


@dataclass(frozen=True, slots=True)
class InNetwork:
    """The address is in one of these CIDR blocks (``192.0.2.0/24``, ``2001:db8::/32``)."""

    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Absent:
    """The record has no such key, or null in it. The only test that holds on an absent field."""


@dataclass(frozen=True, slots=True)
class SameAs:
    """The value equals the value of another field; false when either is absent."""

    other: str
    cased: bool = False


@dataclass(frozen=True, slots=True)
class InList:
    """The value is on the list ``lists/NAME.txt``."""

    name: str


Test = (
    Equals
    | StartsWith
    | EndsWith
    | Contains
    | Wildcard
    | Matches
    | Compare
    | InNetwork
    | Absent
    | SameAs
    | InList
)


@dataclass(frozen=True, slots=True)
class Literal:
    """``field`` passes ``test``, or does not when ``negated``."""

    field: str
    test: Test
    negated: bool = False


Clause = tuple[Literal, ...]
