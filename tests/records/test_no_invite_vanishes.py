"""Whatever a capture lost of an INVITE: with its first bytes there, it is a record or an error."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from callguard.records.codecs import check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.pcap import read_pcap
from tests.made.captures import ethernet, invite, ip4, pcap, tcp, udp
from tests.made.read_results import Results

METHOD = len("INVITE ")
# Before the message, in a frame of UDP (as far as its own header) and of TCP.
HEADERS = {17: len(ethernet(ip4(b""))), 6: len(ethernet(ip4(tcp(b"", 0), 6)))}


def _read(frames: list[bytes]) -> Results:
    return Results(read_pcap(ByteSource(io.BytesIO(pcap(frames)), "f"), check.strict))


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    return invite(f"X-Pad: {'p' * draw(st.integers(0, 400))}", body="b" * draw(st.integers(0, 300)))


def _cut(draw: st.DrawFn, data: bytes, first: int, unit: int) -> list[tuple[int, bytes]]:
    """Pieces of the data with their places, the first one of at least so many bytes."""
    places = st.integers(-(-first // unit), len(data) // unit)
    cuts = sorted({0, *(place * unit for place in draw(st.sets(places, max_size=6)))} - {len(data)})
    ends = [*cuts[1:], len(data)]
    return [(start, data[start:end]) for start, end in zip(cuts, ends, strict=True)]


def _left(draw: st.DrawFn, frames: list[bytes]) -> list[bytes]:
    """The first frame and some of the others, in any order; some twice."""
    others = [frame for frame in frames[1:] if draw(st.booleans())]
    again = draw(st.lists(st.sampled_from(frames), max_size=2))
    return draw(st.permutations([frames[0], *others, *again]))


@st.composite
def fragmented(draw: st.DrawFn) -> list[bytes]:
    datagram = udp(draw(messages()))
    pieces = _cut(draw, datagram, 8 + METHOD, 8)
    frames = [
        ethernet(ip4(piece, 17, 7, place, place + len(piece) < len(datagram)))
        for place, piece in pieces
    ]
    return _left(draw, frames)


@st.composite
def segmented(draw: st.DrawFn) -> list[bytes]:
    first = draw(st.sampled_from([0, 2**32 - 100]))
    frames = [
        ethernet(ip4(tcp(piece, first + place), 6))
        for place, piece in _cut(draw, draw(messages()), METHOD, 1)
    ]
    return _left(draw, frames)


@given(fragmented() | segmented())
def test_an_invite_whose_beginning_was_captured_is_a_record_or_an_error(
    frames: list[bytes],
) -> None:
    assert _read(frames).all


@given(messages(), st.data())
def test_an_invite_cut_by_the_snapshot_length_is_a_record_or_an_error(
    message: bytes, data: st.DataObject
) -> None:
    for protocol, packet in ((17, udp(message)), (6, tcp(message, 1))):
        frame = ethernet(ip4(packet, protocol))
        kept = data.draw(st.integers(HEADERS[protocol], len(frame)))
        assert 1 == len(_read([frame[:kept]]).all)
