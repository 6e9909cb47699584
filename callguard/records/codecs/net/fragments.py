"""Putting fragmented IP packets together (RFC 791 section 3.2, RFC 8200 section 4.5)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from callguard.records.codecs.net.packets import Packet

# Identifications are used again: fragments further apart than this belong to different packets.
MAX_AGE_S: Final = 30.0
MAX_PACKETS: Final = 1024
MAX_FRAGMENTS: Final = 128
MAX_BYTES: Final = 65_535

_Key = tuple[bytes, bytes, int, int]


@dataclass(slots=True)
class _Partial:
    begun: float
    pieces: dict[int, Packet] = field(default_factory=dict)


class Fragments:
    """Fragments that wait for the rest of their packet; the oldest give way to new ones."""

    def __init__(self, max_packets: int = MAX_PACKETS) -> None:
        self._partial: OrderedDict[_Key, _Partial] = OrderedDict()
        self._max_packets = max_packets

    def add(self, fragment: Packet, at: float) -> Packet | None:
        """The whole packet once its last missing fragment arrives, else None.

        Fragments that overlap discard the packet: RFC 5722 demands it for IPv6, and for IPv4
        nobody can know which of the two versions the receiver believed.
        """
        key = (fragment.source, fragment.destination, _protocol(fragment), fragment.identification)
        partial = self._partial.get(key)
        if partial is None or not 0 <= at - partial.begun <= MAX_AGE_S:
            partial = self._partial[key] = _Partial(at)
            self._partial.move_to_end(key)
            if len(self._partial) > self._max_packets:
                self._partial.popitem(last=False)
        if partial.pieces.get(fragment.offset) == fragment:
            return None
        if not _fits(partial.pieces, fragment):
            del self._partial[key]
            return None
        partial.pieces[fragment.offset] = fragment
        whole = _joined(partial.pieces)
        if whole is not None:
            del self._partial[key]
        return whole


def _protocol(fragment: Packet) -> int:
    # Only the first IPv6 fragment is bound to tell the protocol (RFC 8200 section 4.5).
    return fragment.protocol if len(fragment.source) == 4 else 0


def _fits(pieces: dict[int, Packet], new: Packet) -> bool:
    end = new.offset + len(new.payload)
    if not new.payload or end > MAX_BYTES or len(pieces) >= MAX_FRAGMENTS:
        return False
    return all(
        end <= piece.offset or piece.offset + len(piece.payload) <= new.offset
        for piece in pieces.values()
    )


def _joined(pieces: dict[int, Packet]) -> Packet | None:
    position = 0
    payload = []
    while position in pieces:
        piece = pieces[position]
        payload.append(piece.payload)
        position += len(piece.payload)
        if not piece.more_fragments:
            whole = b"".join(payload)
            return replace(pieces[0], payload=whole, offset=0, more_fragments=False)
    return None
