"""Cutting a byte stream into SIP messages by Content-Length (RFC 3261 section 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from callguard.records.codecs.sip.message import (
    MAX_HEADER_SECTION,
    header_section_end,
    starts_message,
)

MAX_START_LINE: Final = 8 * 1024

_CONTENT_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]*:\s*(\d{1,9})\s*\r?\n", re.IGNORECASE)


class SipFramer:
    """Finds the header sections in a stream; bodies are counted, not kept.

    A stream that is not at the start of a message (met midway, other protocols, a lost segment)
    is dropped until a segment begins with one.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._searched = 0
        self._started = False
        self._body_left = 0

    @property
    def held(self) -> int:
        """Bytes that wait for the rest of their message."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The header sections (start line to blank line) that these bytes complete."""
        skipped = min(self._body_left, len(data))
        self._body_left -= skipped
        self._buffer += data[skipped:]
        while self._buffer:
            section = self._next_section()
            if section is None:
                return
            yield section

    def gap(self, length: int) -> None:
        """``length`` bytes of the stream were never captured."""
        if self._body_left >= length and not self._buffer:
            self._body_left -= length
        else:
            self._body_left = 0
            self._drop()

    def _drop(self) -> None:
        self._buffer, self._searched, self._started = b"", 0, False

    def _next_section(self) -> bytes | None:
        if not self._started and not self._starts():
            return None
        end = header_section_end(self._buffer, self._searched)
        if end is None:
            # The blank line may lie across the edge to the next segment.
            self._searched = max(0, len(self._buffer) - 3)
            if len(self._buffer) > MAX_HEADER_SECTION:
                self._drop()
            return None
        section, rest = self._buffer[:end], self._buffer[end:]
        self._drop()
        self._body_left = _content_length(section)
        skipped = min(self._body_left, len(rest))
        self._body_left -= skipped
        self._buffer = rest[skipped:]
        return section

    def _starts(self) -> bool:
        # Blank lines between messages keep connections alive (RFC 5626 section 3.5.1).
        self._buffer = self._buffer.lstrip(b"\r\n")
        if b"\n" not in self._buffer:
            if len(self._buffer) > MAX_START_LINE:
                self._drop()
            return False
        self._started = starts_message(self._buffer)
        if not self._started:
            self._drop()
        return self._started


def _content_length(section: bytes) -> int:
    """The length of the body; 0 if the header does not say (the next start line is awaited)."""
    match = _CONTENT_LENGTH.search(section)
    return int(match[1]) if match else 0
