"""Splitting a byte stream into lines of bounded length."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

MAX_LINE: Final = 1024 * 1024
BOM: Final = b"\xef\xbb\xbf"


def split_lines(chunks: Iterable[bytes], limit: int = MAX_LINE) -> Iterator[bytes | None]:
    """Every line without its LF, in order; None in place of one longer than ``limit`` bytes.

    A UTF-8 byte order mark at the very start is left out. At most ``limit`` bytes and one chunk
    are held at a time.
    """
    pending = b""
    skipping = False
    for chunk in _without_bom(chunks):
        *lines, rest = chunk.split(b"\n")
        if lines:
            first = pending + lines[0]
            yield None if skipping or len(first) > limit else first
            for line in lines[1:]:
                yield None if len(line) > limit else line
            pending, skipping = rest, False
        elif not skipping:
            pending += rest
        if len(pending) > limit:
            pending, skipping = b"", True
    if skipping:
        yield None
    elif pending:
        yield pending


def _without_bom(chunks: Iterable[bytes]) -> Iterator[bytes]:
    start = b""
    stream = iter(chunks)
    for chunk in stream:
        start += chunk
        if len(start) >= len(BOM):
            break
    yield start.removeprefix(BOM)
    yield from stream
