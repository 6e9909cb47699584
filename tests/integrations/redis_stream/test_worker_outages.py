"""Servers that fail while a worker works: killed, forgetful, slow to start, deleted streams."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from callguard.counters import open_counters
from callguard.errors import StreamError
from callguard.integrations.redis_stream import Backlog, Tally
from tests.integrations.redis_stream.streams import (
    INPUT,
    OUTPUT,
    DoneError,
    LocalWorker,
    calls,
    counters_at,
    feed,
    in_one_process,
    on_server,
    unfinished,
    verdicts,
)
from tests.real_servers.redis import Server, cluster, server, wait_for


def _start_at_wait(number: int, local: LocalWorker, killed: Server) -> list[float]:
    """Start the server when the worker waits for the ``number``-th time. Gives all its waits."""
    wait, waits = local.control.wait, []

    def start(seconds: float) -> None:
        waits.append(seconds)
        wait(0.001)
        if len(waits) == number:
            killed.restart()

    local.control.wait = start  # type: ignore[method-assign]
    return waits


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_server_that_is_killed_in_the_middle_of_a_batch_loses_nothing(
    valkey: Server, client: Any, rules: Path, moment: str
) -> None:
    records = calls(300)
    names = feed(client, records)
    local = LocalWorker(valkey.url, rules, batch=100, patience_s=20.0)
    setattr(local.guard, moment, valkey.kill)
    _start_at_wait(1, local, valkey)
    local.once()
    found = verdicts(client)
    assert set(names) == {name for name, _ in found}
    assert [] == [verdict for _, verdict in found if verdict["degraded"]]
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    assert 0 == unfinished(client)


def test_a_server_that_is_away_is_waited_for(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(10))

    def kill(tally: Tally, _: Backlog | None) -> None:
        if tally.records == 10 and "stream_away" not in local.log.names:
            valkey.kill()

    local = LocalWorker(valkey.url, rules, on_progress=kill)
    waits = _start_at_wait(3, local, valkey)
    assert 10 == local.once().records
    # Each wait may be twice as long as the one before, and is a part of that.
    for turn, waited in enumerate(waits):
        assert 0.5 * 0.05 * 2**turn <= waited <= 0.05 * 2**turn
    events = [name for name in local.log.names if name.startswith("stream_")]
    assert ["stream_away", "stream_back"] == events
    assert (1.0, 3.0) == (local.value("stream_up"), local.value("stream_errors_total"))


def test_a_worker_that_is_to_stop_does_not_wait_for_a_server(
    valkey: Server, client: Any, rules: Path
) -> None:
    names = feed(client, calls(10))
    local = LocalWorker(valkey.url, rules)

    def stop_without_server() -> None:
        valkey.kill()
        local.control.stop()

    local.guard.after = stop_without_server
    local.once()
    valkey.restart()
    # What it had in hand is another's now.
    assert len(names) == unfinished(client)
    LocalWorker(valkey.url, rules, claim_after_s=0.001).once()
    assert set(names) == {name for name, _ in verdicts(client)}


def test_a_server_that_forgets_its_last_moments_has_its_records_counted_once(
    rules: Path,
) -> None:
    records = calls(100)
    with server() as streams, server() as counters:
        client = streams.client(decode_responses=False)
        names = feed(client, records)
        LocalWorker(streams.url, rules).stream.open()
        client.save()
        answered = 0

        def restore(tally: Tally, _: Backlog | None) -> None:
            nonlocal answered
            if tally.records == 100 and not answered:
                answered = client.xlen(OUTPUT)
                # From the copy on disk, which knows no verdict and no acknowledgement.
                streams.restart()
            elif tally.records == 200:
                raise DoneError

        store = counters_at(counters.url)
        local = LocalWorker(
            streams.url, rules, counters=store, settle_s=3600.0, on_progress=restore
        )
        with pytest.raises(DoneError):
            local.once()
        assert (100, names) == (answered, [name for name, _ in verdicts(client)])
        assert in_one_process(rules, records) == on_server(counters.url, rules)
        client.close()


def test_a_node_of_a_cluster_that_is_killed_is_waited_for(rules: Path) -> None:
    records = calls(300)
    input_, output = "{x}:records", "{x}:verdicts"
    with cluster(3, 0, "--appendfsync", "always") as nodes:
        client: Any = redis.RedisCluster("127.0.0.1", nodes.masters[0].port)
        owner = client.get_node_from_key(input_)
        (killed,) = (one for one in nodes.masters if one.port == owner.port)
        fed = feed(client, records, input_)
        local = LocalWorker(
            nodes.url, rules, batch=100, patience_s=20.0, input=input_, output=output
        )
        local.guard.after = killed.kill
        _start_at_wait(1, local, killed)
        local.once()
        found = verdicts(client, output)
        client.close()
        assert set(fed) == {name for name, _ in found}
        assert [] == [verdict for _, verdict in found if verdict["degraded"]]
        assert in_one_process(rules, records) == on_server(nodes.url, rules)


def test_counters_that_are_away_leave_verdicts_degraded_and_work_goes_on(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(300))
    nowhere = open_counters("redis://127.0.0.1:1")
    tally = LocalWorker(valkey.url, rules, counters=nowhere, batch=100, patience_s=0.1).once()
    assert 300 == tally.records
    assert [["counters"]] * 300 == [found["degraded"] for _, found in verdicts(client)]


def test_a_stream_that_is_deleted_is_begun_anew(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(10))

    def flush(tally: Tally, _: Backlog | None) -> None:
        if tally.records == 10:
            client.flushall()
            feed(client, calls(20))

    local = LocalWorker(valkey.url, rules, on_progress=flush)
    assert 30 == local.once().records
    assert ["group_created"] * 2 == [name for name in local.log.names if name == "group_created"]


@pytest.mark.parametrize("command", ["SET name text", "LPUSH name text", "HSET name a b"])
def test_an_input_that_comes_to_hold_something_else_is_waited_for(
    valkey: Server, client: Any, rules: Path, command: str
) -> None:
    feed(client, calls(10))
    local = LocalWorker(valkey.url, rules)
    verb, *words = command.replace("name", INPUT).split()

    def taken() -> None:
        local.guard.after = lambda: None
        client.delete(INPUT)
        client.execute_command(verb, *words)

    def given_back(_seconds: float) -> None:
        client.delete(INPUT)
        feed(client, calls(20))

    local.guard.after = taken
    local.control.wait = given_back  # type: ignore[method-assign,assignment]
    assert 30 == local.once().records
    assert 30 == len(verdicts(client))
    assert "stream_away" in local.log.names
    assert "stream_back" in local.log.names


def test_a_name_that_holds_something_else_at_the_start_ends_the_worker(
    valkey: Server, client: Any, rules: Path
) -> None:
    client.set(INPUT, "text")
    with pytest.raises(StreamError, match="is a string, expected a stream"):
        LocalWorker(valkey.url, rules).once()


def test_a_server_that_loads_its_data_is_waited_for(rules: Path) -> None:
    # Half a millisecond for each key, and an answer to others after every few.
    slow = ("--key-load-delay", "500", "--loading-process-events-interval-bytes", "1024")
    with server(*slow) as one:
        client = one.client(decode_responses=False)
        feed(client, calls(10))
        client.mset({f"other:{number}": "x" * 100 for number in range(1_500)})
        client.save()
        one.kill()
        with ThreadPoolExecutor() as pool:
            starting = pool.submit(one.start)
            wait_for(lambda: _loading(client), "a server that loads")
            local = LocalWorker(one.url, rules)
            tally = local.once()
            starting.result()
        client.close()
    assert 10 == tally.records
    assert "stream_away" == local.log.names[0]


def _loading(client: Any) -> bool:
    try:
        client.ping()
    except redis.BusyLoadingError:
        return True
    except redis.ConnectionError:
        return False
    raise AssertionError("the server has loaded its data already")
