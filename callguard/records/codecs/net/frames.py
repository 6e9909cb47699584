"""The frames of a capture file: libpcap and pcapng."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callguard import extras
from callguard.errors import RecordError
from callguard.records.codecs.chunks import ByteSource
from callguard.records.codecs.foreign import foreign
from callguard.records.codecs.net.found import Place

# The largest snapshot length that libpcap accepts.
MAX_FRAME: Final = 256 * 1024
# A pcapng block holds one frame, or comments and tables that nobody needs in full.
MAX_BLOCK: Final = 16 * 1024 * 1024

_SECTION: Final = 0x0A0D0D0A
_INTERFACE: Final = 1
_PACKET: Final = 2  # obsolete, still written by old tools
_SIMPLE_PACKET: Final = 3
_ENHANCED_PACKET: Final = 6
_BYTE_ORDER: Final = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
_END_OF_OPTIONS, _TIME_RESOLUTION, _TIME_OFFSET = 0, 9, 14


@dataclass(frozen=True, slots=True)
class Frame:
    """One captured frame: its number from 1, seconds since 1970 UTC, link type and bytes.

    ``at`` is None for a frame of a simple packet block, which has no time.
    """

    number: int
    at: float | None
    link_type: int
    data: bytes

    @property
    def place(self) -> Place:
        return Place(self.number, self.at)


def read_frames(source: ByteSource) -> Iterator[Frame | RecordError]:
    """The frames of a capture, in file order; an error in place of one that cannot be read.

    Raises :class:`RecordError` if the file is no capture, or if nothing shows where the next frame
    begins: it is corrupt, or ends within a frame.
    """
    head = source.peek(4)
    why = foreign(head)
    if why:
        raise RecordError(f"not a readable capture: the file {why}", f"{source.name}#1")
    if head == _SECTION.to_bytes(4, "big"):
        return _Pcapng(source).frames()
    return _pcap_frames(source)


def _pcap_frames(source: ByteSource) -> Iterator[Frame]:
    try:
        import dpkt
    except ModuleNotFoundError as error:
        raise RecordError(extras.needed("reading captures", error), source.name) from error
    number = 0
    try:
        reader = dpkt.pcap.Reader(_Bounded(source))
        # The upper bits may say something about the frame check sequence.
        link_type = reader.datalink() & 0xFFFF
        for at, data in reader:
            number += 1
            yield Frame(number, float(at), link_type, data)
    except (dpkt.Error, ValueError) as error:
        raise RecordError(
            f"not a readable capture: {error or type(error).__name__}; "
            "the rest of the file is not read",
            f"{source.name}#{number + 1}",
        ) from error


class _Bounded:
    """A file for dpkt, which would read whatever length a corrupt header asks for."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.name = source.name

    def read(self, size: int) -> bytes:
        if size > MAX_FRAME:
            raise ValueError(f"a frame of {size} bytes, expected at most {MAX_FRAME}")
        data = self._source.read(size)
        if data and len(data) < size:
            raise ValueError("the file ends within a frame")
        return data


@dataclass(frozen=True, slots=True)
class _Interface:
    link_type: int
    snapshot_length: int
    ticks_per_second: float
    offset: int


class _Pcapng:
    """pcapng (draft-ietf-opsawg-pcapng), with all its interfaces and sections.

    dpkt's reader takes link type and clock of the first interface for every frame.
    """

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._order = "<"
        # None stands for one whose description cannot be read.
        self._interfaces: list[_Interface | None] = []
        self._number = 0

    def frames(self) -> Iterator[Frame | RecordError]:
        while header := self._source.read(8):
            try:
                kind, body = self._block(header)
            except (struct.error, ValueError) as error:
                raise RecordError(
                    f"not a readable capture: {error}; the rest of the file is not read",
                    f"{self._source.name}#{self._number + 1}",
                ) from error
            if kind == _INTERFACE:
                self._interfaces.append(self._interface(body))
            elif kind in (_PACKET, _SIMPLE_PACKET, _ENHANCED_PACKET):
                self._number += 1
                yield self._frame(kind, body) or RecordError(
                    "the block of this frame is too short, or names an interface that is not "
                    "described before it",
                    f"{self._source.name}#{self._number}",
                )

    def _block(self, header: bytes) -> tuple[int, bytes]:
        if header[:4] == _SECTION.to_bytes(4, "big"):
            order = _BYTE_ORDER.get(self._source.peek(4))
            if order is None:
                raise ValueError("a section without a byte order mark")
            self._order = order
            self._interfaces = []
        kind, length = struct.unpack(f"{self._order}II", header)
        if length % 4 or not 12 <= length <= MAX_BLOCK:
            raise ValueError(f"a block of {length} bytes")
        body = self._source.read(length - 8)
        if len(body) < length - 8:
            raise ValueError("the file ends within a block")
        return kind, body[:-4]

    def _frame(self, kind: int, body: bytes) -> Frame | None:
        """The frame in a block; None if the block is too short or its interface is unknown."""
        try:
            if kind == _SIMPLE_PACKET:
                (length,) = struct.unpack_from(f"{self._order}I", body)
                interface = self._interfaces[0]
                if interface is None:
                    return None
                length = min(length, interface.snapshot_length or length)
                return Frame(self._number, None, interface.link_type, body[4 : 4 + length])
            form = "IIII" if kind == _ENHANCED_PACKET else "HxxIII"
            number, high, low, length = struct.unpack_from(f"{self._order}{form}", body)
            interface = self._interfaces[number]
        except (struct.error, IndexError):
            return None
        if interface is None:
            return None
        at = interface.offset + ((high << 32) | low) / interface.ticks_per_second
        return Frame(self._number, at, interface.link_type, body[20 : 20 + length])

    def _interface(self, body: bytes) -> _Interface | None:
        try:
            link_type, snapshot_length = struct.unpack_from(f"{self._order}HxxI", body)
            options = self._options(body, 8)
            (resolution,) = options.get(_TIME_RESOLUTION, b"\x06")[:1] or b"\x06"
            offset = struct.unpack(f"{self._order}q", options.get(_TIME_OFFSET, bytes(8)))[0]
        except struct.error:
            return None
        ticks = 2.0 ** (resolution & 0x7F) if resolution & 0x80 else 10.0**resolution
        return _Interface(link_type, snapshot_length, ticks, offset)

    def _options(self, body: bytes, position: int) -> dict[int, bytes]:
        options: dict[int, bytes] = {}
        while position + 4 <= len(body):
            code, length = struct.unpack_from(f"{self._order}HH", body, position)
            if code == _END_OF_OPTIONS:
                break
            options.setdefault(code, body[position + 4 : position + 4 + length])
            position += 4 + length + -length % 4
        return options
