"""INVITEs to take apart, and captures to read; dpkt writes the files and the transport headers."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from socket import AF_INET, AF_INET6, inet_pton

import dpkt


def invite(
    *headers: str,
    caller: str = "<sip:+8613800138000@a.example>;tag=1",
    uri: str = "sip:110@b.example",
    end: str = "\r\n",
    body: str = "",
) -> bytes:
    lines = [
        f"INVITE {uri} SIP/2.0",
        "Via: SIP/2.0/UDP a.example;branch=z9hG4bK1",
        f"From: {caller}",
        "To: <sip:110@b.example>",
        "Call-ID: c1",
        "CSeq: 1 INVITE",
        *headers,
        f"Content-Length: {len(body)}",
        "",
        body,
    ]
    return end.join(lines).encode()


# What any such INVITE gives unless a test changes it.
PLAIN = {
    "event": "setup",
    "call_id": "c1",
    "calling_party_number": "+8613800138000",
    "called_party_number": "110",
}


ETHERNET = 1
CALLER, CALLED = "192.0.2.1", "192.0.2.2"
CALLER6, CALLED6 = "2001:db8::1", "2001:db8::2"


def pcap(packets: Iterable[bytes], link_type: int = ETHERNET, nano: bool = False) -> bytes:
    """A libpcap file whose frames come one second apart, from second 1,000 on."""
    written = io.BytesIO()
    writer = dpkt.pcap.Writer(written, snaplen=262_144, linktype=link_type, nano=nano)
    for number, packet in enumerate(packets):
        writer.writepkt(packet, 1000 + number)
    return written.getvalue()


def ethernet(ip: bytes, *tags: bytes) -> bytes:
    kind = b"\x86\xdd" if ip[0] >> 4 == 6 else b"\x08\x00"
    return bytes(12) + b"".join(tags) + kind + ip


def ip4(
    payload: bytes,
    protocol: int = 17,
    identification: int = 0,
    offset: int = 0,
    more: bool = False,
) -> bytes:
    header = struct.pack(
        "!BBHHHBBH",
        0x45,
        0,
        20 + len(payload),
        identification,
        offset // 8 | more << 13,
        64,
        protocol,
        0,
    )
    return header + inet_pton(AF_INET, CALLER) + inet_pton(AF_INET, CALLED) + payload


def ip6(payload: bytes, protocol: int = 17, extensions: bytes = b"") -> bytes:
    source, destination = inet_pton(AF_INET6, CALLER6), inet_pton(AF_INET6, CALLED6)
    length = len(extensions) + len(payload)
    header = struct.pack("!IHBB", 0x60000000, length, protocol, 64)
    return header + source + destination + extensions + payload


def udp(message: bytes, port: int = 5060) -> bytes:
    return bytes(dpkt.udp.UDP(sport=5060, dport=port, data=message, ulen=8 + len(message)))


def tcp(
    message: bytes, sequence: int, flags: int = dpkt.tcp.TH_ACK, source_port: int = 4000
) -> bytes:
    segment = dpkt.tcp.TCP(
        sport=source_port, dport=5060, seq=sequence % 2**32, flags=flags, data=message
    )
    return bytes(segment)


def segments(pieces: Sequence[tuple[int, bytes]], first: int = 0) -> list[bytes]:
    """Ethernet frames of one stream; each piece at its place in the stream."""
    return [ethernet(ip4(tcp(piece, first + place), 6)) for place, piece in pieces]


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """One pcapng block."""
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length
