"""TCP streams put in order, in bounded memory (RFC 9293 section 3.4)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from callguard.records.codecs.net.found import Message, Place, Unread
from callguard.records.codecs.net.framing import SipFramer
from callguard.records.codecs.net.packets import Segment

MAX_STREAMS: Final = 16_384
MAX_BYTES: Final = 64 * 1024 * 1024
# Segments of one stream that wait for one before them.
MAX_WAITING: Final = 64
# A sequence number this far from the one expected belongs to another connection.
FAR_AWAY: Final = 4 * 1024 * 1024

_Flow = tuple[bytes, bytes, int, int]


@dataclass(slots=True)
class _Stream:
    # The number of the first byte, and of the next one that is wanted.
    first: int
    expected: int
    framer: SipFramer = field(default_factory=SipFramer)
    # Payloads that wait for a segment before them, each with its frame.
    waiting: dict[int, tuple[bytes, Place]] = field(default_factory=dict)
    waiting_bytes: int = 0
    # The number behind the last byte, once a FIN has told it.
    end: int | None = None

    @property
    def held(self) -> int:
        return self.waiting_bytes + self.framer.held


class TcpStreams:
    """Every stream of a capture, each direction on its own; the least used give way.

    Where an INVITE cannot be put together, an :class:`Unread` says so.
    """

    def __init__(self, max_streams: int = MAX_STREAMS, max_bytes: int = MAX_BYTES) -> None:
        self._streams: OrderedDict[_Flow, _Stream] = OrderedDict()
        self._max_streams = max_streams
        self._max_bytes = max_bytes
        self._held = 0

    def add(self, segment: Segment, place: Place) -> list[Message | Unread]:
        """The header sections of the SIP messages that this segment completes, in order."""
        if segment.reset:
            return self._ended(segment.flow, "its TCP connection is reset")
        if segment.flow not in self._streams and _is_keep_alive(segment):
            return []
        messages = self._of_another_connection(segment)
        stream = self._stream(segment)
        self._held -= stream.held
        messages += _advance(stream, segment, place)
        self._held += stream.held
        while len(self._streams) > self._max_streams or self._held > self._max_bytes:
            messages += self._ended(next(iter(self._streams)), "too many TCP streams are open")
        return messages

    def finish(self) -> Iterator[tuple[_Flow, Message | Unread]]:
        """What still waits for a segment that was never captured, taken without it."""
        for flow in list(self._streams):
            for message in self._ended(flow, "the capture ends before the rest of it"):
                yield flow, message

    def _of_another_connection(self, segment: Segment) -> list[Message | Unread]:
        stream = self._streams.get(segment.flow)
        if stream is None or _belongs(stream, segment):
            return []
        return self._ended(segment.flow, "another connection begins on the same ports")

    def _stream(self, segment: Segment) -> _Stream:
        stream = self._streams.get(segment.flow)
        if stream is None:
            # The first byte follows the SYN's own number; a stream met midway begins here.
            first = _after(segment.sequence, segment.syn)
            stream = self._streams[segment.flow] = _Stream(first, first)
        else:
            self._streams.move_to_end(segment.flow)
        return stream

    def _ended(self, flow: _Flow, why: str) -> list[Message | Unread]:
        """Forget a stream, and give what can still be made of it."""
        stream = self._streams.pop(flow, None)
        if stream is None:
            return []
        self._held -= stream.held
        messages: list[Message | Unread] = []
        while stream.waiting:
            messages += _skip_gap(stream)
        messages += stream.framer.end(why)
        return messages


def _after(sequence: int, length: int) -> int:
    return (sequence + length) % 2**32


def _distance(start: int, end: int) -> int:
    """How far ``end`` is behind ``start``, in a circle of 2^32 numbers; negative if before."""
    return (end - start + 2**31) % 2**32 - 2**31


def _belongs(stream: _Stream, segment: Segment) -> bool:
    """True if a segment is of the connection that the stream is; a SYN may be sent again."""
    if segment.syn:
        return _after(segment.sequence, 1) == stream.first
    return abs(_distance(stream.expected, segment.sequence)) <= FAR_AWAY


def _is_keep_alive(segment: Segment) -> bool:
    """True if it may be a probe: one byte, any one, sent before (RFC 9293 section 3.8.4)."""
    return len(segment.payload) == 1 and segment.payload != b"I" and not segment.syn


def _advance(stream: _Stream, segment: Segment, place: Place) -> Iterator[Message | Unread]:
    sequence = _after(segment.sequence, segment.syn)
    early = -_distance(stream.first, sequence)
    if early > 0:
        yield from _before_the_first(stream, sequence, segment.payload[:early], place)
    if segment.fin:
        stream.end = _after(sequence, len(segment.payload))
    if segment.payload and _distance(stream.expected, sequence) > 0:
        _wait(stream, sequence, segment.payload, place)
        if len(stream.waiting) > MAX_WAITING:
            yield from _skip_gap(stream)
    elif segment.payload:
        yield from _take(stream, sequence, segment.payload, place)
        yield from _take_waiting(stream, place)
    if stream.end is not None and _distance(stream.expected, stream.end) <= 0:
        yield from stream.framer.end("its TCP connection is closed")


def _before_the_first(
    stream: _Stream, sequence: int, payload: bytes, place: Place
) -> Iterator[Message | Unread]:
    """What comes late, of a stream that the capture met at a later segment: read on its own."""
    stream.first = sequence
    framer = SipFramer()
    yield from framer.feed(payload, place)
    yield from framer.end("the capture has later segments of its TCP stream before its beginning")


def _take(
    stream: _Stream, sequence: int, payload: bytes, place: Place
) -> Iterator[Message | Unread]:
    """Bytes that begin at or before the one expected; what came before is not taken again."""
    new = payload[-_distance(stream.expected, sequence) or 0 :]
    if new:
        stream.expected = _after(stream.expected, len(new))
        yield from stream.framer.feed(new, place)


def _take_waiting(stream: _Stream, filled: Place | None = None) -> Iterator[Message | Unread]:
    """What no longer waits: in its own place, or where the gap before it was ``filled``."""
    while stream.waiting:
        nearest = _nearest(stream)
        if _distance(stream.expected, nearest) > 0:
            return
        payload, place = stream.waiting.pop(nearest)
        stream.waiting_bytes -= len(payload)
        yield from _take(stream, nearest, payload, filled or place)


def _wait(stream: _Stream, sequence: int, payload: bytes, place: Place) -> None:
    waiting = stream.waiting.get(sequence)
    known = len(waiting[0]) if waiting else 0
    if len(payload) > known:
        stream.waiting[sequence] = payload, place
        stream.waiting_bytes += len(payload) - known


def _skip_gap(stream: _Stream) -> Iterator[Message | Unread]:
    nearest = _nearest(stream)
    yield from stream.framer.gap(_distance(stream.expected, nearest))
    stream.expected = nearest
    yield from _take_waiting(stream)


def _nearest(stream: _Stream) -> int:
    return min(stream.waiting, key=lambda sequence: _distance(stream.expected, sequence))
