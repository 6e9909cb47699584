"""One condition of a bench rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

# Field values as the engines get them: texts in lower case, absent ones "" (shared_prefix: -1).
Fields = Mapping[str, str | int | bool]
Op = Literal["is", "in", "prefix", "contains", "range", "re"]
Scalar = str | int | bool

# A field's ready-made name -> the record keys that decide it.
RAW_KEYS: Mapping[str, tuple[str, ...]] = {
    "calling_e164": ("calling_party_number", "nature_of_address"),
    "calling_country": ("calling_party_number", "nature_of_address"),
    "calling_kind": ("calling_party_number", "nature_of_address"),
    "calling_valid": ("calling_party_number", "nature_of_address"),
    "called_e164": ("called_party_number",),
    "shared_prefix": ("calling_party_number", "nature_of_address", "called_party_number"),
    "display_name_raw": ("display_name",),
    "user_agent_raw": ("user_agent",),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A test on one field.

    ``is`` and ``in`` compare with one and with any of several values, ``prefix`` and ``contains``
    hold for any of ``values``, ``range`` is ``values[0] <= x < values[1]``, ``re`` searches.
    Values of texts are in lower case, except those of ``re``.
    """

    field: str
    op: Op
    values: tuple[Scalar, ...]
    negated: bool = False

    @property
    def raw_keys(self) -> tuple[str, ...]:
        """The keys of the record that decide this condition."""
        return RAW_KEYS.get(self.field, (self.field,))

    def holds(self, fields: Fields) -> bool:
        """The plain answer."""
        return _OPS[self.op](fields[self.field], self.values) is not self.negated


def _starts(value: Scalar, prefixes: tuple[Scalar, ...]) -> bool:
    return str(value).startswith(cast("tuple[str, ...]", prefixes))


def _has_part(value: Scalar, parts: tuple[Scalar, ...]) -> bool:
    return any(str(part) in str(value) for part in parts)


def _found(value: Scalar, patterns: tuple[Scalar, ...]) -> bool:
    return any(compiled(str(pattern)).search(str(value)) is not None for pattern in patterns)


def _within(value: Scalar, bounds: tuple[Scalar, ...]) -> bool:
    low, high = bounds
    return int(low) <= int(value) < int(high)


_OPS: Mapping[Op, Callable[[Scalar, tuple[Scalar, ...]], bool]] = {
    "is": lambda value, values: value == values[0],
    "in": lambda value, values: value in values,
    "prefix": _starts,
    "contains": _has_part,
    "range": _within,
    "re": _found,
}
compiled = lru_cache(maxsize=None)(re.compile)
