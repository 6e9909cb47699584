"""Captures (libpcap, pcapng): every SIP INVITE in them becomes a ``setup`` record.

INVITEs are recognised by their request line, on whatever port, over UDP and TCP, IPv4 and IPv6.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from callguard.errors import RecordError
from callguard.records.codecs.check import Check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.net.fragments import Fragments
from callguard.records.codecs.net.frames import Frame, read_frames
from callguard.records.codecs.net.packets import (
    LINK_TYPES,
    TCP,
    UDP,
    Packet,
    ip_packet,
    tcp_segment,
    udp_payload,
    without_extensions,
)
from callguard.records.codecs.net.streams import TcpStreams
from callguard.records.codecs.sip.invite import read_invite
from callguard.records.record import Record


def read_pcap(source: ByteSource, check: Check) -> Iterator[Record | RecordError]:
    """The INVITEs of a capture in the order in which they were complete.

    ``at`` is the capture time and the source ``NAME#FRAME`` the number of the frame that
    completed the message (its header section, over TCP), counted from 1 as protocol analysers
    do. Retransmissions and re-INVITEs are records too. An INVITE that cannot be read is a
    :class:`RecordError`; so is a corrupt file, which ends there.
    """
    capture = _Capture(source.name, check)
    try:
        for frame in read_frames(source):
            yield from capture.add(frame)
    except RecordError as error:
        yield from capture.finish()
        yield error
    else:
        yield from capture.finish()


class _Capture:
    """The state of one capture while its frames come in."""

    def __init__(self, name: str, check: Check) -> None:
        self._name = name
        self._check = check
        self._fragments = Fragments()
        self._streams = TcpStreams()
        self._unknown_link_types: set[int] = set()
        self._last = Frame(0, 0.0, 0, b"")

    def add(self, frame: Frame) -> Iterator[Record | RecordError]:
        self._last = frame
        if frame.link_type not in LINK_TYPES:
            yield from self._unknown(frame)
            return
        packet = ip_packet(frame.link_type, frame.data)
        if packet is not None and packet.is_fragment:
            whole = self._fragments.add(packet, frame.at)
            packet = without_extensions(whole) if whole else None
        if packet is not None:
            for message in self._messages(packet):
                yield from self._record(message, frame, packet.source_ip)

    def finish(self) -> Iterator[Record | RecordError]:
        for (source, *_), message in self._streams.finish():
            yield from self._record(message, self._last, str(ip_address(source)))

    def _messages(self, packet: Packet) -> list[bytes]:
        if packet.protocol == UDP:
            return [udp_payload(packet)]
        if packet.protocol == TCP:
            segment = tcp_segment(packet)
            return self._streams.add(segment) if segment else []
        return []

    def _record(
        self, message: bytes, frame: Frame, source_ip: str
    ) -> Iterator[Record | RecordError]:
        source = f"{self._name}#{frame.number}"
        try:
            fields = read_invite(message)
            if fields is not None:
                yield self._check({**fields, "at": frame.at, "source_ip": source_ip}, source)
        except RecordError as error:
            yield RecordError(error.reason, source)

    def _unknown(self, frame: Frame) -> Iterator[RecordError]:
        if frame.link_type not in self._unknown_link_types:
            self._unknown_link_types.add(frame.link_type)
            known = ", ".join(map(str, sorted(LINK_TYPES)))
            yield RecordError(
                f"frames of link type {frame.link_type} are not read; expected one of {known}",
                f"{self._name}#{frame.number}",
            )
