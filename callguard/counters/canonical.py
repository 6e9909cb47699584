"""Groups and values as bytes that are equal if, and only if, these are."""

from __future__ import annotations

from typing import Any

import msgpack

from callguard.counters.protocol import Group


def canonical_bytes(value: Group | None) -> bytes:
    """MessagePack of the value, in which 5, 5.0 and, as in Python, 1 and True are the same."""
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
