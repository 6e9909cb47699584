"""From a frame to its IP packet, and from an IP packet to what it carries."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Final

UDP: Final = 17
TCP: Final = 6

# https://www.tcpdump.org/linktypes.html
ETHERNET: Final = 1
RAW_IP: Final = 101
_NULL, _LOOP, _LINUX_SLL, _LINUX_SLL2 = 0, 108, 113, 276
_RAW_IP: Final = frozenset({12, 14, RAW_IP, 228, 229})
LINK_TYPES: Final = frozenset({_NULL, ETHERNET, _LOOP, _LINUX_SLL, _LINUX_SLL2}) | _RAW_IP

_VLAN: Final = frozenset({0x8100, 0x88A8, 0x9100})
_IP: Final = frozenset({0x0800, 0x86DD})
_MPLS: Final = 0x8847
_PPPOE: Final = 0x8864

# IPv6 extension headers whose second byte is their length in units of 8 bytes, less one.
_EXTENSIONS: Final = frozenset({0, 43, 60, 135, 139, 140})
_FRAGMENT: Final = 44
_AUTHENTICATION: Final = 51


@dataclass(frozen=True, slots=True)
class Packet:
    """An IP packet, or a fragment of one. Addresses are packed; ``offset`` counts bytes.

    ``cut`` says that the capture lacks the end of its payload (the snapshot length).
    """

    source: bytes
    destination: bytes
    protocol: int
    payload: bytes
    identification: int = 0
    offset: int = 0
    more_fragments: bool = False
    cut: bool = False

    @property
    def is_fragment(self) -> bool:
        return self.more_fragments or self.offset > 0

    @property
    def source_ip(self) -> str:
        return str(ip_address(self.source))


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment (RFC 9293). ``flow`` names one direction of one connection."""

    flow: tuple[bytes, bytes, int, int]
    sequence: int
    syn: bool
    fin: bool
    reset: bool
    payload: bytes


def ip_packet(link_type: int, frame: bytes) -> Packet | None:
    """The IP packet in a frame of a link type of :data:`LINK_TYPES`; None if there is none."""
    try:
        data = _network_layer(link_type, frame)
        version = data[0] >> 4 if data else 0
        return _ipv4(data) if version == 4 else _ipv6(data) if version == 6 else None
    except (struct.error, IndexError):
        return None


def _network_layer(link_type: int, frame: bytes) -> bytes:
    """What the frame carries, if that can be IP; else nothing."""
    if link_type in _RAW_IP:
        return frame
    if link_type in (_NULL, _LOOP):
        return frame[4:]
    # Where the protocol type is, and where what it describes begins.
    type_at, position = {_LINUX_SLL: (14, 16), _LINUX_SLL2: (0, 20)}.get(link_type, (12, 14))
    (ethertype,) = struct.unpack_from("!H", frame, type_at)
    while ethertype in _VLAN:
        (ethertype,) = struct.unpack_from("!H", frame, position + 2)
        position += 4
    if ethertype in _IP:
        return frame[position:]
    if ethertype == _PPPOE:
        return frame[position + 8 :]
    if ethertype == _MPLS:
        while not frame[position + 2] & 1:  # bottom of the label stack
            position += 4
        return frame[position + 4 :]
    return b""


def _ipv4(data: bytes) -> Packet | None:
    total, identification, flags = struct.unpack_from("!HHH", data, 2)
    header = (data[0] & 0x0F) * 4
    if header < 20 or len(data) < header:
        return None
    # Length 0 is written by cards that segment on their own: the packet fills the frame.
    packet = Packet(
        data[12:16],
        data[16:20],
        data[9],
        data[header : total or len(data)],
        identification,
        (flags & 0x1FFF) * 8,
        bool(flags & 0x2000),
        len(data) < total,
    )
    return packet if packet.is_fragment else without_extensions(packet)


def _ipv6(data: bytes) -> Packet | None:
    if len(data) < 40:
        return None
    (length,) = struct.unpack_from("!H", data, 4)
    end = 40 + length if length else len(data)
    cut = len(data) < end
    return without_extensions(Packet(data[8:24], data[24:40], data[6], data[40:end], cut=cut))


def without_extensions(packet: Packet) -> Packet | None:
    """The packet behind its extension headers, up to where it is a fragment (RFC 8200).

    None if an extension header is cut short. An IPv4 packet has one at most, of authentication.
    """
    protocol, data = packet.protocol, packet.payload
    is_ipv6 = len(packet.source) == 16
    try:
        while True:
            if protocol == _AUTHENTICATION:
                protocol, data = data[0], data[(data[1] + 2) * 4 :]
            elif protocol in _EXTENSIONS and is_ipv6:
                protocol, data = data[0], data[(data[1] + 1) * 8 :]
            elif protocol == _FRAGMENT and is_ipv6:
                fragment_offset, identification = struct.unpack_from("!HI", data, 2)
                protocol, data = data[0], data[8:]
                if fragment_offset & 0xFFF9:
                    return replace(
                        packet,
                        protocol=protocol,
                        payload=data,
                        identification=identification,
                        offset=fragment_offset & 0xFFF8,
                        more_fragments=bool(fragment_offset & 1),
                    )
            else:
                return replace(packet, protocol=protocol, payload=data)
    except (struct.error, IndexError):
        return None


def udp_payload(packet: Packet) -> tuple[bytes, bool]:
    """The payload of a UDP datagram (RFC 768), and whether the end of it is missing.

    A length that no datagram can have is passed over, for what follows it may be an INVITE.
    """
    payload = packet.payload
    if len(payload) < 8:
        return b"", packet.cut
    (length,) = struct.unpack_from("!H", payload, 4)
    end = length if length >= 8 else len(payload)
    return payload[8:end], packet.cut or len(payload) < end


def tcp_segment(packet: Packet) -> Segment | None:
    """The TCP segment in a packet; None if it is cut short."""
    payload = packet.payload
    if len(payload) < 20:
        return None
    source_port, destination_port, sequence = struct.unpack_from("!HHI", payload)
    header = (payload[12] >> 4) * 4
    if header < 20:
        return None
    flags = payload[13]
    flow = (packet.source, packet.destination, source_port, destination_port)
    return Segment(
        flow,
        sequence,
        syn=bool(flags & 0x02),
        fin=bool(flags & 0x01),
        reset=bool(flags & 0x04),
        payload=payload[header:],
    )
