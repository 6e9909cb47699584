"""Workers and servers killed at any moment: each record has its verdict and is counted once."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgpack
import pytest
import redis

from tests.integrations.redis_stream.streams import (
    DEAD,
    INPUT,
    OUTPUT,
    calls,
    feed,
    in_one_process,
    on_server,
    verdicts,
)
from tests.integrations.redis_stream.worker_processes import POISON, WorkerProcesses
from tests.real_servers.redis import Server, server, wait_for

GROUP = "callguard"
CHUNK = 20
# So many records may lie before the workers.
LEAD = 300


@pytest.fixture
def workers_started(tmp_path: Path) -> Iterator[WorkerProcesses]:
    with WorkerProcesses(tmp_path) as found:
        yield found


class Scene:
    """A server, three workers, and a producer that goes on through every fault."""

    def __init__(
        self, streams: Server, workers_started: WorkerProcesses, rules: Path, *options: str
    ) -> None:
        self.streams = streams
        self.client = streams.client(decode_responses=False)
        self.rules = rules
        self.workers_started = workers_started
        self._arguments: tuple[str | Path, ...] = (
            *("--stream", streams.url, "--rules", rules, "--batch", "32"),
            # Claims may come soon, for nobody is slow; no entry is given up for its neighbours.
            *("--claim-after", "500ms", "--deliveries", "1000", "--patience", "60s"),
            *options,
        )
        self.workers = [self.start() for _ in range(3)]

    def start(self) -> int:
        return self.workers_started.start(*self._arguments)

    def all_at_work(self) -> None:
        """Wait until every worker reads and listens to signals."""
        wait_for(
            lambda: set(self.workers) <= self.workers_started.started, "workers to start", 60.0
        )

    def produce(self, records: list[dict[str, Any]]) -> None:
        """Add all records, again and again until the server takes them, a little ahead of work."""
        for start in range(0, len(records), CHUNK):
            ahead = start - LEAD
            wait_for(lambda ahead=ahead: self.written() >= ahead, "the workers", 60.0)
            while True:
                try:
                    feed(self.client, records[start : start + CHUNK])
                    break
                except redis.ConnectionError:
                    time.sleep(0.01)

    def written(self) -> int:
        try:
            number: int = self.client.xlen(OUTPUT)
        except redis.ConnectionError:
            return 0
        return number

    def replace(self, draw: Random) -> None:
        """Kill any worker and start another in its place."""
        gone = self.workers.pop(draw.randrange(len(self.workers)))
        self.workers_started.kill(gone)
        self.workers.append(self.start())

    def has_nothing(self, pid: int) -> bool:
        """Whether no entry lies with that worker."""
        consumers = self.client.xinfo_consumers(INPUT, GROUP)
        return not any(
            found["pending"] for found in consumers if f"-{pid}-" in found["name"].decode()
        )

    def finish(self) -> None:
        """Wait until nothing is left to do, and ask the workers to stop."""
        self.all_at_work()
        wait_for(self._done, "the workers to finish", 90.0)
        assert [0] * len(self.workers) == [self.workers_started.stop(pid) for pid in self.workers]

    def _done(self) -> bool:
        (group,) = self.client.xinfo_groups(INPUT)
        return bool(group["lag"] == 0 and group["pending"] == 0)

    def check(self, counters: Server | None = None) -> int:
        """Each entry has its verdict and was counted once. How many verdicts are repetitions."""
        entries = self.client.xrange(INPUT)
        found = verdicts(self.client)
        assert {name.decode() for name, _ in entries} == {name for name, _ in found}
        assert [] == [verdict for _, verdict in found if "error" in verdict or verdict["degraded"]]
        records = [msgpack.unpackb(fields[b"record"]) for _, fields in entries]
        counted = on_server((counters or self.streams).url, self.rules)
        assert in_one_process(self.rules, records) == counted
        return len(found) - len(entries)


def _under_way(scene: Scene, producer: Future[None], draw: Random) -> None:
    """Wait for some more verdicts, and then for a moment somewhere in a batch."""
    scene.all_at_work()
    wanted = scene.written() + draw.randrange(1, 150)
    wait_for(lambda: scene.written() >= wanted or producer.done(), "verdicts", 60.0)
    time.sleep(draw.uniform(0, 0.01))


def _kill_workers(scene: Scene, records: int, kills: int, seed: int) -> None:
    draw = Random(seed)
    with ThreadPoolExecutor() as pool:
        producer = pool.submit(scene.produce, calls(records, seed))
        for _ in range(kills):
            _under_way(scene, producer, draw)
            scene.replace(draw)
        producer.result()
    scene.finish()


def test_workers_killed_at_random_moments(
    valkey: Server, workers_started: WorkerProcesses, rules: Path
) -> None:
    scene = Scene(valkey, workers_started, rules)
    _kill_workers(scene, records=1_500, kills=6, seed=1)
    scene.check()


@pytest.mark.long
def test_workers_that_stall_and_come_back(
    valkey: Server, client: Any, workers_started: WorkerProcesses, rules: Path
) -> None:
    scene = Scene(valkey, workers_started, rules)
    scene.all_at_work()
    draw = Random(4)
    for seed in range(2):
        feed(client, calls(500, seed))
        stalled = _stall_with_work_in_hand(scene, draw)
        # Others take over what it has in hand, before it goes on with that.
        wait_for(partial(scene.has_nothing, stalled), "others to take over", 60.0)
        os.kill(stalled, signal.SIGCONT)
    scene.finish()
    scene.check()
    assert workers_started.logged("entries_claimed")


def _stall_with_work_in_hand(scene: Scene, draw: Random) -> int:
    stalled: list[int] = []

    def caught() -> bool:
        pid = draw.choice(scene.workers)
        os.kill(pid, signal.SIGSTOP)
        if scene.has_nothing(pid):
            os.kill(pid, signal.SIGCONT)
            return False
        stalled.append(pid)
        return True

    wait_for(caught, "a worker with something in hand", 60.0)
    return stalled[0]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_workers_killed_a_hundred_times(
    valkey: Server, workers_started: WorkerProcesses, rules: Path, seed: int
) -> None:
    scene = Scene(valkey, workers_started, rules)
    _kill_workers(scene, records=40_000, kills=100, seed=seed)
    scene.check()


def _kill_servers(scene: Scene, victims: list[Server], records: int, kills: int, seed: int) -> None:
    draw = Random(seed)
    with ThreadPoolExecutor() as pool:
        producer = pool.submit(scene.produce, calls(records, seed))
        for _ in range(kills):
            _under_way(scene, producer, draw)
            draw.choice(victims).restart()
            _under_way(scene, producer, draw)
            scene.replace(draw)
        producer.result()
    scene.finish()


def test_the_server_killed_in_the_middle(workers_started: WorkerProcesses, rules: Path) -> None:
    with server("--appendonly", "yes", "--appendfsync", "no") as streams:
        scene = Scene(streams, workers_started, rules)
        _kill_servers(scene, [streams], records=1_000, kills=2, seed=2)
        scene.check()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_servers_of_streams_and_of_counters_killed_by_turns(
    workers_started: WorkerProcesses, rules: Path, seed: int
) -> None:
    aof = ("--appendonly", "yes")
    # Counts that a server of counters has lost are lost; streams that were lost are given out anew.
    with server(*aof) as streams, server(*aof, "--appendfsync", "always") as counters:
        scene = Scene(streams, workers_started, rules, "--counters", counters.url)
        _kill_servers(scene, [streams, counters], records=20_000, kills=20, seed=seed)
        scene.check(counters)


def test_a_poison_record_is_put_aside_and_its_neighbours_are_scored(
    valkey: Server, client: Any, workers_started: WorkerProcesses, rules: Path
) -> None:
    records = calls(60)
    records.insert(30, {**records[30], "call_id": POISON})
    names = feed(client, records)
    arguments = (
        *("--stream", valkey.url, "--rules", rules, "--deliveries", "3"),
        *("--claim-after", "20ms", "--once"),
    )
    deaths = 0
    while (status := workers_started.wait(workers_started.start(*arguments, deadly=True))) != 1:
        assert -9 == status
        deaths += 1
    found = verdicts(client)
    assert (3, Counter(names)) == (deaths, Counter(name for name, _ in found))
    assert [names[30]] == [name for name, verdict in found if "error" in verdict]
    [(_, dead)] = client.xrange(DEAD)
    assert POISON == msgpack.unpackb(dead[b"record"])["call_id"]
    assert 0 == client.xpending(INPUT, GROUP)["pending"]
    del records[30]
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    assert [names[30]] == [
        event["entry"] for event in workers_started.events if event["event"] == "entry_given_up"
    ]


def test_workers_that_are_stopped_leave_nothing_undone(
    valkey: Server, workers_started: WorkerProcesses, rules: Path
) -> None:
    scene = Scene(valkey, workers_started, rules)
    draw = Random(3)
    with ThreadPoolExecutor() as pool:
        producer = pool.submit(scene.produce, calls(1_000))
        for _ in range(2):
            _under_way(scene, producer, draw)
            assert 0 == workers_started.stop(scene.workers.pop(0))
            scene.workers.append(scene.start())
        producer.result()
    scene.finish()
    # Nothing was given out twice, so nothing was said twice.
    assert 0 == scene.check()
    assert 0 == workers_started.logged("entries_claimed")
