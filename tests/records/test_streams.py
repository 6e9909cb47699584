from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs.net.found import Message, Place, Unread
from callguard.records.codecs.net.framing import SipFramer
from callguard.records.codecs.net.packets import Segment
from callguard.records.codecs.net.streams import MAX_WAITING, TcpStreams
from tests.made.captures import invite

FLOW = (b"srcA", b"dstB", 4000, 5060)
MESSAGE = invite()
PLACE = Place(1, 0.5)
OK = b"SIP/2.0 200 OK\r\nl: 4\r\n\r\nbody"


def _segment(
    sequence: int,
    payload: bytes = b"",
    syn: bool = False,
    fin: bool = False,
    reset: bool = False,
    port: int = 4000,
) -> Segment:
    flow = (b"srcA", b"dstB", port, 5060)
    return Segment(flow, sequence % 2**32, syn, fin, reset, payload)


def _found(streams: TcpStreams, *segments: Segment) -> list[Message | Unread]:
    """What the segments give that come in frames 1, 2, 3."""
    places = [Place(frame, 0.5) for frame in range(1, len(segments) + 1)]
    pairs = zip(segments, places, strict=True)
    return [found for segment, place in pairs for found in streams.add(segment, place)]


def _given(streams: TcpStreams, *segments: Segment) -> list[bytes | Unread]:
    found = _found(streams, *segments)
    return [one.data if isinstance(one, Message) else one for one in found]


def _all(streams: TcpStreams, *segments: Segment) -> list[bytes]:
    return [given for given in _given(streams, *segments) if isinstance(given, bytes)]


def _unread(streams: TcpStreams, *segments: Segment) -> list[tuple[str, int]]:
    """What the segments and the end of the capture leave unread, and where."""
    found = _found(streams, *segments) + [given for _, given in streams.finish()]
    return [(given.reason, given.frame) for given in found if isinstance(given, Unread)]


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
    assert [] == streams.add(_segment(first - 1, syn=True), PLACE)
    order = data.draw(st.permutations(pieces))
    repeated = [piece for piece in order for _ in range(data.draw(st.integers(1, 2)))]
    messages = _given(streams, *(_segment(first + place, piece) for place, piece in repeated))
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
    # It is of the frame that has it, although the gap before it shows at the end only.
    assert [(FLOW, Message(MESSAGE, Place(1, 0.5)))] == list(streams.finish())


def test_a_gap_is_given_up_when_too_many_segments_wait() -> None:
    streams = TcpStreams()
    _all(streams, _segment(0, MESSAGE[:20]))
    waiting = [_segment(500 + number * len(MESSAGE), MESSAGE) for number in range(MAX_WAITING)]
    assert [] == _all(streams, *waiting)
    last = _segment(500 + MAX_WAITING * len(MESSAGE), MESSAGE)
    assert [MESSAGE] * (MAX_WAITING + 1) == _all(streams, last)


def test_streams_and_bytes_are_bounded() -> None:
    streams = TcpStreams(max_streams=3)
    half = len(MESSAGE) // 2
    for port in range(5):
        streams.add(_segment(0, MESSAGE[:half], port=port), Place(port, 0.5))
    assert [[], [MESSAGE]] == [
        _all(streams, _segment(half, MESSAGE[half:], port=port)) for port in (1, 4)
    ]
    streams = TcpStreams(max_bytes=1000)
    for port in range(100):
        streams.add(
            _segment(0, b"INVITE sip:a SIP/2.0\r\n".ljust(400), port=port), Place(port, 0.5)
        )
        assert streams._held <= 1000


@pytest.mark.parametrize(
    "data",
    [b"x" * 9000, b"INVITE sip:a SIP/2.0\r\n" + b"X: y\r\n" * 20_000, b"\r\n" * 50_000],
)
def test_a_framer_holds_no_more_than_a_header_section(data: bytes) -> None:
    framer = SipFramer()
    for start in range(0, len(data), 1000):
        given = list(framer.feed(data[start : start + 1000], PLACE))
        assert all(isinstance(one, Unread) for one in given)
        assert framer.held <= 66 * 1024
    assert [] == list(framer.feed(b"\r\n\r\n", PLACE))
    assert [Message(MESSAGE, PLACE)] == list(framer.feed(MESSAGE, PLACE))


@given(st.lists(st.binary(max_size=60) | st.sampled_from([MESSAGE, OK, b"\r\n", b"l: 9\r\n\r\n"])))
def test_no_bytes_break_a_stream(payloads: list[bytes]) -> None:
    streams = TcpStreams()
    place = 0
    for payload in payloads:
        streams.add(_segment(place, payload), PLACE)
        place += len(payload)
    assert all(stream.held == 0 for stream in streams._streams.values()) == (streams._held == 0)


LOST = "an INVITE is not there as a whole: "
MISSING = "segments of its TCP stream are missing from the capture"
AMONG = "INVITEs may be among them"
HALF = len(MESSAGE) // 2


@pytest.mark.parametrize(
    ("segments", "reason"),
    [
        ([_segment(HALF, reset=True)], "its TCP connection is reset"),
        ([_segment(HALF, fin=True)], "its TCP connection is closed"),
        ([_segment(HALF, MESSAGE[HALF:-9], fin=True)], "its TCP connection is closed"),
        ([], "the capture ends before the rest of it"),
        ([_segment(7000, syn=True)], "another connection begins on the same ports"),
        ([_segment(2**31, MESSAGE)], "another connection begins on the same ports"),
        ([_segment(HALF + 1, MESSAGE[HALF + 1 :])], MISSING),
        ([_segment(HALF + 1, MESSAGE[HALF + 1 :]), _segment(0, reset=True)], MISSING),
        (
            [_segment(HALF + place * 1000, b"X: y\n".ljust(1000, b"x")) for place in range(70)],
            "its header section is longer than 65536 bytes",
        ),
    ],
)
def test_an_invite_that_ends_halfway_is_said_where_it_begins(
    segments: list[Segment], reason: str
) -> None:
    begun = [_segment(0, OK), _segment(len(OK), MESSAGE[:HALF])]
    later = [replace(one, sequence=one.sequence + len(OK)) for one in segments]
    assert [(LOST + reason, 2)] == _unread(TcpStreams(), *begun, *later)


@pytest.mark.parametrize("beginning", [b"INVITE ", b"INVITE sip:a@b SI", MESSAGE[:-1]])
def test_however_little_there_is_of_an_invite(beginning: bytes) -> None:
    assert [1] == [frame for _, frame in _unread(TcpStreams(), _segment(0, beginning))]


def test_a_request_line_that_does_not_end_is_said() -> None:
    assert [(LOST + "its request line is longer than 8192 bytes", 1)] == _unread(
        TcpStreams(), _segment(0, b"INVITE sip:" + b"x" * 9000)
    )


@pytest.mark.parametrize("limits", [{"max_streams": 1}, {"max_bytes": 10}])
def test_a_stream_that_gives_way_is_said(limits: dict[str, int]) -> None:
    streams = TcpStreams(**limits)
    halves = [_segment(0, MESSAGE[:HALF], port=port) for port in (1, 2)]
    assert (LOST + "too many TCP streams are open", 1) in _unread(streams, *halves)


def test_what_waits_in_a_stream_that_ends_is_read() -> None:
    streams = TcpStreams()
    waiting = _segment(500, MESSAGE)
    given = _given(streams, _segment(0, MESSAGE), waiting, _segment(0, reset=True))
    assert [MESSAGE, MESSAGE] == [one for one in given if isinstance(one, bytes)]


def test_a_gap_between_messages_is_said_once() -> None:
    rest = b"CSeq: 1 INVITE\r\nFrom: x\r\n\r\n"
    begun, behind = _segment(0, MESSAGE), _segment(len(MESSAGE) + 300, rest)
    assert [
        ("300 bytes of a TCP stream that carries SIP are missing from the capture; " + AMONG, 1)
    ] == _unread(TcpStreams(), begun, behind)


@pytest.mark.parametrize(
    "data",
    [
        b"v=0\r\n\r\n" + MESSAGE,
        MESSAGE[30:],
        MESSAGE + b"a=sendrecv\r\n" + MESSAGE,
        b"x\nINVITE sip:a@b sip/2.0\r\n",
    ],
)
def test_invites_among_bytes_of_no_message_are_said(data: bytes) -> None:
    (said,) = _unread(TcpStreams(), _segment(0, data), _segment(len(data), b"more\r\n"))
    assert "these bytes of a TCP stream follow no whole message" in said[0]


def test_other_protocols_say_nothing() -> None:
    data = b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\nINVITED, not INVITE\r\n"
    assert [] == _unread(TcpStreams(), _segment(0, data), _segment(5000, data))


def test_an_invite_with_a_request_line_of_its_own_kind_is_said() -> None:
    data = b"INVITE sip:a@b SIP/x\r\nFrom: <sip:a@b>\r\n\r\n"
    assert [("the request line is not INVITE, one URI, SIP/2.0", 1)] == _unread(
        TcpStreams(), _segment(0, data)
    )


def test_an_invite_within_an_announced_body_is_said() -> None:
    swallowing = b"OPTIONS sip:a@b SIP/2.0\r\nContent-Length: 999999999\r\n\r\n"
    ((reason, frame),) = _unread(
        TcpStreams(), _segment(0, swallowing), _segment(len(swallowing), MESSAGE)
    )
    assert (True, 2) == (reason.startswith("an INVITE begins within the body that"), frame)


@pytest.mark.parametrize("probe", [b"\0", b"x", b"\n"])
def test_a_keep_alive_before_the_first_segment(probe: bytes) -> None:
    streams = TcpStreams()
    assert [MESSAGE] == _given(streams, _segment(6, probe), _segment(7, MESSAGE))
    again = 7 + len(MESSAGE)
    assert [MESSAGE] == _given(streams, _segment(again - 1, probe), _segment(again, MESSAGE))


def test_a_repeated_syn_changes_nothing() -> None:
    streams = TcpStreams()
    syn = _segment(9, syn=True)
    assert [MESSAGE] == _given(
        streams, syn, _segment(10, MESSAGE[:HALF]), syn, _segment(10 + HALF, MESSAGE[HALF:])
    )


def test_lower_case_sip_over_tcp() -> None:
    data = MESSAGE.replace(b"SIP/2.0\r\nVia", b"sip/2.0\r\nVia")
    assert [data, data] == _given(TcpStreams(), _segment(0, data * 2))
