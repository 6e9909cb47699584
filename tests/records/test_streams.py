from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs.net.framing import SipFramer
from callguard.records.codecs.net.packets import Segment
from callguard.records.codecs.net.streams import MAX_WAITING, TcpStreams
from tests.made.captures import invite

FLOW = (b"srcA", b"dstB", 4000, 5060)
MESSAGE = invite()
OK = b"SIP/2.0 200 OK\r\nl: 4\r\n\r\nbody"


def _segment(
    sequence: int, payload: bytes = b"", syn: bool = False, reset: bool = False, port: int = 4000
) -> Segment:
    return Segment((b"srcA", b"dstB", port, 5060), sequence % 2**32, syn, reset, payload)


def _all(streams: TcpStreams, *segments: Segment) -> list[bytes]:
    return [message for segment in segments for message in streams.add(segment)]


@given(st.data())
def test_any_cut_order_and_overlap_gives_the_messages_once(data: st.DataObject) -> None:
    texts = [MESSAGE, OK, invite(body="\r\n\r\nINVITE x SIP/2.0\r\n\r\n"), b"\r\n\r\n" + MESSAGE]
    stream = b"".join(texts)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=12)))
    pieces = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        extra = data.draw(st.integers(0, 20))
        pieces.append((max(0, start - extra), stream[max(0, start - extra) : end]))
    first = data.draw(st.sampled_from([0, 1000, 2**31 - 50, 2**32 - 100]))
    streams = TcpStreams()
    assert [] == streams.add(_segment(first - 1, syn=True))
    order = data.draw(st.permutations(pieces))
    repeated = [piece for piece in order for _ in range(data.draw(st.integers(1, 2)))]
    messages = _all(streams, *(_segment(first + place, piece) for place, piece in repeated))
    sections = [text.lstrip(b"\r\n").partition(b"\r\n\r\n") for text in texts]
    assert [head + end for head, end, _ in sections] == messages
    assert [] == list(streams.finish())


def test_a_stream_met_midway_begins_at_the_next_message() -> None:
    streams = TcpStreams()
    tail, rest = b"the end of a body\r\n", b"INV"
    assert [] == _all(streams, _segment(5, tail), _segment(5 + len(tail), rest))
    assert [MESSAGE] == _all(streams, _segment(5 + len(tail) + 3, MESSAGE[3:]))


def test_other_protocols_hold_no_memory() -> None:
    streams = TcpStreams()
    for number in range(100):
        _all(streams, _segment(number * 1000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".ljust(1000)))
        _all(streams, _segment(number * 1000, b"\x16\x03\x01\n" * 250, port=443))
    assert 0 == streams._held


def test_a_new_connection_on_the_same_ports_starts_afresh() -> None:
    streams = TcpStreams()
    half = _segment(1, MESSAGE[:50])
    assert [MESSAGE] == _all(streams, half, _segment(7000, syn=True), _segment(7001, MESSAGE))
    far = 100_000_000
    assert [MESSAGE] == _all(streams, _segment(far, MESSAGE))
    assert [] == _all(streams, _segment(far + len(MESSAGE), MESSAGE[:50]))
    assert [] == _all(streams, _segment(0, reset=True), _segment(far, MESSAGE[50:]))


def test_bytes_of_a_lost_segment_within_a_body_are_counted() -> None:
    streams = TcpStreams()
    message = invite(body="x" * 5000)
    lost = len(message) - 4000
    place = len(message)
    segments = [_segment(0, message[:lost]), _segment(lost + 1000, message[lost + 1000 :])]
    assert 1 == len(_all(streams, *segments))
    assert [] == _all(streams, _segment(place, MESSAGE))
    assert [(FLOW, MESSAGE)] == list(streams.finish())


def test_a_gap_is_given_up_when_too_many_segments_wait() -> None:
    streams = TcpStreams()
    _all(streams, _segment(0, MESSAGE[:20]))
    waiting = [_segment(500 + number * len(MESSAGE), MESSAGE) for number in range(MAX_WAITING)]
    assert [] == _all(streams, *waiting)
    last = _segment(500 + MAX_WAITING * len(MESSAGE), MESSAGE)
    assert [MESSAGE] * (MAX_WAITING + 1) == streams.add(last)


def test_streams_and_bytes_are_bounded() -> None:
    streams = TcpStreams(max_streams=3)
    half = len(MESSAGE) // 2
    for port in range(5):
        streams.add(_segment(0, MESSAGE[:half], port=port))
    assert [False, True] == [
        bool(streams.add(_segment(half, MESSAGE[half:], port=port))) for port in (1, 4)
    ]
    streams = TcpStreams(max_bytes=1000)
    for port in range(100):
        streams.add(_segment(0, b"INVITE sip:a SIP/2.0\r\n".ljust(400), port=port))
        assert streams._held <= 1000


@pytest.mark.parametrize(
    "data",
    [b"x" * 9000, b"INVITE sip:a SIP/2.0\r\n" + b"X: y\r\n" * 20_000, b"\r\n" * 50_000],
)
def test_a_framer_holds_no_more_than_a_header_section(data: bytes) -> None:
    framer = SipFramer()
    for start in range(0, len(data), 1000):
        assert [] == list(framer.feed(data[start : start + 1000]))
        assert framer.held <= 66 * 1024
    assert [] == list(framer.feed(b"\r\n\r\n"))
    assert [MESSAGE] == list(framer.feed(MESSAGE))


@given(st.lists(st.binary(max_size=60) | st.sampled_from([MESSAGE, OK, b"\r\n", b"l: 9\r\n\r\n"])))
def test_no_bytes_break_a_stream(payloads: list[bytes]) -> None:
    streams = TcpStreams()
    place = 0
    for payload in payloads:
        streams.add(_segment(place, payload))
        place += len(payload)
    assert all(stream.held == 0 for stream in streams._streams.values()) == (streams._held == 0)
