"""Cutting a byte stream into SIP messages by Content-Length (RFC 3261 section 18.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from callguard.records.codecs.net.found import Message, Place, Unread
from callguard.records.codecs.sip.invite import is_invite
from callguard.records.codecs.sip.message import (
    MAX_HEADER_SECTION,
    header_section_end,
    starts_message,
)

MAX_START_LINE: Final = 8 * 1024

_CONTENT_LENGTH = re.compile(rb"\n(?:content-length|l)[ \t]*:\s*(\d{1,9})\s*\r?\n", re.IGNORECASE)
# Among bytes that belong to no message: a request line, the CSeq of an INVITE or of its answer.
_INVITE_LINE = re.compile(rb"(?:^|\n)INVITE[ \t][^\r\n]*[ \t](?i:SIP)/\d")
_CSEQ = re.compile(rb"\nCSeq[ \t]*:[ \t]*\d+[ \t]+INVITE\b", re.IGNORECASE)


class SipFramer:
    """Finds the header sections in a stream; bodies are counted, not kept.

    A stream that is not at the start of a message (met midway, other protocols, a lost segment)
    is dropped until a segment begins with one. An INVITE that is lost so is said.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._searched = 0
        self._started = False
        self._body_left = 0
        # The frame with the first byte of the buffer.
        self._frame = 0
        # Messages have been found in this stream.
        self._is_sip = False
        # What is dropped until the next message begins has been said.
        self._is_said = False

    @property
    def held(self) -> int:
        """Bytes that wait for the rest of their message."""
        return len(self._buffer)

    def feed(self, data: bytes, place: Place) -> Iterator[Message | Unread]:
        """The header sections (start line to blank line) that the bytes of one frame complete."""
        if self._body_left and starts_message(data) and is_invite(data):
            yield Unread(
                "an INVITE begins within the body that the Content-Length of the message before "
                "it announces",
                place.frame,
            )
        data = self._behind_body(data)
        held = len(self._buffer)
        if not held:
            self._frame = place.frame
        self._buffer += data
        while self._buffer:
            if not self._started:
                yield from self._start(data if held else b"", place)
            section = self._next_section() if self._started else None
            if section is None:
                break
            yield Message(section, place)
            held, self._frame = 0, place.frame
        if len(self._buffer) > MAX_HEADER_SECTION:
            yield from self.end(f"its header section is longer than {MAX_HEADER_SECTION} bytes")

    def gap(self, length: int) -> Iterator[Unread]:
        """``length`` bytes of the stream were never captured."""
        if self._body_left >= length and not self._buffer:
            self._body_left -= length
            return
        frame = self._frame
        yield from self.end("segments of its TCP stream are missing from the capture")
        if self._is_sip and not self._is_said:
            yield self._said(
                f"{length} bytes of a TCP stream that carries SIP are missing from the capture; "
                "INVITEs may be among them",
                frame,
            )

    def end(self, why: str) -> Iterator[Unread]:
        """Nothing more comes of the message that has begun."""
        if is_invite(self._buffer, cut=True):
            yield self._said(f"an INVITE is not there as a whole: {why}", self._frame)
        self._drop()
        self._body_left = 0

    def _said(self, reason: str, frame: int) -> Unread:
        self._is_said = True
        return Unread(reason, frame)

    def _drop(self) -> None:
        self._buffer, self._searched, self._started = b"", 0, False

    def _behind_body(self, data: bytes) -> bytes:
        skipped = min(self._body_left, len(data))
        self._body_left -= skipped
        return data[skipped:]

    def _start(self, newest: bytes, place: Place) -> Iterator[Unread]:
        """Look whether a message begins with the buffer, or at least with its ``newest`` bytes."""
        # Blank lines between messages keep connections alive (RFC 5626 section 3.5.1).
        self._buffer = self._buffer.lstrip(b"\r\n")
        if not starts_message(self._buffer) and starts_message(newest):
            yield from self._dropped(self._buffer[: -len(newest)])
            self._buffer, self._frame = newest, place.frame
        if starts_message(self._buffer):
            self._started = self._is_sip = True
            self._is_said = False
        elif b"\n" in self._buffer:
            yield from self._dropped(self._buffer)
        elif len(self._buffer) > MAX_START_LINE:
            yield from self.end(f"its request line is longer than {MAX_START_LINE} bytes")

    def _dropped(self, data: bytes) -> Iterator[Unread]:
        """What belongs to no message goes; INVITEs in it are said, once for each such place."""
        if not self._is_said and is_invite(data):
            yield self._said("the request line is not INVITE, one URI, SIP/2.0", self._frame)
        elif not self._is_said and (_INVITE_LINE.search(data) or _CSEQ.search(data)):
            yield self._said(
                "these bytes of a TCP stream follow no whole message; an INVITE, or a part of "
                "one, may be among them",
                self._frame,
            )
        self._drop()

    def _next_section(self) -> bytes | None:
        end = header_section_end(self._buffer, self._searched)
        if end is None:
            # The blank line may lie across the edge to the next segment.
            self._searched = max(0, len(self._buffer) - 3)
            return None
        section, rest = self._buffer[:end], self._buffer[end:]
        self._drop()
        self._body_left = _content_length(section)
        self._buffer = self._behind_body(rest)
        return section


def _content_length(section: bytes) -> int:
    """The length of the body; 0 if the header does not say (the next start line is awaited)."""
    match = _CONTENT_LENGTH.search(section)
    return int(match[1]) if match else 0
