"""The names of counters on a server."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import lru_cache
from typing import Final

from callguard.counters.canonical import canonical_bytes
from callguard.counters.protocol import Group

# To be raised when the script keeps something in another form: old and new then share no key.
_LAYOUT: Final = b"1"
_PLAIN: Final = re.compile(r"[+.:A-Za-z0-9_-]{1,40}")
_SEVERAL: Final = re.compile(r"(?=.{1,40}\Z)[+.:A-Za-z0-9_-]+(?:\|[+.:A-Za-z0-9_-]+)+")


def tag_of(group: Group) -> str:
    """What names a group in keys: itself if short and plain, else ``#`` and a digest.

    Several plain texts are joined by ``|``. It is the keys' hash tag: all counters of one group
    are in one slot.
    """
    if isinstance(group, str):
        if _PLAIN.fullmatch(group):
            return group
    elif isinstance(group, tuple) and len(group) > 1:
        with suppress(TypeError):  # not all of them are texts
            joined = "|".join(group)  # type: ignore[arg-type]
            if _SEVERAL.fullmatch(joined) and joined.count("|") == len(group) - 1:
                return joined
    digest = hashlib.blake2b(canonical_bytes(group), digest_size=15).digest()
    return "#" + urlsafe_b64encode(digest).decode()


def counter_key(prefix: str, series_key: str, tag: str) -> str:
    """``PREFIX:{GROUP}:SERIES``."""
    return f"{prefix}:{{{tag}}}:{short_key(series_key)}"


@lru_cache(4096)
def short_key(series_key: str) -> str:
    """The 16 characters that name a series in keys."""
    digest = hashlib.blake2b(series_key.encode(), digest_size=12, person=_LAYOUT).digest()
    return urlsafe_b64encode(digest).decode()


def marker_key(prefix: str, name: str, tag: str | None = None) -> str:
    """The key of an id's marker; with ``tag``, in the slot of that group."""
    return f"{prefix}:id:{name}" if tag is None else f"{prefix}:{{{tag}}}:id:{name}"
