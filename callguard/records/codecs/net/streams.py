"""TCP streams put in order, in bounded memory (RFC 9293 section 3.4)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

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
    expected: int
    framer: SipFramer = field(default_factory=SipFramer)
    waiting: dict[int, bytes] = field(default_factory=dict)
    waiting_bytes: int = 0

    @property
    def held(self) -> int:
        return self.waiting_bytes + self.framer.held


class TcpStreams:
    """Every stream of a capture, each direction on its own; the least used give way."""

    def __init__(self, max_streams: int = MAX_STREAMS, max_bytes: int = MAX_BYTES) -> None:
        self._streams: OrderedDict[_Flow, _Stream] = OrderedDict()
        self._max_streams = max_streams
        self._max_bytes = max_bytes
        self._held = 0

    def add(self, segment: Segment) -> list[bytes]:
        """The header sections of the SIP messages that this segment completes, in order."""
        if segment.reset:
            self._forget(segment.flow)
            return []
        stream = self._stream(segment)
        self._held -= stream.held
        messages = list(_advance(stream, segment))
        self._held += stream.held
        self._make_room()
        return messages

    def finish(self) -> Iterator[tuple[_Flow, bytes]]:
        """What still waits for a segment that was never captured, taken without it."""
        for flow, stream in self._streams.items():
            while stream.waiting:
                for message in _skip_gap(stream):
                    yield flow, message
        self._streams.clear()
        self._held = 0

    def _stream(self, segment: Segment) -> _Stream:
        stream = self._streams.get(segment.flow)
        if stream is not None and not segment.syn and _is_near(stream, segment):
            self._streams.move_to_end(segment.flow)
            return stream
        self._forget(segment.flow)
        # The first byte follows the SYN's own number; a stream met midway begins here.
        stream = self._streams[segment.flow] = _Stream(_after(segment.sequence, segment.syn))
        return stream

    def _forget(self, flow: _Flow) -> None:
        stream = self._streams.pop(flow, None)
        if stream is not None:
            self._held -= stream.held

    def _make_room(self) -> None:
        while len(self._streams) > self._max_streams or self._held > self._max_bytes:
            self._forget(next(iter(self._streams)))


def _after(sequence: int, length: int) -> int:
    return (sequence + length) % 2**32


def _distance(start: int, end: int) -> int:
    """How far ``end`` is behind ``start``, in a circle of 2^32 numbers; negative if before."""
    return (end - start + 2**31) % 2**32 - 2**31


def _is_near(stream: _Stream, segment: Segment) -> bool:
    return abs(_distance(stream.expected, segment.sequence)) <= FAR_AWAY


def _advance(stream: _Stream, segment: Segment) -> Iterator[bytes]:
    sequence = _after(segment.sequence, segment.syn)
    if not segment.payload:
        return
    if _distance(stream.expected, sequence) > 0:
        _wait(stream, sequence, segment.payload)
        if len(stream.waiting) > MAX_WAITING:
            yield from _skip_gap(stream)
        return
    yield from _take(stream, sequence, segment.payload)
    yield from _take_waiting(stream)


def _take(stream: _Stream, sequence: int, payload: bytes) -> Iterator[bytes]:
    """Bytes that begin at or before the one expected; what came before is not taken again."""
    new = payload[-_distance(stream.expected, sequence) or 0 :]
    if new:
        stream.expected = _after(stream.expected, len(new))
        yield from stream.framer.feed(new)


def _take_waiting(stream: _Stream) -> Iterator[bytes]:
    while stream.waiting:
        nearest = _nearest(stream)
        if _distance(stream.expected, nearest) > 0:
            return
        payload = stream.waiting.pop(nearest)
        stream.waiting_bytes -= len(payload)
        yield from _take(stream, nearest, payload)


def _wait(stream: _Stream, sequence: int, payload: bytes) -> None:
    known = stream.waiting.get(sequence, b"")
    if len(payload) > len(known):
        stream.waiting[sequence] = payload
        stream.waiting_bytes += len(payload) - len(known)


def _skip_gap(stream: _Stream) -> Iterator[bytes]:
    nearest = _nearest(stream)
    stream.framer.gap(_distance(stream.expected, nearest))
    stream.expected = nearest
    yield from _take_waiting(stream)


def _nearest(stream: _Stream) -> int:
    return min(stream.waiting, key=lambda sequence: _distance(stream.expected, sequence))
