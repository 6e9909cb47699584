"""Steps as the server's script wants them, and its answers as figures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import Any, Final

import msgpack

from callguard.counters.protocol import CounterUpdate, Group, Scalar, Series, WindowFigure
from callguard.counters.redis.keys import sent_value, short_key, tag_of
from callguard.errors import NodeError

# A group that was not counted for twice its timespan and this long may be forgotten; it lives up to
# a minute longer, so that not every event has to renew that.
SPARE_S: Final = 600
SLACK_S: Final = 60
# A record that is given again later than this is counted again.
ID_TTL_S: Final = 7 * 86_400

_SOURCE: Final = files("callguard.counters.redis").joinpath("step.lua").read_text("utf-8")
# Releases with different scripts may share a server.
FUNCTION: Final = "callguard_" + hashlib.sha256(_SOURCE.encode()).hexdigest()[:12]
LIBRARY: Final = f"#!lua name={FUNCTION}\n" + _SOURCE.replace("@NAME@", FUNCTION)

_KINDS: Final[dict[str, int]] = {
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
# Sums are sent as a high part and one of so many bits.
_LOW: Final = 32
_HIGHEST: Final = 1 << 47


class Batch:
    """Records' steps for one call of the script: its keys and its argument."""

    __slots__ = (
        "_items",
        "_places",
        "_refused",
        "_series",
        "_shapes",
        "_start",
        "_tags",
        "keys",
        "records",
        "steps",
    )

    def __init__(self, prefix: str) -> None:
        self._start = f"{prefix}:{{"
        self._places: dict[str, int] = {}
        self._tags: dict[Group, str] = {}
        self._series: dict[str, tuple[int, int, str]] = {}
        self._shapes: list[int] = []
        self._items: list[Any] = []
        # Why a record cannot be counted, by its place among the records.
        self._refused: dict[int, str] = {}
        self.keys: list[str] = []
        self.records: list[Sequence[CounterUpdate]] = []
        self.steps = 0

    def add(self, steps: Sequence[CounterUpdate], marker: str | None = None) -> None:
        """One record's steps; ``marker`` is the key of its id.

        If there is a sum's value among them that no record can have, none is counted.
        """
        items, places = self._items, self._places
        start = len(items)
        items += (0 if marker is None else self._place(marker), len(steps))
        try:
            for series, group, bucket, matched, value in steps:
                shape, kind, end = self._series.get(series.key) or self._introduce(series)
                tag = self._tags.get(group) or self._tag(group)
                key = f"{self._start}{tag}{end}"
                place = places.get(key) or self._place(key)
                if kind >= _SEEN:
                    rules = [rule for rule in range(series.rules) if matched >> rule & 1]
                    items += (shape, place, bucket, len(rules) or False, *rules)
                elif not matched:
                    items += (shape, place, bucket, False)
                elif kind == _DISTINCT:
                    items += (shape, place, bucket, sent_value(value))
                elif kind == _SUM:
                    items += (shape, place, bucket, *_parts(value))
                else:
                    items += (shape, place, bucket, True)
        except ValueError as error:
            self._refused[len(self.records)] = str(error)
            items[start:] = 0, 0
        self.records.append(steps)
        self.steps += len(steps)

    def _introduce(self, series: Series) -> tuple[int, int, str]:
        kind = _KINDS[series.kind]
        keep = series.rules if kind >= _SEEN else series.keep
        self._shapes += (kind, series.parts, keep, 2 * series.timespan + SPARE_S + SLACK_S)
        found = len(self._series) + 1, kind, f"}}:{short_key(series.key)}"
        self._series[series.key] = found
        return found

    def _tag(self, group: Group) -> str:
        tag = self._tags[group] = tag_of(group)
        return tag

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
        return ["FCALL", FUNCTION, len(keys), *keys, ID_TTL_S, copy, data]

    def figures(self, answer: bytes, name: str) -> list[list[WindowFigure] | NodeError]:
        """Each record's figures, or why it could not be counted on the server ``name``.

        Raises ValueError for an answer that is not this script's.
        """
        figures: list[list[WindowFigure] | NodeError] = []
        try:
            found = iter(msgpack.unpackb(answer, unicode_errors="replace"))
            for index, steps in enumerate(self.records):
                refused = self._refused.get(index)
                figures.append(
                    _record(steps, found, name)
                    if refused is None
                    else NodeError(f"{name}: {refused}")
                )
        except (ValueError, TypeError, StopIteration, msgpack.UnpackException) as error:
            raise ValueError("an answer that is not this script's") from error
        if next(found, None) is not None:
            raise ValueError("an answer that is longer than this script's")
        return figures


def _parts(value: Scalar | None) -> tuple[int, int]:
    if not isinstance(value, int) or not -_HIGHEST <= value >> _LOW < _HIGHEST:
        raise ValueError(f"{value!r:.60}: expected whole thousandths of less than 2^79")
    return value >> _LOW, value & ((1 << _LOW) - 1)


def _record(
    steps: Sequence[CounterUpdate], found: Iterator[Any], name: str
) -> list[WindowFigure] | NodeError:
    figures: list[WindowFigure] = []
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


def _figure(kind: int, first: Any, found: Iterator[Any]) -> WindowFigure:
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
