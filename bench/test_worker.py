"""Workers end to end: records on one stream, verdicts on another, the shipped rule pack between."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from statistics import median
from subprocess import PIPE, Popen
from time import perf_counter
from typing import TYPE_CHECKING, Any

import msgpack
import pytest

from bench.recordgen import Record, RecordMaker
from bench.report import Report
from bench.scene import SMOKE
from bench.stopwatch import rounds
from callguard import Guard, rulepack
from callguard.counters import MemoryCounters
from callguard.integrations.redis_stream import Settings, Stream
from callguard.integrations.redis_stream.entries import Entry
from callguard.integrations.redis_stream.stream import Answer
from tests.real_servers.redis import Server, server, wait_for

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_ROOT = Path(__file__).resolve().parent.parent
_RECORDS = 400 if SMOKE else 30_000
_ROUNDS = 1 if SMOKE else 3
# Workers, and the size of their batches.
_CREWS = [(1, 256), (2, 256), *([] if SMOKE else [(1, 16), (1, 64), (1, 1_024)])]
_INPUT, _OUTPUT, _GROUP, _READY = "callguard:records", "callguard:verdicts", "callguard", "ready"
_TITLE = (
    f"Workers (records/s from stream to stream, {_RECORDS:,} records, shipped rule pack, streams "
    f"and counters on one server on this machine, {os.cpu_count()} cores)"
)
_PATIENCE_S = 300.0


@cache
def _records() -> list[Record]:
    return RecordMaker("workers").make(_RECORDS)


@contextmanager
def _workers(number: int, url: str, batch: int) -> Iterator[None]:
    """So many worker processes that wait for records."""
    command = [sys.executable, "-m", "callguard", "worker", "--stream", url, "--batch", str(batch)]
    started = [Popen(command, cwd=_ROOT, stderr=PIPE, text=True) for _ in range(number)]
    try:
        for one in started:
            assert one.stderr
            assert any("worker_started" in line for line in one.stderr)
        yield
        for one in started:
            one.terminate()
        assert [0] * number == [one.wait(_PATIENCE_S) for one in started]
    finally:
        for one in started:
            one.kill()
            one.communicate()


def _lay_ready(client: Any) -> None:
    """A stream with all records and its group, under a name that no worker reads."""
    client.delete(_OUTPUT)
    pipeline = client.pipeline(transaction=False)
    for record in _records():
        pipeline.xadd(_READY, {"record": msgpack.packb(record)})
    pipeline.execute()
    client.xgroup_create(_READY, _GROUP, "0")


def _until_done(client: Any) -> None:
    client.rename(_READY, _INPUT)
    wait_for(lambda: client.xlen(_OUTPUT) >= _RECORDS, "all verdicts", _PATIENCE_S)


def _verdicts(client: Any) -> list[dict[str, Any]]:
    return [msgpack.unpackb(fields[b"verdict"]) for _, fields in client.xrange(_OUTPUT)]


def _same_answers(of: Server) -> None:
    """One worker's verdicts are those of a guard that scores the records one by one."""
    guard = Guard.load(rulepack.path(), state=MemoryCounters())
    found = _verdicts(of.client(decode_responses=False))
    assert [guard.score(record).to_dict() for record in _records()] == found


@pytest.mark.parametrize(("number", "batch"), _CREWS)
def test_workers(benchmark: BenchmarkFixture, report: Report, number: int, batch: int) -> None:
    seconds: list[float] = []
    benchmark.group = "workers"
    with server() as one, one.client(decode_responses=False) as client:
        with _workers(number, one.url, batch):

            def work(_: None) -> None:
                start = perf_counter()
                _until_done(client)
                seconds.append(perf_counter() - start)

            def ready() -> None:
                for key in client.scan_iter("callguard:*"):
                    if key != _INPUT.encode():
                        client.delete(key)
                _lay_ready(client)

            rounds(benchmark, work, ready, _ROUNDS)
        assert _RECORDS == len({fields[b"record_id"] for _, fields in client.xrange(_OUTPUT)})
        assert not any(verdict["degraded"] for verdict in _verdicts(client))
        if number == 1:
            _same_answers(one)
    if not benchmark.disabled:
        _note(report, f"{number} worker{'s' * (number > 1)}, batches of {batch:,}", seconds)


def test_the_streams_alone(benchmark: BenchmarkFixture, report: Report) -> None:
    """What reading, writing and acknowledging cost without a guard: the floor."""
    seconds: list[float] = []
    benchmark.group = "workers"
    verdict = msgpack.packb(Guard.load(rulepack.path()).score(_records()[0]).to_dict())

    def answer(entry: Entry) -> Answer:
        return Answer(entry, {"verdict": verdict, "record_id": entry.id})

    with server() as one, one.client(decode_responses=False) as client:

        def work(stream: Stream) -> None:
            start = perf_counter()
            while entries := stream.read():
                stream.finish([*map(answer, entries)])
            seconds.append(perf_counter() - start)
            stream.leave()

        def ready() -> Stream:
            _lay_ready(client)
            client.rename(_READY, _INPUT)
            return Stream.from_url(one.url, Settings())

        rounds(benchmark, work, ready, _ROUNDS)
        assert _RECORDS == client.xlen(_OUTPUT)
    if not benchmark.disabled:
        _note(report, "reading and writing alone", seconds)


def _note(report: Report, what: str, seconds: list[float]) -> None:
    lines = report.notes.setdefault(_TITLE, ["| | median | best |", "|---|--:|--:|"])
    middle, best = _RECORDS / median(seconds), _RECORDS / min(seconds)
    lines.append(f"| {what} | {middle:,.0f} | {best:,.0f} |")
