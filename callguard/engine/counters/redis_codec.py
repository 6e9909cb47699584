"""Steps as the server's script wants them, and its answers as figures."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

import msgpack

from callguard.engine.series import Figure, Group, Scalar, Step
from callguard.rules.model import CorrelationType

# A group that was not counted for twice its timespan and this long may be forgotten.
SPARE_S: Final = 600
# A record that is given again later than this is counted again.
ID_TTL_S: Final = 7 * 86_400

_SOURCE: Final = files("callguard.engine.counters").joinpath("step.lua").read_text("utf-8")
# Releases with different scripts may share a server.
FUNCTION: Final = "callguard_" + hashlib.sha256(_SOURCE.encode()).hexdigest()[:12]
LIBRARY: Final = f"#!lua name={FUNCTION}\n" + _SOURCE.replace("@NAME@", FUNCTION)

_KINDS: Final[dict[CorrelationType, int]] = {
    "event_count": 1,
    "value_count": 2,
    "value_sum": 3,
    "value_avg": 3,
    "temporal": 4,
    "temporal_ordered": 5,
}
_READABLE: Final = re.compile(r"[+.:A-Za-z0-9_-]{1,40}")
_SERIES: Final = 16


def tag_of(group: Group) -> str:
    """What stands for a group in keys: itself if short and plain, else ``#`` and a digest.

    It is the keys' hash tag: all counters of one group lie in one slot.
    """
    if isinstance(group, str) and _READABLE.fullmatch(group):
        return group
    digest = hashlib.blake2b(packed(group), digest_size=15).digest()
    return "#" + urlsafe_b64encode(digest).decode()


def counter_key(prefix: str, series_key: str, tag: str) -> str:
    """``PREFIX:{GROUP}:SERIES``."""
    return f"{prefix}:{{{tag}}}:{series_key[:_SERIES]}"


def packed(value: Group | None) -> bytes:
    """Equal values give equal bytes (5 and 5.0 are equal), others others."""
    data: bytes = msgpack.packb(_plain(value))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return ["integer", str(value)]
    return value


class Batch:
    """Records' steps for one call of the script: its keys and its argument."""

    __slots__ = ("_places", "_prefix", "keys", "records", "steps")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._places: dict[str, int] = {}
        self.keys: list[str] = []
        self.records: list[list[Any]] = []
        self.steps = 0

    def add(self, steps: Sequence[tuple[str, Step]], marker: str | None = None) -> None:
        """One record's steps, each with its group's tag; ``marker`` is the key of its id."""
        record: list[Any] = [0 if marker is None else self._place(marker)]
        for tag, (series, _, bucket, matched, value) in steps:
            kind = _KINDS[series.kind]
            place = self._place(counter_key(self._prefix, series.key, tag))
            ttl = 2 * series.timespan + SPARE_S
            counted: Any = bool(matched)
            keep, sent = series.keep, b""
            if kind >= 4:
                counted = [rule for rule in range(series.rules) if matched >> rule & 1]
                keep = series.rules
            elif matched:
                sent = _sent(kind, value)
            record.append((kind, place, bucket, counted, sent, series.parts, keep, ttl))
        self.records.append(record)
        self.steps += len(steps)

    def _place(self, key: str) -> int:
        place = self._places.get(key)
        if place is None:
            self.keys.append(key)
            place = self._places[key] = len(self.keys)
        return place

    def command(self, copy: str = "") -> list[Any]:
        """The call; with ``copy``, the key of a copy to work on, it changes nothing."""
        keys = [*self.keys, copy] if copy else self.keys
        # The servers' own reader does not know the newer byte types.
        data = msgpack.packb(self.records, use_bin_type=False)
        return ["FCALL", FUNCTION, len(keys), *keys, data, ID_TTL_S, copy]


def _sent(kind: int, value: Scalar | None) -> bytes:
    if kind == 2:
        return packed(value)
    return str(value).encode() if kind == 3 else b""


def figures_of(steps: Sequence[Step], answer: Sequence[Any]) -> list[Figure]:
    """One record's figures. Raises ValueError for an answer that is not this script's."""
    if len(steps) != len(answer):
        raise ValueError(f"{len(answer)} figures for {len(steps)} steps")
    return [_figure(step, found) for step, found in zip(steps, answer, strict=True)]


def _figure(step: Step, found: Any) -> Figure:
    if found is False:
        return None
    match step[0].kind:
        case "value_sum" | "value_avg":
            number, total, minus = found
            return int(number), int(total) - sum(map(int, minus))
        case "temporal":
            return sum(1 << int(rule) for rule in found)
        case _:
            return int(found)
