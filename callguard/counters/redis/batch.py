"""Steps as the server's script wants them, and its answers as figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgpack

from callguard.counters.protocol import CounterUpdate, Group, Series, WindowFigure
from callguard.counters.redis.keys import short_key, tag_of
from callguard.counters.redis.script import Script
from callguard.counters.types import COUNTER_TYPES, Sender
from callguard.errors import NodeError

# A group that was not counted for twice its timespan and this long may be forgotten; it lives up to
# a minute longer, so that not every event has to renew that.
SPARE_S: Final = 600
SLACK_S: Final = 60
# A record that is given again later than this is counted again.
ID_TTL_S: Final = 7 * 86_400


class Batch:
    """Records' steps for one call of the script: its keys and its argument."""

    __slots__ = (
        "_items",
        "_positions",
        "_refused",
        "_script",
        "_series",
        "_shapes",
        "_start",
        "_tags",
        "keys",
        "records",
        "steps",
    )

    def __init__(self, script: Script, prefix: str) -> None:
        self._script = script
        self._start = f"{prefix}:{{"
        # Where each key is among the keys, from 1.
        self._positions: dict[str, int] = {}
        self._tags: dict[Group, str] = {}
        # Of each series its number, what sends a value of it, and the end of its keys.
        self._series: dict[str, tuple[int, Sender | None, str]] = {}
        self._shapes: list[int] = []
        self._items: list[Any] = []
        # Why a record cannot be counted, by its position among the records.
        self._refused: dict[int, str] = {}
        self.keys: list[str] = []
        self.records: list[Sequence[CounterUpdate]] = []
        self.steps = 0

    def add(self, steps: Sequence[CounterUpdate], marker: str | None = None) -> None:
        """One record's steps; ``marker`` is the key of its id.

        If there is a sum's value among them that no record can have, none is counted.
        """
        items, positions = self._items, self._positions
        start = len(items)
        items += (0 if marker is None else self._position(marker), len(steps))
        try:
            for series, group, bucket, matched, value in steps:
                number, send, end = self._series.get(series.key) or self._introduce(series)
                tag = self._tags.get(group) or self._tag(group)
                key = f"{self._start}{tag}{end}"
                position = positions.get(key) or self._position(key)
                if not matched:
                    items += (number, position, bucket, False)
                elif send is None:
                    items += (number, position, bucket, True)
                else:
                    items += (number, position, bucket, *send(matched, value))
        except ValueError as error:
            self._refused[len(self.records)] = str(error)
            items[start:] = 0, 0
        self.records.append(steps)
        self.steps += len(steps)

    def _introduce(self, series: Series) -> tuple[int, Sender | None, str]:
        counted = COUNTER_TYPES[series.kind]
        ttl = 2 * series.timespan + SPARE_S + SLACK_S
        type_number = self._script.numbers[series.kind]
        self._shapes += (type_number, series.parts, counted.server_bound(series), ttl)
        known = len(self._series) + 1, counted.sender(series), f"}}:{short_key(series.key)}"
        self._series[series.key] = known
        return known

    def _tag(self, group: Group) -> str:
        tag = self._tags[group] = tag_of(group)
        return tag

    def _position(self, key: str) -> int:
        position = self._positions.get(key)
        if position is None:
            self.keys.append(key)
            position = self._positions[key] = len(self.keys)
        return position

    def command(self, copy: str = "") -> list[Any]:
        """The call; with ``copy``, the key of a copy to work on, it changes nothing."""
        keys = [*self.keys, copy] if copy else self.keys
        items = [len(self._series), *self._shapes, len(self.records), *self._items]
        # The servers' own reader does not know the newer byte types.
        data = msgpack.packb(items, use_bin_type=False)
        return ["FCALL", self._script.function, len(keys), *keys, ID_TTL_S, copy, data]

    def figures(self, answer: bytes, name: str) -> list[list[WindowFigure] | NodeError]:
        """Each record's figures, or why it could not be counted on the server ``name``.

        Raises ValueError for an answer that is not this script's.
        """
        figures: list[list[WindowFigure] | NodeError] = []
        try:
            answers = iter(msgpack.unpackb(answer, unicode_errors="replace"))
            for index, steps in enumerate(self.records):
                refused = self._refused.get(index)
                figures.append(
                    _record(steps, answers, name)
                    if refused is None
                    else NodeError(f"{name}: {refused}")
                )
        except (ValueError, TypeError, StopIteration, msgpack.UnpackException) as error:
            raise ValueError("an answer that is not this script's") from error
        if next(answers, None) is not None:
            raise ValueError("an answer that is longer than this script's")
        return figures


def _record(
    steps: Sequence[CounterUpdate], answers: Iterator[Any], name: str
) -> list[WindowFigure] | NodeError:
    figures: list[WindowFigure] = []
    fault = None
    for step in steps:
        first = next(answers)
        if isinstance(first, str):
            fault = NodeError(f"{name}: {first}")
        elif first is False:
            figures.append(None)
        else:
            figures.append(COUNTER_TYPES[step[0].kind].received(first, answers))
    return fault or figures
