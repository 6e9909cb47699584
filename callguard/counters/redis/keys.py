"""The names of counters on a server, and values as they are kept there."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final

import msgpack

from callguard.counters.protocol import Group, Scalar

# To be raised when the script keeps something in another form: old and new then share no key.
_LAYOUT: Final = b"1"
_PLAIN: Final = re.compile(r"[+.:A-Za-z0-9_-]{1,40}")
_SEVERAL: Final = re.compile(r"(?=.{1,40}\Z)[+.:A-Za-z0-9_-]+(?:\|[+.:A-Za-z0-9_-]+)+")
_VALUE: Final = 16
# A digest is told from text by its first bit.
_DIGEST: Final = 0x80


def tag_of(group: Group) -> str:
    """What stands for a group in keys: itself if short and plain, else ``#`` and a digest.

    Several plain texts are joined by ``|``. It is the keys' hash tag: all counters of one group
    lie in one slot.
    """
    if isinstance(group, str):
        if _PLAIN.fullmatch(group):
            return group
    elif isinstance(group, tuple) and len(group) > 1:
        with suppress(TypeError):  # not all of them are texts
            joined = "|".join(group)  # type: ignore[arg-type]
            if _SEVERAL.fullmatch(joined) and joined.count("|") == len(group) - 1:
                return joined
    digest = hashlib.blake2b(_packed(group), digest_size=15).digest()
    return "#" + urlsafe_b64encode(digest).decode()


def counter_key(prefix: str, series_key: str, tag: str) -> str:
    """``PREFIX:{GROUP}:SERIES``."""
    return f"{prefix}:{{{tag}}}:{short_key(series_key)}"


@lru_cache(4096)
def short_key(series_key: str) -> str:
    """The 16 characters that stand for a series in keys."""
    digest = hashlib.blake2b(series_key.encode(), digest_size=12, person=_LAYOUT).digest()
    return urlsafe_b64encode(digest).decode()


def sent_value(value: Scalar | None) -> bytes:
    """A distinct value as 16 bytes: text of up to 16 plain characters itself, else a digest.

    Equal values give equal bytes (5 and 5.0 are equal), others others.
    """
    if isinstance(value, str) and len(value) <= _VALUE and value.isascii() and "\0" not in value:
        return value.encode().ljust(_VALUE, b"\0")
    digest = hashlib.blake2b(_packed(value), digest_size=_VALUE).digest()
    return bytes([digest[0] | _DIGEST]) + digest[1:]


def _packed(value: Group | None) -> bytes:
    data: bytes = msgpack.packb(_plain(value), unicode_errors="surrogatepass")
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return ["integer", f"{value:x}"]
    return value


def marker_key(prefix: str, name: str, tag: str | None = None) -> str:
    """The key that an id stands under, with ``tag`` in the slot of that group."""
    return f"{prefix}:id:{name}" if tag is None else f"{prefix}:{{{tag}}}:id:{name}"
