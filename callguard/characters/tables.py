"""The shipped tables of characters (``unicode.json``), ready for look-ups.

They are compiled by ``tools/unicode_tables`` from UnicodeData.txt, CaseFolding.txt and
DerivedCoreProperties.txt (UAX #44) and confusables.txt (UTS #39) of the version that they name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import orjson

_TABLES: Final[dict[str, Any]] = orjson.loads(
    resources.files(__package__).joinpath("unicode.json").read_bytes()
)
UNICODE_VERSION: Final[str] = _TABLES["unicode"]

_RANGES: Final = "".join(
    f"{chr(int(first, 16))}-{chr(int(last, 16))}" for first, last in _TABLES["default_ignorable"]
)
_IGNORABLE: Final = re.compile(f"[{_RANGES}]")


def is_ignorable(character: str) -> bool:
    """True for a default ignorable code point (UAX #44), such as a joiner or a variation selector.

    It is not shown, and a text means the same without it.
    """
    return _IGNORABLE.match(character) is not None


def without_ignorables(text: str) -> str:
    """The text without its default ignorable code points."""
    return text if text.isascii() else _IGNORABLE.sub("", text)


@lru_cache(maxsize=1)
def blank_characters() -> frozenset[str]:
    """Every kind of space, and the symbols that are drawn as an empty place (U+2800)."""
    return frozenset(_TABLES["blank"])


@lru_cache(maxsize=1)
def imitations() -> Mapping[str, str]:
    """Character -> the one or two Latin small letters, or the Han character, that it looks like.

    A selection of UTS #39 confusables, for texts after case folding (``str.casefold``): no ASCII
    character, digit, Han or Hangul is a key, nor a letter of a script that runs from right to left.
    """
    return MappingProxyType(
        {source: target for target, sources in _TABLES["imitations"].items() for source in sources}
    )
