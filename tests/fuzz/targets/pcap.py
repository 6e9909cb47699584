"""Captures: files of any bytes, and good files whose packets, fragments and segments are any."""

from __future__ import annotations

import io
import struct

from callguard.records.codecs import check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.pcap import read_pcap
from tests.fuzz.contract import records_of

_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 101)
_MAGIC = (b"\xa1\xb2", b"\xd4\xc3", b"\x4d\x3c", b"\n\r\r\n")
_UDP, _TCP = 17, 6


def run(data: bytes) -> int:
    """How many records; what does not begin as a capture is made into the packets of one."""
    content = data if data.startswith(_MAGIC) else _HEADER + _packets(data)
    return len(records_of(read_pcap(ByteSource(io.BytesIO(content), "f"), check.strict)))


def _packets(data: bytes) -> bytes:
    """Packets of what follows each other: kind, seconds, place, length (two bytes), payload.

    The lower two bits of the kind choose the packet: UDP, a fragment, TCP, any bytes of IP. Its
    other bits are flags. The place is the offset of a fragment, or the sequence number, by eight.
    """
    parts = []
    position = 0
    at = 1000
    while position + 5 <= len(data):
        kind, seconds, place, length = struct.unpack_from("!BBBH", data, position)
        payload = data[position + 5 : position + 5 + length % 2048]
        position += 5 + len(payload)
        at += seconds
        packet = _packet(kind, place, payload)
        parts += [struct.pack("<IIII", at, 0, len(packet), len(packet)), packet]
    return b"".join(parts)


def _packet(kind: int, place: int, payload: bytes) -> bytes:
    chosen, flags = kind & 3, kind >> 2
    if chosen == 0:
        return _ip(_UDP, struct.pack("!HHHH", 5060, 5060, 8 + len(payload), 0) + payload)
    if chosen == 1:
        return _ip(_TCP if flags & 2 else _UDP, payload, place, more=bool(flags & 1))
    if chosen == 2:
        ports = 4000 + (flags & 3)
        header = struct.pack("!HHIIBBHHH", ports, 5060, place * 8, 0, 0x50, flags, 0, 0, 0)
        return _ip(_TCP, header + payload)
    return payload


def _ip(protocol: int, payload: bytes, place: int = 0, more: bool = False) -> bytes:
    fragment = place | more << 13
    total = 20 + len(payload)
    header = struct.pack("!BBHHHBBH", 0x45, 0, total, 7, fragment, 64, protocol, 0)
    return header + bytes([192, 0, 2, 1, 192, 0, 2, 2]) + payload
