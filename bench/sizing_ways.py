"""The ways to score a day of records, each timed beside what it costs the processors."""

from __future__ import annotations

import math
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import msgpack

from bench.redis_load import PATIENCE_S, open_store
from callguard import Guard, rulepack
from callguard.counters import CounterStore, MemoryCounters
from callguard.integrations.redis_stream import Settings, Stream, Worker
from callguard.observe.metrics import Metrics
from tests.real_servers.redis import Server, server

Records = Sequence[Mapping[str, Any]]
Verdicts = list[dict[str, Any]]
# One call of the server a record is slow: the beginning of the day tells enough.
_SINGLE: Final = 10_000
# The commands by which this script looks at the server.
_OURS: Final = ("info", "config")


@dataclass(frozen=True, slots=True)
class Way:
    """What one way of scoring came to, the median of its rounds.

    ``rate`` is records a second of one process (on Spark: of the whole machine) by the clock on
    the wall, ``own_us`` that process's processor time a record (None: not told apart),
    ``server_us`` the server's, ``trips`` the calls of the counters a record, ``commands`` all
    commands that the server executed a record, also inside a function.
    """

    name: str
    rate: float
    own_us: float | None = None
    server_us: float | None = None
    trips: float | None = None
    commands: float | None = None


def guard(state: CounterStore) -> Guard:
    """A guard of the shipped rules. The generated day may lie ahead of this machine's clock."""
    return Guard.load(rulepack.path(), state=state, clock=lambda: math.inf)


def expected(records: Records) -> Verdicts:
    """The verdicts of the embedded engine."""
    one = guard(MemoryCounters())
    return [one.score(record).to_dict() for record in records]


def embedded(records: Records, rounds: int) -> Way:
    """One record after another, counters in memory."""

    def turn() -> tuple[float, ...]:
        one = guard(MemoryCounters())
        return _timed(lambda: [one.score(record) for record in records], len(records))

    wall, own = _medians(turn, rounds)
    return Way("embedded, counters in memory", 1 / wall, own * 1e6)


def single(records: Records, rounds: int) -> Way:
    """One call of the server for each record that wants counters."""
    some = records[:_SINGLE]
    return _on_server(
        "counters on a server, a call a record",
        some,
        rounds,
        lambda one: [one.score(record).to_dict() for record in some],
    )


def pipelined(records: Records, rounds: int) -> Way:
    """As many records a call as the store likes."""
    return _on_server(
        "counters on a server, `score_many`",
        records,
        rounds,
        lambda one: [verdict.to_dict() for verdict in one.score_many(records)],
    )


def worker(records: Records, rounds: int) -> Way:
    """From stream to stream, counters on the same server."""
    wanted = expected(records)
    packed = [msgpack.packb(record) for record in records]

    def turn() -> tuple[float, ...]:
        with server() as here, here.client(decode_responses=False) as client:
            settings = Settings(settle_s=0.0)
            pipeline = client.pipeline(transaction=False)
            for record in packed:
                pipeline.xadd(settings.input, {"record": record})
            pipeline.execute()
            store = open_store(here.url)
            one = Worker(
                guard(store),
                Stream.from_url(here.url, settings),
                metrics=Metrics(store),
                log=_Silent(),
            )
            costs = _watched(here, lambda: one.run(once=True), len(records))
            found = [fields[b"verdict"] for _, fields in client.xrange(settings.output)]
        assert wanted == [msgpack.unpackb(verdict) for verdict in found]
        return costs

    return _server_way("`callguard worker`, stream to stream", _medians(turn, rounds))


def spark(records: Records, rounds: int) -> Way:
    """From a Parquet file on all cores of this machine, once Spark is up and warm."""
    from bench import spark_load
    from callguard.integrations.spark import session

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "records.parquet")
        spark_load.write(records, path)
        running = session(f"local[{os.cpu_count()}]")
        try:
            # Compared first, which also starts Python's processes and warms Spark up.
            rows = [row.asDict() for row in spark_load.verdicts(running, path).collect()]
            assert spark_load.embedded(path) == [_as_verdict(row) for row in rows]
            wall, own = _medians(lambda: spark_load.seconds(running, path), rounds)
        finally:
            running.stop()
    return Way(
        "Spark, all cores of the machine, Parquet in",
        len(records) / wall,
        own / len(records) * 1e6,
    )


class _Silent:
    """A log that nobody reads."""

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None: ...

    def error(self, event: str, **fields: Any) -> None: ...


def _as_verdict(row: dict[str, Any]) -> dict[str, Any]:
    template, text = row.pop("alert_template"), row.pop("alert_text")
    del row["record"]
    return {**row, "alert": None if template is None else {"template": template, "text": text}}


def _on_server(name: str, records: Records, rounds: int, run: Callable[[Guard], Verdicts]) -> Way:
    wanted = expected(records)

    def turn() -> tuple[float, ...]:
        found: Verdicts = []
        with server() as here:
            one = guard(open_store(here.url))
            costs = _watched(here, lambda: found.extend(run(one)), len(records))
        assert wanted == found
        return costs

    return _server_way(name, _medians(turn, rounds))


def _server_way(name: str, costs: Sequence[float]) -> Way:
    wall, own, served, trips, commands = costs
    return Way(name, 1 / wall, own * 1e6, served * 1e6, trips, commands)


def _medians(turn: Callable[[], tuple[float, ...]], rounds: int) -> list[float]:
    return [median(of) for of in zip(*(turn() for _ in range(rounds)), strict=True)]


def _timed(run: Callable[[], object], number: int) -> tuple[float, ...]:
    """Seconds by the clock and of this process's processor, a record."""
    start, used = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - start) / number, (time.process_time() - used) / number


def _watched(here: Server, run: Callable[[], object], number: int) -> tuple[float, ...]:
    """:func:`_timed`, and the server's processor seconds, calls of counters, all commands."""
    with here.client(socket_timeout=PATIENCE_S) as control:
        control.config_resetstat()
        before = _used(control)
        wall, own = _timed(run, number)
        served = _used(control) - before
        stats = control.info("commandstats")
    counted = {name.removeprefix("cmdstat_"): of["calls"] for name, of in stats.items()}
    commands = sum(calls for name, calls in counted.items() if name.partition("|")[0] not in _OURS)
    return wall, own, served / number, counted["fcall"] / number, commands / number


def _used(control: Any) -> float:
    found = control.info("cpu")
    return float(found["used_cpu_user"]) + float(found["used_cpu_sys"])
