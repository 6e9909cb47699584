"""Captures (libpcap, pcapng): every SIP INVITE in them becomes a ``setup`` record.

INVITEs are recognised by their request line, on whatever port, over UDP and TCP, IPv4 and IPv6.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from callguard.errors import RecordError
from callguard.records.codecs.check import Check
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.net.found import Message, Place, Unread
from callguard.records.codecs.net.fragments import LOST, Fragments, Incomplete
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
from callguard.records.codecs.net.summary import Summary
from callguard.records.codecs.net.tunnels import innermost
from callguard.records.codecs.sip.invite import is_invite, read_invite
from callguard.records.codecs.sip.message import CutShortError
from callguard.records.codecs.unforeseen import unforeseen
from callguard.records.record import Record

_Result = Record | RecordError

_METHOD = b"INVITE "
# UDP, TCP, tunnels, and the extension headers that may stand before them in a fragment of IPv6.
_MAY_CARRY_SIP = frozenset({4, TCP, UDP, 41, 43, 47, 51, 60, 135})
_TOO_SHORT = (
    "cut before anything shows whether it holds an INVITE; so are {count} frames of this capture, "
    "counted from here; capture whole packets (tcpdump -s 0)"
)
_NO_BEGINNING = (
    "an IP packet whose first fragment is missing, which may be an INVITE; there are {count} in "
    "this capture, counted from here"
)
_NO_TIME = (
    "the frame has no time (a simple packet block of pcapng), and a record needs one; "
    "capture with a tool that writes enhanced packet blocks, or libpcap"
)
_FILTER = (
    "; a filter such as 'port 5060' keeps first fragments only: add 'or ip[6:2] & 0x1fff != 0'"
)


def read_pcap(source: ByteSource, check: Check) -> Iterator[Record | RecordError]:
    """The INVITEs of a capture in the order in which they were complete.

    ``at`` is the capture time and the source ``NAME#FRAME`` the number of the frame that
    completed the message (its header section, over TCP), counted from 1 as protocol analysers
    do. Retransmissions and re-INVITEs are records too. An INVITE that cannot be read is a
    :class:`RecordError`, also where the capture has a part of it only: its source is then the
    frame in which the INVITE begins. What may have held INVITEs and shows nothing of them is said
    once at the end. A corrupt file is a :class:`RecordError`, and ends there.
    """
    capture = _Capture(source.name, check)
    try:
        for frame in read_frames(source):
            if isinstance(frame, RecordError):
                yield frame
            else:
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
        self._said = Summary()
        self._unknown_link_types: set[int] = set()
        self._place = Place(0, None)
        self._now = 0.0

    def add(self, frame: Frame) -> Iterator[_Result]:
        self._place = frame.place
        if frame.at is not None:
            self._now = frame.at
        yield from self._guarded(self._frame(frame))

    def finish(self) -> Iterator[_Result]:
        yield from self._guarded(self._rest())

    def _guarded(self, results: Iterator[_Result]) -> Iterator[_Result]:
        try:
            yield from results
        except Exception as error:  # noqa: BLE001 (one frame must not end the reading of a file)
            yield unforeseen(error, self._source(self._place.frame))

    def _rest(self) -> Iterator[_Result]:
        # What is given up may hold a fragment of another packet, within a tunnel.
        while rest := self._fragments.finish():
            for given in rest:
                yield from self._assembled(given, self._place)
        for (source, *_), message in self._streams.finish():
            yield from self._record(message, str(ip_address(source)))
        for unread in self._said.finish():
            yield RecordError(unread.reason, self._source(unread.frame))

    def _frame(self, frame: Frame) -> Iterator[_Result]:
        for given in self._fragments.aged(self._now):
            yield from self._assembled(given, frame.place)
        if frame.link_type not in LINK_TYPES:
            yield from self._unknown(frame)
            return
        packet = ip_packet(frame.link_type, frame.data)
        if packet is not None:
            yield from self._packet(packet, frame.place)

    def _assembled(self, given: Packet | Incomplete, place: Place) -> Iterator[_Result]:
        if isinstance(given, Packet):
            packet = without_extensions(given)
            if packet is not None:
                yield from self._packet(packet, place)
            return
        packet = without_extensions(given.packet) if given.packet else None
        if packet is None and given.protocol not in _MAY_CARRY_SIP:
            return
        if packet is None:
            self._said.add(_NO_BEGINNING, given.place.frame)
        elif given.reason == LOST:
            yield from self._packet(packet, given.place, LOST + _FILTER)
        elif is_invite(_payload(innermost(packet)), cut=True):
            yield self._error(f"an INVITE is not there as a whole: {given.reason}", given.place)

    def _packet(self, packet: Packet, place: Place, lost: str = "") -> Iterator[_Result]:
        """The records of a packet. If it is only what there is of one, ``lost`` says why."""
        packet = innermost(packet)
        if packet.is_fragment:
            for given in self._fragments.add(packet, self._now, place):
                yield from self._assembled(given, place)
        elif packet.protocol == UDP:
            message, cut = udp_payload(packet)
            if cut and _shows_nothing(message):
                self._said.add(_TOO_SHORT, place.frame)
            yield from self._record(Message(message, place), packet.source_ip, cut, lost)
        elif packet.protocol == TCP:
            segment = tcp_segment(packet)
            if packet.cut and _shows_nothing(segment.payload if segment else b""):
                self._said.add(_TOO_SHORT, place.frame)
            for found in self._streams.add(segment, place) if segment else ():
                yield from self._record(found, packet.source_ip)

    def _record(
        self, message: Message | Unread, source_ip: str, cut: bool = False, lost: str = ""
    ) -> Iterator[_Result]:
        if isinstance(message, Unread):
            yield RecordError(message.reason, self._source(message.frame))
            return
        place = message.place
        try:
            fields = read_invite(message.data, cut)
            if fields is not None and place.at is None:
                yield self._error(_NO_TIME, place)
            elif fields is not None:
                mapping = {**fields, "at": place.at, "source_ip": source_ip}
                record = self._check(mapping, self._source(place.frame))
                record.faults += fields.faults
                yield record
        except CutShortError as error:
            yield self._error(f"{error.reason}: {lost}" if lost else error.reason, place)
        except RecordError as error:
            yield self._error(error.reason, place)
        except Exception as error:  # noqa: BLE001 (one message must not end the reading of a file)
            yield unforeseen(error, self._source(place.frame))

    def _unknown(self, frame: Frame) -> Iterator[RecordError]:
        if frame.link_type not in self._unknown_link_types:
            self._unknown_link_types.add(frame.link_type)
            known = ", ".join(map(str, sorted(LINK_TYPES)))
            yield self._error(
                f"frames of link type {frame.link_type} are not read; expected one of {known}",
                frame.place,
            )

    def _error(self, reason: str, place: Place) -> RecordError:
        return RecordError(reason, self._source(place.frame))

    def _source(self, frame: int) -> str:
        return f"{self._name}#{frame}"


def _shows_nothing(payload: bytes) -> bool:
    """True if these bytes may be the first ones of an INVITE, and of anything else as well."""
    return len(payload) < len(_METHOD) and _METHOD.startswith(payload)


def _payload(packet: Packet) -> bytes:
    """What UDP or TCP carries in a packet."""
    if packet.protocol == UDP:
        return udp_payload(packet)[0]
    segment = tcp_segment(packet) if packet.protocol == TCP else None
    return segment.payload if segment else b""
