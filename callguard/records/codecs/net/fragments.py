"""Putting fragmented IP packets together (RFC 791 section 3.2, RFC 8200 section 4.5)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Final

from callguard.records.codecs.net.found import Place
from callguard.records.codecs.net.packets import Packet

# Identifications are used again: fragments further apart than this belong to different packets.
MAX_AGE_S: Final = 30.0
MAX_PACKETS: Final = 1024
MAX_FRAGMENTS: Final = 128
MAX_BYTES: Final = 65_535

LOST: Final = "fragments of its IP packet are missing from the capture"
OVERLAP: Final = "fragments of its IP packet overlap, and which of them counted is unknown"
TOO_MANY: Final = f"its IP packet has more than {MAX_FRAGMENTS} fragments"
TOO_LONG: Final = f"its IP packet has fragments beyond {MAX_BYTES} bytes"
EMPTY: Final = "a fragment of its IP packet is empty"

_Key = tuple[bytes, bytes, int, int]


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A packet of which only a part could be had, and why.

    ``packet`` is what there is without a hole from its beginning on; None if the first fragment
    is missing. ``place`` is the frame of its first fragment, or else of the first one met, and
    ``protocol`` what that one says the packet carries.
    """

    packet: Packet | None
    protocol: int
    reason: str
    place: Place


@dataclass(slots=True)
class _Partial:
    begun: float
    place: Place
    protocol: int
    pieces: dict[int, Packet] = field(default_factory=dict)
    # Nothing comes of this packet any more; what else arrives of it is passed over.
    closed: bool = False


class Fragments:
    """Fragments that wait for the rest of their packet; the oldest give way to new ones."""

    def __init__(self, max_packets: int = MAX_PACKETS) -> None:
        self._partial: OrderedDict[_Key, _Partial] = OrderedDict()
        self._max_packets = max_packets

    def add(self, fragment: Packet, now: float, place: Place) -> list[Packet | Incomplete]:
        """The whole packet once its last missing fragment arrives, and packets given up.

        ``now`` is the capture's time, also where the frame itself has none.
        Fragments that overlap discard the packet: RFC 5722 demands it for IPv6, and for IPv4
        nobody can know which of the two versions the receiver believed.
        """
        done: list[Packet | Incomplete] = []
        key = (fragment.source, fragment.destination, _protocol(fragment), fragment.identification)
        partial = self._partial.get(key)
        if partial is not None and not 0 <= now - partial.begun <= MAX_AGE_S:
            done += self._given_up(key, LOST)
            partial = None
        if partial is not None and partial.closed and fragment.offset == 0:
            # A packet with the same identification begins, or the first fragment comes too late.
            del self._partial[key]
            partial = None
        if partial is None:
            partial = self._partial[key] = _Partial(now, place, fragment.protocol)
        if fragment.offset == 0 and 0 not in partial.pieces:
            partial.place, partial.protocol = place, fragment.protocol
        done += _extended(partial, fragment)
        if len(self._partial) > self._max_packets:
            done += self._given_up(next(iter(self._partial)), LOST)
        return done

    def aged(self, now: float) -> list[Packet | Incomplete]:
        """The packets whose missing fragments will not be waited for any longer."""
        done: list[Packet | Incomplete] = []
        while self._partial:
            key, oldest = next(iter(self._partial.items()))
            if now - oldest.begun <= MAX_AGE_S:
                break
            done += self._given_up(key, LOST)
        return done

    def finish(self) -> list[Packet | Incomplete]:
        """Every packet that is still incomplete."""
        return [given for key in list(self._partial) for given in self._given_up(key, LOST)]

    def _given_up(self, key: _Key, reason: str) -> list[Incomplete]:
        partial = self._partial.pop(key)
        return [] if partial.closed else [_incomplete(partial, reason)]


def _protocol(fragment: Packet) -> int:
    # Only the first IPv6 fragment is bound to tell the protocol (RFC 8200 section 4.5).
    return fragment.protocol if len(fragment.source) == 4 else 0


def _extended(partial: _Partial, fragment: Packet) -> list[Packet | Incomplete]:
    if partial.closed or partial.pieces.get(fragment.offset) == fragment:
        return []
    unfit = _unfit(partial.pieces, fragment)
    if unfit:
        if fragment.payload and fragment.offset == 0:
            partial.pieces.setdefault(0, fragment)
        given_up = _incomplete(partial, unfit)
        partial.closed, partial.pieces = True, {}
        return [given_up]
    partial.pieces[fragment.offset] = fragment
    whole, is_whole = _joined(partial.pieces)
    if not is_whole or whole is None:
        return []
    partial.closed, partial.pieces = True, {}
    return [whole]


def _unfit(pieces: dict[int, Packet], new: Packet) -> str:
    """Why a fragment cannot be joined with the others; nothing if it can."""
    end = new.offset + len(new.payload)
    if end > MAX_BYTES:
        return TOO_LONG
    if len(pieces) >= MAX_FRAGMENTS:
        return TOO_MANY
    if not new.payload:
        return LOST if new.cut else EMPTY
    if any(
        new.offset < piece.offset + len(piece.payload) and piece.offset < end
        for piece in pieces.values()
    ):
        return OVERLAP
    return ""


def _joined(pieces: dict[int, Packet]) -> tuple[Packet | None, bool]:
    """What there is from the packet's beginning on, and whether that is all of it."""
    if 0 not in pieces:
        return None, False
    piece = pieces[0]
    payload = [piece.payload]
    position = len(piece.payload)
    while piece.more_fragments and not piece.cut and position in pieces:
        piece = pieces[position]
        payload.append(piece.payload)
        position += len(piece.payload)
    whole = replace(pieces[0], payload=b"".join(payload), more_fragments=False, cut=piece.cut)
    return whole, not piece.more_fragments


def _incomplete(partial: _Partial, reason: str) -> Incomplete:
    packet, _ = _joined(partial.pieces)
    if packet is not None:
        packet = replace(packet, cut=True)
    return Incomplete(packet, partial.protocol, reason, partial.place)
