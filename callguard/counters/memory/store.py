"""Counters in the memory of this process: exact, bounded, and kept over a restart on demand."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary, WeakValueDictionary

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys
from callguard.counters.groups.table import GroupTable
from callguard.counters.memory.saved import read_tables, write_tables
from callguard.counters.protocol import CounterUpdate, Group, Scalar, Series, WindowFigure
from callguard.counters.types import COUNTER_TYPES

Stepper = Callable[[Group, int, int, Scalar | None], WindowFigure]

MAX_GROUPS: Final = 5_000_000
# Ids of records that may come again are remembered up to this many.
MAX_IDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Stats:
    """How full a store is.

    ``groups`` are kept now and take the room of ``room`` groups with one event each, of
    ``max_groups``. ``evicted`` were forgotten to make room since the store was made.
    """

    groups: int
    room: int
    max_groups: int
    evicted: int


class MemoryCounters:
    """Exact counters in this process. Safe to share between threads and between guards.

    It has room for ``max_groups`` groups with one event each, over all series; a busier group takes
    that of several, a group of a ``value_count`` that of one more for each value. A full store
    forgets groups whose window has passed, then those that counted least. ``docs/counters.md``
    says what that comes to in bytes.
    """

    batch = 1

    def __init__(self, max_groups: int = MAX_GROUPS) -> None:
        if max_groups < 1:
            raise ValueError(f"max_groups {max_groups}: expected 1 or more")
        self.lock = Lock()
        self._saving = Lock()
        self._budget = Budget(max_groups)
        self._group_keys = GroupKeys()
        self._tables: dict[str, GroupTable] = {}
        # Also those that were forgotten, while somebody still holds their counter.
        self._made: WeakValueDictionary[str, GroupTable] = WeakValueDictionary()
        self._wanted: WeakKeyDictionary[object, frozenset[str]] = WeakKeyDictionary()
        self._ids: OrderedDict[str, None] = OrderedDict()

    @classmethod
    def load(cls, path: str | os.PathLike[str], max_groups: int = MAX_GROUPS) -> MemoryCounters:
        """The counters that :meth:`save` wrote to ``path``.

        If there are more than ``max_groups``, some are forgotten as in a full store. Raises
        CounterError if the file cannot be read, is damaged, or is not such a file.
        """
        counters = cls(max_groups)
        read_tables(path, counters._table)
        return counters

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all counts to ``path``, which afterwards is the new file or the old one, whole.

        Each group is written as it is at one moment; records scored meanwhile may be in it or
        not. Ids (:meth:`step_many`) are not written. Raises CounterError if the file cannot be
        written.
        """
        with self._saving:
            with self.lock:
                tables = list(self._tables.values())
            write_tables(path, tables, self.lock)

    def counter(self, series: Series) -> Stepper:
        """One series' own ``step``, for callers that hold :attr:`lock` while they use it."""
        with self.lock:
            return self._table(series).step

    def step(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        """As :class:`~callguard.counters.protocol.CounterStore` says."""
        with self.lock:
            return [
                self._table(series).step(group, bucket, matched, value)
                for series, group, bucket, matched, value in steps
            ]

    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> list[list[WindowFigure]]:
        """As the protocol says. The newest million ids are remembered."""
        if ids is None:
            return [self.step(steps) for steps in records]
        return [self._step_once(steps, name) for steps, name in zip(records, ids, strict=True)]

    def _step_once(self, steps: Sequence[CounterUpdate], name: str) -> list[WindowFigure]:
        with self.lock:
            again = name in self._ids
            if not again:
                self._ids[name] = None
                if len(self._ids) > MAX_IDS:
                    self._ids.popitem(last=False)
            return [
                self._table(series).step(group, bucket, 0 if again else matched, value)
                for series, group, bucket, matched, value in steps
            ]

    def forget_ids(self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]) -> None:  # noqa: ARG002
        """These records will not come again."""
        with self.lock:
            for name in ids:
                self._ids.pop(name, None)

    def preview(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:
        """What :meth:`step` would answer to each step alone, counting nothing."""
        with self.lock:
            return [
                self._table(series).preview(group, bucket, matched, value)
                for series, group, bucket, matched, value in steps
            ]

    def retain(self, owner: object, series_keys: frozenset[str]) -> None:
        """Note which series ``owner`` counts now; forget those that nobody counts any more.

        A store that was loaded keeps everything until its first owner says what it counts.
        """
        with self.lock:
            self._wanted[owner] = series_keys
            wanted = frozenset().union(*self._wanted.values())
            for name in self._tables.keys() - wanted:
                self._tables.pop(name).clear()
            # Compiled rules may hold the counter of one that somebody else had forgotten.
            for name in wanted - self._tables.keys():
                if (table := self._made.get(name)) is not None:
                    self._tables[name] = table
            self._budget.tables = list(self._tables.values())

    def reset(self, key: str, group: Group | None = None) -> int:
        """Forget one group of a series, or all of them. The number of groups forgotten."""
        with self.lock:
            table = self._tables.get(key)
            if table is None:
                return 0
            if group is None:
                return table.clear()
            return int(table.drop(*self._group_keys.find(group)))

    def stats(self) -> Stats:
        """How full the store is."""
        with self.lock:
            tables = self._tables.values()
            return Stats(
                groups=sum(table.groups() for table in tables),
                room=sum(table.held for table in tables),
                max_groups=self._budget.limit,
                evicted=sum(table.evicted for table in tables),
            )

    def _table(self, series: Series) -> GroupTable:
        table = self._tables.get(series.key)
        if table is None:
            table = self._made.get(series.key)
            if table is None:
                make = COUNTER_TYPES[series.kind].table
                table = make(series, self._budget, self._group_keys)
                self._made[series.key] = table
            self._tables[series.key] = table
            self._budget.tables.append(table)
        return table
