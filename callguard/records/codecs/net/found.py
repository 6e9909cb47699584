"""What a capture holds, and in which frame: messages, and INVITEs that are not there as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """A frame: its number from 1, and its time in seconds since 1970 UTC, None if it has none."""

    frame: int
    at: float | None


@dataclass(frozen=True, slots=True)
class Message:
    """The header section of a SIP message, or more of it, and the frame that completed it."""

    data: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Unread:
    """Why an INVITE, or what may be one, is not read, and the number of the frame it is about."""

    reason: str
    frame: int
