"""Capture files made from the descriptions in tests/cases/captures."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Final

import dpkt

from tests.made.captures import block, ethernet, invite, ip4, ip6, tcp, udp

FIRST_AT: Final = 1000.0

Link = Callable[[bytes], bytes]

_FLAGS: Final = {
    "syn": dpkt.tcp.TH_SYN,
    "fin": dpkt.tcp.TH_FIN,
    "rst": dpkt.tcp.TH_RST,
    "ack": dpkt.tcp.TH_ACK,
}


def _gre(kind: int, payload: bytes, flags: int = 0, options: bytes = b"") -> bytes:
    return ethernet(ip4(struct.pack("!HH", flags, kind) + options + payload, 47))


def _gtp(ip: bytes, flags: int = 0x30, options: bytes = b"") -> bytes:
    return struct.pack("!BBHI", flags, 0xFF, len(options) + len(ip), 1) + options + ip


# The link type, and how an IP packet travels on it.
LINKS: Final[dict[str, tuple[int, Link]]] = {
    "ethernet": (1, ethernet),
    "ethernet with padding": (1, lambda ip: ethernet(ip) + bytes(46)),
    "vlan": (1, lambda ip: ethernet(ip, b"\x81\x00\x00\x05")),
    "qinq": (1, lambda ip: ethernet(ip, b"\x88\xa8\x00\x06", b"\x81\x00\x00\x05")),
    "three vlans": (1, lambda ip: ethernet(ip, *[b"\x81\x00\x00\x05"] * 3)),
    "mpls": (1, lambda ip: bytes(12) + b"\x88\x47" + b"\x00\x01\x00\x40\x00\x02\x01\x40" + ip),
    "pppoe": (1, lambda ip: bytes(12) + b"\x88\x64\x11\x00\x00\x05\x00\x00\x00\x21" + ip),
    "sll": (113, lambda ip: bytes(14) + b"\x08\x00" + ip),
    "sll2": (276, lambda ip: b"\x08\x00" + bytes(18) + ip),
    "loopback": (0, lambda ip: b"\x02\x00\x00\x00" + ip),
    "openbsd loopback": (108, lambda ip: b"\x00\x00\x00\x02" + ip),
    "raw": (101, lambda ip: ip),
    "ip in ip": (1, lambda ip: ethernet(ip4(ip, 4))),
    "ipv6 in ip": (1, lambda ip: ethernet(ip4(ip, 41))),
    "ip in ipv6": (1, lambda ip: ethernet(ip6(ip, 4))),
    "gre": (1, lambda ip: _gre(0x0800, ip)),
    "gre with all options": (1, lambda ip: _gre(0x0800, ip, 0xB000, bytes(12))),
    "gre with ethernet": (1, lambda ip: _gre(0x6558, ethernet(ip, b"\x81\x00\x00\x05"))),
    "erspan 1": (1, lambda ip: _gre(0x88BE, ethernet(ip))),
    "erspan 2": (1, lambda ip: _gre(0x88BE, bytes(8) + ethernet(ip), 0x1000, bytes(4))),
    "erspan 3": (1, lambda ip: _gre(0x22EB, bytes(12) + ethernet(ip), 0x1000, bytes(4))),
    "erspan 3 with a platform": (
        1,
        lambda ip: _gre(0x22EB, bytes(11) + b"\1" + bytes(8) + ethernet(ip), 0x1000, bytes(4)),
    ),
    "vxlan": (1, lambda ip: ethernet(ip4(udp(b"\x08" + bytes(7) + ethernet(ip), 4789)))),
    "geneve": (
        1,
        lambda ip: ethernet(
            ip4(udp(b"\x02\x00\x65\x58" + bytes(4) + bytes(8) + ethernet(ip), 6081))
        ),
    ),
    "gtp": (1, lambda ip: ethernet(ip4(udp(_gtp(ip), 2152)))),
    "gtp with an extension": (
        1,
        lambda ip: ethernet(
            ip4(udp(_gtp(ip, 0x34, b"\0\0\0\x85" + b"\1\0\0\0"), 2152)),
        ),
    ),
    "gre in vxlan": (
        1,
        lambda ip: ethernet(
            ip4(udp(b"\x08" + bytes(7) + _gre(0x0800, ip), 4789)),
        ),
    ),
    "802.11": (105, lambda ip: ip),
}


def capture_of(case: dict[str, Any]) -> bytes:
    """The file that a case describes; tests/cases/README.md says what its keys mean."""
    message = _message(case)
    link_type, link = LINKS[case.get("link", "ethernet")]
    frames = [_frame(step, message, link) for step in case["frames"]]
    write = FILES[case.get("file", "pcap")]
    return write(frames, link_type)


def _message(case: dict[str, Any]) -> bytes:
    """INVITEs one behind the other, each with the header section and the body of given lengths."""
    text = case.get("message")
    if text is not None:
        return str(text).replace("\n", "\r\n").encode()
    bare = len(invite("X-Pad: "))
    padding = "p" * max(0, case.get("header", 0) - bare)
    one = invite(f"X-Pad: {padding}", body="b" * case.get("body", 0))
    return one * int(case.get("messages", 1))


def _frame(step: dict[str, Any], message: bytes, link: Link) -> tuple[float | None, bytes]:
    ip = _ip(step, message)
    data = link(ip)[: step.get("snapshot")]
    return FIRST_AT + step["at"] if "at" in step else None, data


def _ip(step: dict[str, Any], message: bytes) -> bytes:
    if "segment" in step:
        start, end = step["segment"]
        flags = sum(_FLAGS[word] for word in step.get("flags", "ack").split())
        number = 100 + start - ("syn" in step.get("flags", ""))
        return ip4(tcp(message[start:end], number, flags, step.get("port", 4000)), 6)
    if "fragment" in step:
        start, end = step["fragment"]
        datagram = udp(message)
        piece = datagram[start:end]
        if step.get("changed"):
            piece = piece[:-1] + b"~"
        more = end < len(datagram)
        identification = step.get("id", 7)
        if step.get("ip") == 6:
            header = struct.pack("!BxHI", 17, start | more, identification)
            return ip6(header + piece, 44)
        return ip4(piece, step.get("protocol", 17), identification, start, more)
    datagram = udp(message, step["udp"])
    if step.get("length") is not None:
        datagram = datagram[:4] + struct.pack("!H", step["length"]) + datagram[6:]
    return ip6(datagram) if step.get("ip") == 6 else ip4(datagram)


Frames = list[tuple[float | None, bytes]]


def _times(frames: Frames) -> list[tuple[float, bytes]]:
    return [(FIRST_AT + n if at is None else at, data) for n, (at, data) in enumerate(frames)]


def _libpcap(frames: Frames, link_type: int, nano: bool = False, order: str = "<") -> bytes:
    magic, unit = (0xA1B23C4D, 1e9) if nano else (0xA1B2C3D4, 1e6)
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 262_144, link_type)]
    for at, data in _times(frames):
        fraction = round((at % 1) * unit)
        parts += [struct.pack(f"{order}IIII", int(at), fraction, len(data), len(data)), data]
    return b"".join(parts)


def _section(order: str) -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def _pcapng(frames: Frames, link_type: int, order: str = "<") -> bytes:
    """Two interfaces in turns, the second with a clock of nanoseconds."""
    nano = struct.pack(f"{order}HHB3xHH", 9, 1, 9, 0, 0)
    parts = [_section(order)]
    parts += [
        block(1, struct.pack(f"{order}HHI", link_type, 0, 0) + options, order)
        for options in (b"", nano)
    ]
    for number, (at, data) in enumerate(_times(frames)):
        interface = number % 2
        ticks = round(at * (1e9 if interface else 1e6))
        header = struct.pack(
            f"{order}IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, len(data), len(data)
        )
        parts.append(block(6, header + data, order))
    return b"".join(parts)


def _simple(frames: Frames, link_type: int) -> bytes:
    parts = [_section("<"), block(1, struct.pack("<HHI", link_type, 0, 0))]
    parts += [block(3, struct.pack("<I", len(data)) + data) for _, data in frames]
    return b"".join(parts)


FILES: Final[dict[str, Callable[[Frames, int], bytes]]] = {
    "pcap": _libpcap,
    "pcap of nanoseconds": lambda frames, link: _libpcap(frames, link, nano=True),
    "pcap, big-endian": lambda frames, link: _libpcap(frames, link, order=">"),
    "pcap, cut": lambda frames, link: _libpcap(frames, link)[:-10],
    "pcapng": _pcapng,
    "pcapng, big-endian": lambda frames, link: _pcapng(frames, link, ">"),
    "pcapng, cut": lambda frames, link: _pcapng(frames, link)[:-10],
    "pcapng of simple packets": _simple,
}
