from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from callguard.counters import BreakerCounters, MemoryCounters, open_counters
from callguard.errors import CounterError, StreamError
from callguard.guard import Guard
from callguard.integrations.redis_stream import Backlog, Tally
from tests.integrations.redis_stream.streams import (
    DEAD,
    INPUT,
    OUTPUT,
    RULES,
    Desk,
    calls,
    counters_at,
    feed,
    in_one_process,
    on_server,
    verdicts,
    write_rules,
)
from tests.real_servers.redis import Server, cluster, server, wait_for

GROUP = "callguard"


class DoneError(Exception):
    """Ends a worker from its progress call, without a farewell."""


def _unfinished(client: Any) -> int:
    pending: int = client.xpending(INPUT, GROUP)["pending"]
    return pending


def _ids_kept(client: Any) -> list[bytes]:
    return list(client.scan_iter("callguard:id:*"))


def test_every_record_gets_the_verdict_of_a_guard_that_reads_them_in_order(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(1_000)
    names = feed(client, records)
    tally = Desk(valkey.url, rules).once()
    alone = Guard.load(rules, state=MemoryCounters())
    expected = [alone.score(record).to_dict() for record in records]
    assert list(zip(names, expected, strict=True)) == verdicts(client)
    assert Tally(Counter(verdict["action"] for verdict in expected)) == tally
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    assert any(verdict["shadow"] for verdict in expected)


def test_nothing_is_left_behind(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(600))
    Desk(valkey.url, rules).once()
    assert (0, [], []) == (
        _unfinished(client),
        _ids_kept(client),
        client.xinfo_consumers(INPUT, GROUP),
    )


def test_an_empty_stream_is_done_at_once(valkey: Server, rules: Path) -> None:
    assert Tally() == Desk(valkey.url, rules).once()


def test_ids_outlive_the_moment_that_a_server_may_forget(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(10))

    def done(tally: Tally, _: Backlog | None) -> None:
        if tally.records:
            raise DoneError

    with pytest.raises(DoneError):
        Desk(valkey.url, rules, settle_s=3600.0, on_progress=done).once()
    assert (10, 0) == (len(_ids_kept(client)), _unfinished(client))


class Lossy(BreakerCounters):
    """Counters whose first answer is lost on its way back."""

    lost = False

    def step_many(self, records: Any, ids: Any = None) -> Any:
        found = super().step_many(records, ids)
        if not self.lost:
            self.lost = True
            raise CounterError("no answer")
        return found


def test_ids_stay_where_a_count_may_still_be_on_its_way(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(200)
    feed(client, records)
    counters = counters_at(valkey.url)
    assert isinstance(counters, BreakerCounters)
    Desk(valkey.url, rules, counters=Lossy(counters.store), batch=100).once()
    # Those of the first batch only.
    assert 100 == len(_ids_kept(client))
    assert in_one_process(rules, records) == on_server(valkey.url, rules)


def test_the_last_ids_are_forgotten_before_a_worker_leaves(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(10))
    Desk(valkey.url, rules, settle_s=0.2).once()
    assert [] == _ids_kept(client)


def test_entries_without_a_record_are_answered_counted_and_logged(
    valkey: Server, client: Any, rules: Path
) -> None:
    good = calls(2)
    names = feed(client, [good[0], b"\xc1", good[1]])
    names.append(client.xadd(INPUT, {"rec": "x"}).decode())
    desk = Desk(valkey.url, rules)
    tally = desk.once()
    found = verdicts(client)
    assert names == [name for name, _ in found]
    assert ["error" in answer for _, answer in found] == [False, True, False, True]
    assert "no field 'record'; found 'rec'" == found[3][1]["error"]
    assert (2, 2, 0) == (tally.records, tally.unreadable, _unfinished(client))
    assert ("entries_unreadable", {"number": 2, "first": names[1]}) in desk.log


def test_a_worker_that_is_asked_to_stop_finishes_its_batch_and_no_more(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(300)
    feed(client, records)

    def stop(tally: Tally, _: Backlog | None) -> None:
        if tally.records:
            desk.control.stop()

    desk = Desk(valkey.url, rules, batch=100, on_progress=stop)
    assert 100 == desk.worker.run().records
    assert (100, 0) == (client.xlen(OUTPUT), _unfinished(client))
    Desk(valkey.url, rules).once()
    assert len(records) == len({name for name, _ in verdicts(client)})
    assert in_one_process(rules, records) == on_server(valkey.url, rules)


def test_a_worker_without_work_stops_too(valkey: Server, rules: Path) -> None:
    def stop(_: Tally, backlog: Backlog | None) -> None:
        assert Backlog(lag=0, pending=0) == backlog
        desk.control.stop()

    desk = Desk(valkey.url, rules, on_progress=stop)
    assert Tally() == desk.worker.run()
    assert ["group_created", "worker_started", "worker_stopped"] == desk.log.names


def test_a_worker_takes_back_what_it_left_under_its_name(
    valkey: Server, client: Any, rules: Path
) -> None:
    names = feed(client, calls(5))
    before = Desk(valkey.url, rules, name="same")
    before.stream.open()
    before.stream.read()
    after = Desk(valkey.url, rules, name="same", claim_after_s=3600)
    tally = after.once()
    assert (5, 5, names) == (tally.claimed, tally.records, [name for name, _ in verdicts(client)])
    assert ("entries_claimed", {"number": 5, "first": names[0], "own": True}) in after.log


def test_a_worker_leaves_alone_what_another_may_be_at(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(5))
    other = Desk(valkey.url, rules)
    other.stream.open()
    other.stream.read()
    assert Tally() == Desk(valkey.url, rules, claim_after_s=3600).once()
    assert (5, 0) == (_unfinished(client), client.xlen(OUTPUT))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_slow_worker_whose_entries_another_took_counts_nothing_twice(
    valkey: Server, client: Any, rules: Path, moment: str
) -> None:
    records = calls(100)
    names = feed(client, records)
    slow, other = Desk(valkey.url, rules), Desk(valkey.url, rules, name="other")

    def take_over() -> None:
        client.xclaim(INPUT, GROUP, "other", 0, names)
        assert 100 == other.once().records

    # Between reading and counting, or between counting and writing.
    setattr(slow.guard, moment, take_over)
    assert 100 == slow.once().records
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    # Both have written; a reader of verdicts tells by the id.
    assert Counter(names * 2) == Counter(name for name, _ in verdicts(client))
    assert 0 == _unfinished(client)


def test_an_entry_given_out_too_often_is_put_aside(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(3)
    names = feed(client, records)
    Desk(valkey.url, rules, name="w").stream.open()
    client.xreadgroup(GROUP, "w", {INPUT: ">"})
    client.xclaim(INPUT, GROUP, "w", 0, names[1:2], retrycount=5)
    desk = Desk(valkey.url, rules, name="w")
    tally = desk.once()
    assert (2, 1, 0) == (tally.records, tally.dead, _unfinished(client))
    assert {names[1]} == {name for name, found in verdicts(client) if "error" in found}
    [(_, dead)] = client.xrange(DEAD)
    assert {
        b"record_id": names[1].encode(),
        b"stream": INPUT.encode(),
        b"deliveries": b"5",
        b"reason": b"given out 5 times and never acknowledged: it may end its worker",
    } == {key: value for key, value in dead.items() if key != b"record"}
    # The record can be put back as it was.
    assert client.xrange(INPUT)[1][1][b"record"] == dead[b"record"]
    assert ("entry_given_up", {"entry": names[1], "to": DEAD}) in desk.log


def test_new_rules_are_used_from_the_next_batch_on(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(200))
    digests: list[str] = []

    def change(tally: Tally, _: Backlog | None) -> None:
        digests.append(desk.guard.digest)
        if tally.records == 100:
            write_rules(rules.parent, RULES.replace("name: calls", "name: renamed"))
            desk.control.reload()

    desk = Desk(valkey.url, rules, batch=100, on_progress=change)
    desk.once()
    used = [found["ruleset"] for _, found in verdicts(client)]
    assert [digests[0]] * 100 + [desk.guard.digest] * 100 == used
    assert digests[0] != desk.guard.digest
    assert ("rules_reloaded", {"ruleset": desk.guard.digest, "rules": 6}) in desk.log


@pytest.mark.parametrize("damage", ["faulty", "missing"])
def test_rules_that_cannot_be_used_leave_the_old_ones(
    valkey: Server, client: Any, rules: Path, damage: str
) -> None:
    feed(client, calls(200))

    def spoil(tally: Tally, _: Backlog | None) -> None:
        if tally.records == 100:
            if damage == "faulty":
                write_rules(rules.parent, RULES.replace("level: low", "level: lwo", 1))
            else:
                rules.unlink()
            desk.control.reload()

    desk = Desk(valkey.url, rules, batch=100, on_progress=spoil)
    assert 200 == desk.once().records
    assert {desk.guard.digest} == {found["ruleset"] for _, found in verdicts(client)}
    [refused] = [fields for event, fields in desk.log if event == "rules_refused"]
    assert (1, desk.guard.digest) == (refused["number"], refused["ruleset"])
    assert str(rules) in refused["faults"][0]


def _start_at_wait(number: int, desk: Desk, killed: Server) -> list[float]:
    """Start the server when the worker waits for the ``number``-th time. Gives all its waits."""
    wait, waits = desk.control.wait, []

    def start(seconds: float) -> None:
        waits.append(seconds)
        wait(0.001)
        if len(waits) == number:
            killed.restart()

    desk.control.wait = start  # type: ignore[method-assign]
    return waits


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_server_that_is_killed_in_the_middle_of_a_batch_loses_nothing(
    valkey: Server, client: Any, rules: Path, moment: str
) -> None:
    records = calls(300)
    names = feed(client, records)
    desk = Desk(valkey.url, rules, batch=100, patience_s=20.0)
    setattr(desk.guard, moment, valkey.kill)
    _start_at_wait(1, desk, valkey)
    desk.once()
    found = verdicts(client)
    assert set(names) == {name for name, _ in found}
    assert [] == [verdict for _, verdict in found if verdict["degraded"]]
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    assert 0 == _unfinished(client)


def test_a_server_that_is_away_is_waited_for(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(10))

    def kill(tally: Tally, _: Backlog | None) -> None:
        if tally.records == 10 and "stream_away" not in desk.log.names:
            valkey.kill()

    desk = Desk(valkey.url, rules, on_progress=kill)
    waits = _start_at_wait(3, desk, valkey)
    assert 10 == desk.once().records
    # Each wait may be twice as long as the one before, and is a part of that.
    for turn, waited in enumerate(waits):
        assert 0.5 * 0.05 * 2**turn <= waited <= 0.05 * 2**turn
    events = [name for name in desk.log.names if name.startswith("stream_")]
    assert ["stream_away", "stream_back"] == events
    assert (1.0, 3.0) == (desk.value("stream_up"), desk.value("stream_errors_total"))


def test_a_worker_that_is_to_stop_does_not_wait_for_a_server(
    valkey: Server, client: Any, rules: Path
) -> None:
    names = feed(client, calls(10))
    desk = Desk(valkey.url, rules)

    def stop_without_server() -> None:
        valkey.kill()
        desk.control.stop()

    desk.guard.after = stop_without_server
    desk.once()
    valkey.restart()
    # What it had in hand is another's now.
    assert len(names) == _unfinished(client)
    Desk(valkey.url, rules, claim_after_s=0.001).once()
    assert set(names) == {name for name, _ in verdicts(client)}


def test_a_server_that_forgets_its_last_moments_has_its_records_counted_once(
    rules: Path,
) -> None:
    records = calls(100)
    with server() as streams, server() as counters:
        client = streams.client(decode_responses=False)
        names = feed(client, records)
        Desk(streams.url, rules).stream.open()
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
        desk = Desk(streams.url, rules, counters=store, settle_s=3600.0, on_progress=restore)
        with pytest.raises(DoneError):
            desk.once()
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
        desk = Desk(nodes.url, rules, batch=100, patience_s=20.0, input=input_, output=output)
        desk.guard.after = killed.kill
        _start_at_wait(1, desk, killed)
        desk.once()
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
    tally = Desk(valkey.url, rules, counters=nowhere, batch=100, patience_s=0.1).once()
    assert 300 == tally.records
    assert [["counters"]] * 300 == [found["degraded"] for _, found in verdicts(client)]


def test_a_stream_that_is_deleted_is_begun_anew(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(10))

    def flush(tally: Tally, _: Backlog | None) -> None:
        if tally.records == 10:
            client.flushall()
            feed(client, calls(20))

    desk = Desk(valkey.url, rules, on_progress=flush)
    assert 30 == desk.once().records
    assert ["group_created"] * 2 == [name for name in desk.log.names if name == "group_created"]


def test_a_name_that_comes_to_hold_something_else_ends_the_worker(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(10))
    desk = Desk(valkey.url, rules)
    desk.guard.after = lambda: client.set(INPUT, "text")
    with pytest.raises(StreamError, match="WRONGTYPE"):
        desk.once()


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
            desk = Desk(one.url, rules)
            tally = desk.once()
            starting.result()
        client.close()
    assert 10 == tally.records
    assert "stream_away" == desk.log.names[0]


def _loading(client: Any) -> bool:
    try:
        client.ping()
    except redis.BusyLoadingError:
        return True
    except redis.ConnectionError:
        return False
    raise AssertionError("the server has loaded its data already")
