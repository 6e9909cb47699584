"""IP packets that travel within others: mirrored ports, and the radio networks of mobile carriers.

IP in IP (RFC 2003, RFC 4213), GRE (RFC 2784, RFC 2890) with ERSPAN, VXLAN (RFC 7348), GENEVE
(RFC 8926) and GTP-U (3GPP TS 29.281).
"""

from __future__ import annotations

import struct
from typing import Final

from callguard.records.codecs.net.packets import ETHERNET, RAW_IP, UDP, Packet, ip_packet

_IP_IN_IP: Final = frozenset({4, 41})
_GRE: Final = 47
_VXLAN_PORTS: Final = frozenset({4789, 8472})
_GENEVE_PORT, _GTP_PORT = 6081, 2152
_TRANSPARENT_ETHERNET: Final = 0x6558
_ERSPAN_2, _ERSPAN_3 = 0x88BE, 0x22EB
_IP: Final = frozenset({0x0800, 0x86DD})
# Deeper ones are nobody's network.
_DEEPEST: Final = 8


def innermost(packet: Packet) -> Packet:
    """The packet within all tunnels, up to where it is a fragment; without any, itself."""
    for _ in range(_DEEPEST):
        inner = None if packet.is_fragment else _inner(packet)
        if inner is None:
            break
        packet = inner
    return packet


def _inner(packet: Packet) -> Packet | None:
    try:
        if packet.protocol in _IP_IN_IP:
            return ip_packet(RAW_IP, packet.payload)
        if packet.protocol == _GRE:
            return _of_gre(packet.payload)
        if packet.protocol == UDP:
            return _of_udp(packet.payload)
    except (struct.error, IndexError):
        pass
    return None


def _of_gre(data: bytes) -> Packet | None:
    flags, kind = struct.unpack_from("!HH", data)
    if flags & 0x4007:  # source routes, or another version
        return None
    # Checksum, key and sequence number, where they are.
    start = 4 + 4 * (flags & 0xB000).bit_count()
    if kind == _ERSPAN_2:
        # Without a sequence number it is version 1, which has no header.
        return ip_packet(ETHERNET, data[start + (8 if flags & 0x1000 else 0) :])
    if kind == _ERSPAN_3:
        platform = 8 if data[start + 11] & 1 else 0
        return ip_packet(ETHERNET, data[start + 12 + platform :])
    return _of_kind(kind, data[start:])


def _of_udp(data: bytes) -> Packet | None:
    (port,) = struct.unpack_from("!H", data, 2)
    data = data[8:]
    if port in _VXLAN_PORTS and data[0] == 0x08:
        return ip_packet(ETHERNET, data[8:])
    if port == _GENEVE_PORT and data[0] >> 6 == 0:
        (kind,) = struct.unpack_from("!H", data, 2)
        return _of_kind(kind, data[8 + (data[0] & 0x3F) * 4 :])
    if port == _GTP_PORT and data[0] >> 4 == 3 and data[1] == 0xFF:
        return ip_packet(RAW_IP, data[_gtp_header(data) :])
    return None


def _gtp_header(data: bytes) -> int:
    """Its length: 8 bytes, 4 more if any option is there, and the extension headers."""
    if not data[0] & 0x07:
        return 8
    end = 12
    while data[end - 1]:
        length = data[end] * 4
        if not length:
            raise IndexError
        end += length
    return end


def _of_kind(kind: int, data: bytes) -> Packet | None:
    if kind in _IP:
        return ip_packet(RAW_IP, data)
    return ip_packet(ETHERNET, data) if kind == _TRANSPARENT_ETHERNET else None
