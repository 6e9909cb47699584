from __future__ import annotations

import gzip
import io
import struct
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.extras import pip_install
from callguard.records import validate
from callguard.records.codecs import check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.pcap import read_pcap
from tests.made.captures import (
    CALLER,
    CALLER6,
    PLAIN,
    block,
    ethernet,
    invite,
    ip4,
    ip6,
    pcap,
    segments,
    tcp,
    udp,
)
from tests.made.read_results import Results
from tests.records.conftest import Read

INVITE = invite()
RECORD = {**PLAIN, "roaming": "unknown", "source_ip": CALLER}
VLAN = b"\x81\x00\x00\x05"
OUTER_VLAN = b"\x88\xa8\x00\x06"


def _expected(at: float, **changes: Any) -> dict[str, Any]:
    return {**RECORD, "at": at, **changes}


@pytest.mark.parametrize("nano", [False, True])
@pytest.mark.parametrize("port", [5060, 5061, 40_000])
def test_invites_over_udp_on_any_port(read: Read, nano: bool, port: int) -> None:
    other = ethernet(ip4(udp(b"OPTIONS sip:a@b SIP/2.0\r\n\r\n")))
    frames = [other, ethernet(ip4(udp(INVITE, port))), other, ethernet(ip4(udp(INVITE, port)))]
    results = read("trunk.pcap", pcap(frames, nano=nano))
    assert ([_expected(1001.0), _expected(1003.0)], ["trunk.pcap#2", "trunk.pcap#4"]) == (
        results.records,
        results.sources,
    )


IP = ip4(udp(INVITE))
LINKS = {
    "ethernet": (1, ethernet(IP)),
    "vlan": (1, ethernet(IP, VLAN)),
    "two vlans": (1, ethernet(IP, OUTER_VLAN, VLAN)),
    "pppoe": (1, bytes(12) + b"\x88\x64\x11\x00\x00\x05\x00\x00\x00\x21" + IP),
    "mpls": (1, bytes(12) + b"\x88\x47\x00\x01\x00\x40\x00\x02\x01\x40" + IP),
    "ethernet padding": (1, ethernet(IP) + bytes(6)),
    "frame check bits": (1 | 0x20000000, ethernet(IP)),
    "null": (0, b"\x02\x00\x00\x00" + IP),
    "loop": (108, b"\x00\x00\x00\x02" + IP),
    "raw": (101, IP),
    "raw bsd": (12, IP),
    "raw ipv4": (228, IP),
    "sll": (113, bytes(14) + b"\x08\x00" + IP),
    "sll vlan": (113, bytes(14) + b"\x81\x00\x00\x05\x08\x00" + IP),
    "sll2": (276, b"\x08\x00" + bytes(18) + IP),
}


@pytest.mark.parametrize("name", LINKS)
def test_link_types(read: Read, name: str) -> None:
    link_type, frame = LINKS[name]
    assert [_expected(1000.0)] == read("a.pcap", pcap([frame], link_type)).records


def test_an_unknown_link_type_is_said_once(read: Read) -> None:
    results = read("a.pcap", pcap([IP] * 3, 105))
    assert [
        (
            "frames of link type 105 are not read; expected one of 0, 1, 12, 14, 101, 108, 113, "
            "228, 229, 276"
        )
    ] == results.reasons


HOP_BY_HOP = b"\x3c" + bytes(7)
DESTINATION = b"\x11\x01" + bytes(14)
AUTHENTICATION = b"\x11\x04" + bytes(22)
ATOMIC = b"\x11" + bytes(7)


@pytest.mark.parametrize(
    ("protocol", "extensions"),
    [
        (17, b""),
        (0, HOP_BY_HOP + DESTINATION),
        (51, AUTHENTICATION),
        (44, ATOMIC),
    ],
)
def test_ipv6_with_extension_headers(read: Read, protocol: int, extensions: bytes) -> None:
    frame = ethernet(ip6(udp(INVITE), protocol, extensions))
    results = read("a.pcap", pcap([frame]))
    assert [_expected(1000.0, source_ip=CALLER6)] == results.records


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 0, 1, 1, 2]])
def test_ipv4_fragments(read: Read, order: list[int]) -> None:
    whole = udp(INVITE)
    pieces = [whole[:80], whole[80:160], whole[160:]]
    frames = [ethernet(ip4(pieces[place], 17, 7, place * 80, place < 2)) for place in order]
    results = read("a.pcap", pcap(frames))
    assert [_expected(1000.0 + len(order) - 1)] == results.records


def test_ipv6_fragments_behind_and_before_extension_headers(read: Read) -> None:
    whole = DESTINATION + udp(INVITE)
    frames = []
    for start, more in ((0, 1), (80, 1), (160, 0)):
        piece = whole[start : start + 80] if more else whole[start:]
        fragment = struct.pack("!BxHI", 60, start | more, 99)
        frames.append(ethernet(ip6(piece, 0, b"\x2c" + bytes(7) + fragment)))
    results = read("a.pcap", pcap([frames[2], frames[0], frames[1]]))
    assert [_expected(1002.0, source_ip=CALLER6)] == results.records


def test_invites_over_tcp_in_one_segment_and_over_several(read: Read) -> None:
    stream = invite(body="v=0\r\n\r\nINVITE sip:x@y SIP/2.0\r\n\r\n") * 2 + b"\r\n\r\n" + INVITE
    whole = read("a.pcap", pcap(segments([(0, stream)]))).records
    assert [_expected(1000.0)] * 3 == whole
    cut = [(start, stream[start : start + 7]) for start in range(0, len(stream), 7)]
    results = read("a.pcap", pcap(segments(cut, first=2**32 - 100)))
    assert [RECORD] * 3 == [
        {key: value for key, value in record.items() if key != "at"} for record in results.records
    ]
    # Each is there with the frame that completed its header section.
    body = len(invite(body="v=0\r\n\r\nINVITE sip:x@y SIP/2.0\r\n\r\n"))
    assert f"a.pcap#{-(-(2 * body + 4 + len(INVITE)) // 7)}" == results.sources[-1]


def test_both_directions_and_connections_are_kept_apart(read: Read) -> None:
    half = len(INVITE) // 2
    frames = [
        ethernet(ip4(tcp(piece, place, source_port=port), 6))
        for place, piece in ((0, INVITE[:half]), (half, INVITE[half:]))
        for port in (4000, 4001)
    ]
    assert [1002.0, 1003.0] == [record["at"] for record in read("a.pcap", pcap(frames)).records]


def test_a_segment_that_was_never_captured_costs_only_its_message(read: Read) -> None:
    lost = len(INVITE) + 50
    frames = segments([(0, INVITE), (lost + 50, b"rest\r\n\r\n"), (lost + 58, INVITE)])
    results = read("a.pcap", pcap(frames))
    assert [_expected(1000.0), _expected(1002.0)] == results.records


def test_a_malformed_invite_is_an_error_in_its_place(read: Read) -> None:
    frames = [ethernet(ip4(udp(data))) for data in (INVITE, invite(uri="<sip:a@b>"), INVITE)]
    results = read("a.pcap", pcap(frames))
    assert (["a.pcap#1", "a.pcap#2", "a.pcap#3"], 1) == (results.sources, len(results.errors))


def test_a_frame_cut_by_the_snapshot_length(read: Read) -> None:
    data = invite(body="x" * 500)
    whole = ethernet(ip4(udp(data)))
    only_body_lost = pcap([whole[:-100]])
    assert [_expected(1000.0)] == read("a.pcap", only_body_lost).records
    assert ["the header section does not end; the message is cut short"] == read(
        "a.pcap", pcap([whole[:150]])
    ).reasons


@pytest.mark.parametrize("cut", [1, 20, 24 + 16 + 5])
def test_a_corrupt_file_is_one_error_after_what_was_read(read: Read, cut: int) -> None:
    content = pcap([ethernet(ip4(udp(INVITE)))] * 2)
    results = read("a.pcap", content[:-cut])
    assert 1 == len(results.errors)
    assert results.errors[0] is results.all[-1]
    assert results.reasons[0].startswith("not a readable capture: ")


@pytest.mark.parametrize("content", [b"", b"no capture", bytes(24)])
def test_what_is_no_capture_is_one_error(read: Read, content: bytes) -> None:
    results = read("a.pcap", content)
    assert ["a.pcap#1"] == results.sources
    assert results.reasons[0].startswith("not a readable capture: ")


def test_a_compressed_capture_says_what_it_is(read: Read) -> None:
    results = read("a.pcap", gzip.compress(GOOD), "pcap")
    assert ["a.pcap#1"] == results.sources
    assert results.reasons[0].startswith(
        "not a readable capture: the file is compressed with gzip; unpack it first"
    )


def test_a_frame_of_any_claimed_length_is_not_read(read: Read) -> None:
    header = struct.pack("<IIII", 1, 0, 2**31, 2**31)
    results = read("a.pcap", pcap([]) + header + bytes(100))
    assert [
        (
            "not a readable capture: a frame of 2147483648 bytes, expected at most 262144; "
            "the rest of the file is not read"
        )
    ] == results.reasons


def test_a_missing_library_is_said_with_the_remedy(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dpkt", None)
    results = read("a.pcap", pcap([]))
    assert [f"reading captures needs the package dpkt: {pip_install('pcap')}"] == results.reasons


GOOD = pcap([ethernet(ip4(udp(INVITE))), *segments([(0, INVITE)])])


@given(st.data())
def test_a_damaged_capture_is_read_or_refused(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(4, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    assert_sound(_decoded(bytes(damaged)))


@given(st.sampled_from([0, 1, 101, 113, 229, 276]), st.lists(st.binary(max_size=120), max_size=4))
def test_no_frame_breaks_it(link_type: int, frames: list[bytes]) -> None:
    assert [] == _decoded(pcap(frames, link_type)).errors


@given(st.binary(max_size=200), st.sampled_from(["<", ">"]))
def test_no_pcapng_block_breaks_it(noise: bytes, order: str) -> None:
    section = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    assert_sound(_decoded(section + noise))
    interface = block(1, struct.pack(f"{order}HHI", 1, 0, 0), order)
    for kind in (1, 2, 3, 6):
        assert_sound(_decoded(section + interface + block(kind, noise, order)))


def assert_sound(results: Results) -> None:
    """All that comes out is a record that validation leaves as it is, or an error with a reason."""
    assert results.records == [validate(dict(record)) for record in results.records]
    assert all(results.reasons)
    assert len(results.all) == len(results.records) + len(results.errors)


def _decoded(content: bytes) -> Results:
    return Results(read_pcap(ByteSource(io.BytesIO(content), "f"), check.strict))
