from __future__ import annotations

import io
import struct

import dpkt
import pytest

from callguard.errors import RecordError
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.net.frames import Frame, read_frames
from tests.made.captures import block


def _frames(content: bytes) -> list[Frame | RecordError]:
    return list(read_frames(ByteSource(io.BytesIO(content), "f.pcapng")))


def _section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def _interface(link_type: int, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(f"{order}HHI", link_type, 0, 65_535) + options, order)


def _packet(interface: int, ticks: int, data: bytes, order: str = "<") -> bytes:
    header = struct.pack(
        f"{order}IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)
    )
    return block(6, header + data + bytes(-len(data) % 4), order)


def test_what_dpkt_writes_is_read() -> None:
    written = io.BytesIO()
    writer = dpkt.pcapng.Writer(written)
    writer.writepkt(b"abc", 1_700_000_000.25)
    writer.writepkt(b"defgh", 1_700_000_001)
    assert [
        Frame(1, 1_700_000_000.25, 1, b"abc"),
        Frame(2, 1_700_000_001.0, 1, b"defgh"),
    ] == _frames(written.getvalue())


@pytest.mark.parametrize("order", ["<", ">"])
def test_each_interface_has_its_own_link_type_and_clock(order: str) -> None:
    nano = struct.pack(f"{order}HHB3xHH", 9, 1, 9, 0, 0)
    binary = struct.pack(f"{order}HHB3xHHqHH", 9, 1, 0x8A, 14, 8, 100, 0, 0)
    content = (
        _section(order)
        + _interface(1, order=order)
        + _interface(101, nano, order)
        + _interface(113, binary, order)
        + _packet(0, 2_500_000, b"a", order)
        + _packet(1, 2_500_000_000, b"b", order)
        + block(5, b"statistics", order)
        + _packet(2, 2560, b"c", order)
    )
    assert [
        Frame(1, 2.5, 1, b"a"),
        Frame(2, 2.5, 101, b"b"),
        Frame(3, 102.5, 113, b"c"),
    ] == _frames(content)


def test_a_new_section_has_its_own_interfaces_and_byte_order() -> None:
    content = (
        _section("<")
        + _interface(1)
        + _packet(0, 1_000_000, b"a")
        + _section(">")
        + _interface(101, order=">")
        + _packet(0, 2_000_000, b"b", ">")
    )
    assert [Frame(1, 1.0, 1, b"a"), Frame(2, 2.0, 101, b"b")] == _frames(content)


def test_simple_packets_have_no_time_and_obsolete_ones_do() -> None:
    obsolete = struct.pack("<HHIIII", 0, 0, 0, 3_000_000, 2, 2) + b"ab"
    simple = struct.pack("<I", 3) + b"cde"
    content = _section() + _interface(1) + block(2, obsolete) + block(3, simple)
    assert [Frame(1, 3.0, 1, b"ab"), Frame(2, None, 1, b"cde")] == _frames(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\n\r\r\n",
        b"\n\r\r\n" + bytes(30),
        _section()[:-4],
        _section() + struct.pack("<II", 6, 2**31) + bytes(50),
        _section() + struct.pack("<II", 6, 8) + bytes(50),
        _section() + struct.pack("<II", 6, 13) + bytes(50),
        _section() + b"\x06",
    ],
)
def test_corrupt_blocks_are_refused(content: bytes) -> None:
    with pytest.raises(RecordError, match=r"f\.pcapng#1: not a readable capture: "):
        _frames(content)


def test_a_simple_packet_is_cut_at_the_snapshot_length() -> None:
    interface = block(1, struct.pack("<HHI", 1, 0, 5))
    content = _section() + interface + block(3, struct.pack("<I", 9) + b"abcde")
    assert [Frame(1, None, 1, b"abcde")] == _frames(content)


@pytest.mark.parametrize(
    "interfaces",
    [
        b"",
        block(1, b""),
        block(1, b"\1\0"),
        # A clock offset of four bytes instead of eight.
        _interface(1, struct.pack("<HHI", 14, 4, 5)),
    ],
)
def test_a_packet_of_no_known_interface_is_an_error_in_its_place(interfaces: bytes) -> None:
    unknown, known = _packet(0, 1, b"a"), _packet(1 if interfaces else 0, 1_000_000, b"b")
    interfaces += _interface(1) if interfaces else b""
    content = _section() + interfaces + unknown + known
    if not interfaces:
        content = _section() + unknown + _interface(1) + known
    error, frame = _frames(content)
    assert Frame(2, 1.0, 1, b"b") == frame
    assert isinstance(error, RecordError)
    assert "f.pcapng#1" == error.source
    assert "names an interface that is not described before it" in error.reason


@pytest.mark.parametrize("kind", [2, 3, 6])
def test_a_block_that_is_too_short_is_an_error_in_its_place(kind: int) -> None:
    content = _section() + _interface(1) + block(kind, b"") + _packet(0, 1_000_000, b"b")
    error, frame = _frames(content)
    assert (True, Frame(2, 1.0, 1, b"b")) == (isinstance(error, RecordError), frame)
