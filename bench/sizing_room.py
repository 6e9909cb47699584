"""How many groups a day of records keeps alive, and the bytes that each takes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from bench.redis_load import open_store
from callguard.counters import CounterUpdate, Group, MemoryCounters
from tests.real_servers.redis import server

# (time of the record, what it asks of the counters), in the order of the day.
Asked = Sequence[tuple[float, Sequence[CounterUpdate]]]
_CHUNK: Final = 1_000
# A server keeps a group for twice its timespan and these seconds.
_LONGER_S: Final = 600


def most_alive(asked: Asked) -> int:
    """The most groups that were on a server at one moment, had the day come at its own pace."""
    until: dict[tuple[str, Group], float] = {}
    changes: list[tuple[float, int]] = []
    for at, steps in asked:
        for series, group, _, matched, _ in steps:
            if not matched:
                continue
            place = series.key, group
            ends = until.get(place)
            if ends is None or ends < at:
                changes.append((at, 1))
                if ends is not None:
                    changes.append((ends, -1))
            until[place] = at + 2 * series.timespan + _LONGER_S
    changes += [(ends, -1) for ends in until.values()]
    alive = most = 0
    for _, change in sorted(changes):
        alive += change
        most = max(most, alive)
    return most


def on_a_server(asked: Asked) -> float:
    """Bytes a group of the whole day, key included."""
    with server() as here:
        store, control = open_store(here.url), here.client()
        store.reset("nothing")
        before = control.info("memory")["used_memory"]
        for chunk in _chunks(asked):
            store.step_many(chunk)
        used = control.info("memory")["used_memory"] - before
        return float(used / control.dbsize())


def in_memory(asked: Asked) -> float:
    """Bytes a group of the whole day, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps")
        with path.open("wb") as out:
            for chunk in _chunks(asked):
                pickle.dump(chunk, out, pickle.HIGHEST_PROTOCOL)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(_resident, (path,))


def _resident(path: Path) -> float:
    for _ in _read(path):  # what reading alone takes is there from now on
        pass
    counters = MemoryCounters()
    gc.collect()
    before = _resident_bytes()
    for chunk in _read(path):
        counters.step_many(chunk)
    gc.collect()
    return (_resident_bytes() - before) / counters.stats().groups


def _chunks(asked: Asked) -> Iterator[list[Sequence[CounterUpdate]]]:
    wanting = [steps for _, steps in asked if steps]
    for start in range(0, len(wanting), _CHUNK):
        yield wanting[start : start + _CHUNK]


def _read(path: Path) -> Iterator[list[Sequence[CounterUpdate]]]:
    with path.open("rb") as source:
        while True:
            try:
                yield pickle.load(source)  # noqa: S301  written above
            except EOFError:
                return


def _resident_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
