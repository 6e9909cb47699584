"""Steps as the server's script wants them, and its answers as figures."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import msgpack

from callguard.engine.series import Figure, Group, Scalar, Series, Step
from callguard.errors import NodeError
from callguard.rules.model import CorrelationType

# A group that was not counted for twice its timespan and this long may be forgotten.
SPARE_S: Final = 600
# A record that is given again later than this is counted again.
ID_TTL_S: Final = 7 * 86_400

_SOURCE: Final = files("callguard.engine.counters").joinpath("step.lua").read_text("utf-8")
# Releases with different scripts may share a server.
FUNCTION: Final = "callguard_" + hashlib.sha256(_SOURCE.encode()).hexdigest()[:12]
LIBRARY: Final = f"#!lua name={FUNCTION}\n" + _SOURCE.replace("@NAME@", FUNCTION)
# To be raised when the script keeps something in another form: old and new then share no key.
_LAYOUT: Final = b"1"

_KINDS: Final[dict[CorrelationType, int]] = {
    "event_count": 1,
    "value_count": 2,
    "value_sum": 3,
    "value_avg": 3,
    "temporal": 4,
    "temporal_ordered": 5,
}
_DISTINCT: Final = 2
_SUM: Final = 3
_SEEN: Final = 4
_READABLE: Final = re.compile(r"[+.:A-Za-z0-9_-]{1,40}")
_VALUE: Final = 16
# A digest is told from text by its first bit.
_DIGEST: Final = 0x80
# Sums are sent as a high part and one of so many bits.
_LOW: Final = 32
_HIGHEST: Final = 1 << 47


def tag_of(group: Group) -> str:
    """What stands for a group in keys: itself if short and plain, else ``#`` and a digest.

    It is the keys' hash tag: all counters of one group lie in one slot.
    """
    if isinstance(group, str) and _READABLE.fullmatch(group):
        return group
    digest = hashlib.blake2b(_packed(group), digest_size=15).digest()
    return "#" + urlsafe_b64encode(digest).decode()


def counter_key(prefix: str, series_key: str, tag: str) -> str:
    """``PREFIX:{GROUP}:SERIES``."""
    return f"{prefix}:{{{tag}}}:{short_key(series_key)}"


@lru_cache(4096)
def short_key(series_key: str) -> str:
    """The 16 characters that stand for a series in keys."""
    digest = hashlib.blake2b(series_key.encode(), digest_size=12, person=_LAYOUT).digest()
    return urlsafe_b64encode(digest).decode()


def sent_value(value: Scalar | None) -> bytes:
    """A distinct value as 16 bytes: text of up to 16 plain characters itself, else a digest.

    Equal values give equal bytes (5 and 5.0 are equal), others others.
    """
    if isinstance(value, str) and len(value) <= _VALUE and value.isascii() and "\0" not in value:
        return value.encode().ljust(_VALUE, b"\0")
    digest = hashlib.blake2b(_packed(value), digest_size=_VALUE).digest()
    return bytes([digest[0] | _DIGEST]) + digest[1:]


def _packed(value: Group | None) -> bytes:
    data: bytes = msgpack.packb(_plain(value), unicode_errors="surrogatepass")
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return ["integer", f"{value:x}"]
    return value


class Batch:
    """Records' steps for one call of the script: its keys and its argument."""

    __slots__ = ("_items", "_places", "_prefix", "_series", "_shapes", "keys", "records", "steps")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._places: dict[str, int] = {}
        self._series: dict[str, tuple[int, int, str]] = {}
        self._shapes: list[int] = []
        self._items: list[Any] = []
        self.keys: list[str] = []
        self.records: list[Sequence[Step]] = []
        self.steps = 0

    def add(
        self, steps: Sequence[Step], tags: Sequence[str] | None = None, marker: str | None = None
    ) -> None:
        """One record's steps. ``tags`` are those of the groups; ``marker`` is the key of its id.

        Raises ValueError for a value of a sum that no record can have.
        """
        start, items = len(self._items), self._items
        items += (0 if marker is None else self._place(marker), len(steps))
        try:
            for index, step in enumerate(steps):
                self._step(step, tag_of(step[1]) if tags is None else tags[index])
        except BaseException:
            del items[start:]
            raise
        self.records.append(steps)
        self.steps += len(steps)

    def _step(self, step: Step, tag: str) -> None:
        series, _, bucket, matched, value = step
        place, kind, short = self._series.get(series.key) or self._introduce(series)
        items = self._items
        items += (place, self._place(f"{self._prefix}:{{{tag}}}:{short}"), bucket)
        if kind >= _SEEN:
            rules = [rule for rule in range(series.rules) if matched >> rule & 1]
            items.append(len(rules) or False)
            items += rules
        elif not matched:
            items.append(False)
        elif kind == _DISTINCT:
            items.append(sent_value(value))
        elif kind == _SUM:
            items += _parts(value)
        else:
            items.append(True)

    def _introduce(self, series: Series) -> tuple[int, int, str]:
        kind = _KINDS[series.kind]
        keep = series.rules if kind >= _SEEN else series.keep
        self._shapes += (kind, series.parts, keep, 2 * series.timespan + SPARE_S)
        found = len(self._series) + 1, kind, short_key(series.key)
        self._series[series.key] = found
        return found

    def _place(self, key: str) -> int:
        place = self._places.get(key)
        if place is None:
            self.keys.append(key)
            place = self._places[key] = len(self.keys)
        return place

    def command(self, copy: str = "") -> list[Any]:
        """The call; with ``copy``, the key of a copy to work on, it changes nothing."""
        keys = [*self.keys, copy] if copy else self.keys
        items = [len(self._series), *self._shapes, len(self.records), *self._items]
        # The servers' own reader does not know the newer byte types.
        data = msgpack.packb(items, use_bin_type=False)
        return ["FCALL", FUNCTION, len(keys), *keys, data, ID_TTL_S, copy]

    def figures(self, answer: bytes, name: str) -> list[list[Figure] | NodeError]:
        """Each record's figures, or what the script could not do, on the server ``name``.

        Raises ValueError for an answer that is not this script's.
        """
        try:
            found = iter(msgpack.unpackb(answer, unicode_errors="replace"))
            figures = [_record(steps, found, name) for steps in self.records]
        except (TypeError, StopIteration, msgpack.UnpackException) as error:
            raise ValueError("an answer that is not this script's") from error
        if next(found, None) is not None:
            raise ValueError("an answer that is longer than this script's")
        return figures


def _parts(value: Scalar | None) -> tuple[int, int]:
    if not isinstance(value, int) or not -_HIGHEST <= value >> _LOW < _HIGHEST:
        raise ValueError(f"{value!r:.60}: expected whole thousandths of less than 2^79")
    return value >> _LOW, value & ((1 << _LOW) - 1)


def _record(steps: Sequence[Step], found: Iterator[Any], name: str) -> list[Figure] | NodeError:
    figures: list[Figure] = []
    fault = None
    for step in steps:
        first = next(found)
        if isinstance(first, str):
            fault = NodeError(f"{name}: {first}")
        elif first is False:
            figures.append(None)
        else:
            figures.append(_figure(_KINDS[step[0].kind], first, found))
    return fault or figures


def _figure(kind: int, first: Any, found: Iterator[Any]) -> Figure:
    if kind == _SUM:
        high, low = next(found), next(found)
        return first, (high << _LOW) + low
    if kind == _SEEN:
        seen = 0
        for _ in range(first):
            seen |= 1 << next(found)
        return seen
    if not isinstance(first, int):
        raise TypeError(first)
    return first
