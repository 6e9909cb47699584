from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from callguard.counters import BreakerCounters, MemoryCounters
from callguard.errors import CounterError
from callguard.guard import Guard
from callguard.integrations.redis_stream import Backlog, Tally
from tests.integrations.redis_stream.streams import (
    DEAD,
    GROUP,
    INPUT,
    OUTPUT,
    RULES,
    DoneError,
    LocalWorker,
    calls,
    counters_at,
    feed,
    in_one_process,
    on_server,
    unfinished,
    verdicts,
    write_rules,
)
from tests.real_servers.redis import Server


def _ids_kept(client: Any) -> list[bytes]:
    return list(client.scan_iter("callguard:id:*"))


def test_every_record_gets_the_verdict_of_a_guard_that_reads_them_in_order(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(1_000)
    names = feed(client, records)
    tally = LocalWorker(valkey.url, rules).once()
    alone = Guard.load(rules, state=MemoryCounters())
    expected = [alone.score(record).to_dict() for record in records]
    assert list(zip(names, expected, strict=True)) == verdicts(client)
    assert Tally(Counter(verdict["action"] for verdict in expected)) == tally
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    assert any(verdict["shadow"] for verdict in expected)


def test_nothing_is_left_behind(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, calls(600))
    LocalWorker(valkey.url, rules).once()
    assert (0, [], []) == (
        unfinished(client),
        _ids_kept(client),
        client.xinfo_consumers(INPUT, GROUP),
    )


def test_an_empty_stream_is_done_at_once(valkey: Server, rules: Path) -> None:
    assert Tally() == LocalWorker(valkey.url, rules).once()


def test_ids_outlive_the_moment_that_a_server_may_forget(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(10))

    def done(tally: Tally, _: Backlog | None) -> None:
        if tally.records:
            raise DoneError

    with pytest.raises(DoneError):
        LocalWorker(valkey.url, rules, settle_s=3600.0, on_progress=done).once()
    assert (10, 0) == (len(_ids_kept(client)), unfinished(client))


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
    LocalWorker(valkey.url, rules, counters=Lossy(counters.store), batch=100).once()
    # Those of the first batch only.
    assert 100 == len(_ids_kept(client))
    assert in_one_process(rules, records) == on_server(valkey.url, rules)


def test_the_last_ids_are_forgotten_before_a_worker_leaves(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(10))
    LocalWorker(valkey.url, rules, settle_s=0.2).once()
    assert [] == _ids_kept(client)


def test_entries_without_a_record_are_answered_counted_and_logged(
    valkey: Server, client: Any, rules: Path
) -> None:
    good = calls(2)
    names = feed(client, [good[0], b"\xc1", good[1]])
    names.append(client.xadd(INPUT, {"rec": "x"}).decode())
    local = LocalWorker(valkey.url, rules)
    tally = local.once()
    found = verdicts(client)
    assert names == [name for name, _ in found]
    assert ["error" in answer for _, answer in found] == [False, True, False, True]
    assert "no field 'record'; found 'rec'" == found[3][1]["error"]
    assert (2, 2, 0) == (tally.records, tally.unreadable, unfinished(client))
    assert ("entries_unreadable", {"number": 2, "first": names[1]}) in local.log


def test_a_worker_that_is_asked_to_stop_finishes_its_batch_and_no_more(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(300)
    feed(client, records)

    def stop(tally: Tally, _: Backlog | None) -> None:
        if tally.records:
            local.control.stop()

    local = LocalWorker(valkey.url, rules, batch=100, on_progress=stop)
    assert 100 == local.worker.run().records
    assert (100, 0) == (client.xlen(OUTPUT), unfinished(client))
    LocalWorker(valkey.url, rules).once()
    assert len(records) == len({name for name, _ in verdicts(client)})
    assert in_one_process(rules, records) == on_server(valkey.url, rules)


def test_a_worker_without_work_stops_too(valkey: Server, rules: Path) -> None:
    def stop(_: Tally, backlog: Backlog | None) -> None:
        assert Backlog(lag=0, pending=0) == backlog
        local.control.stop()

    local = LocalWorker(valkey.url, rules, on_progress=stop)
    assert Tally() == local.worker.run()
    assert ["group_created", "worker_started", "worker_stopped"] == local.log.names


def test_a_worker_takes_back_what_it_left_under_its_name(
    valkey: Server, client: Any, rules: Path
) -> None:
    names = feed(client, calls(5))
    before = LocalWorker(valkey.url, rules, name="same")
    before.stream.open()
    before.stream.read()
    after = LocalWorker(valkey.url, rules, name="same", claim_after_s=3600)
    tally = after.once()
    assert (5, 5, names) == (tally.claimed, tally.records, [name for name, _ in verdicts(client)])
    assert ("entries_claimed", {"number": 5, "first": names[0], "own": True}) in after.log


def test_a_worker_leaves_alone_what_another_may_be_at(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(5))
    other = LocalWorker(valkey.url, rules)
    other.stream.open()
    other.stream.read()
    assert Tally() == LocalWorker(valkey.url, rules, claim_after_s=3600).once()
    assert (5, 0) == (unfinished(client), client.xlen(OUTPUT))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_slow_worker_whose_entries_another_took_counts_nothing_twice(
    valkey: Server, client: Any, rules: Path, moment: str
) -> None:
    records = calls(100)
    names = feed(client, records)
    slow, other = LocalWorker(valkey.url, rules), LocalWorker(valkey.url, rules, name="other")

    def take_over() -> None:
        client.xclaim(INPUT, GROUP, "other", 0, names)
        assert 100 == other.once().records

    # Between reading and counting, or between counting and writing.
    setattr(slow.guard, moment, take_over)
    assert 100 == slow.once().records
    assert in_one_process(rules, records) == on_server(valkey.url, rules)
    # Both have written; a reader of verdicts tells by the id.
    assert Counter(names * 2) == Counter(name for name, _ in verdicts(client))
    assert 0 == unfinished(client)


def test_an_entry_given_out_too_often_is_put_aside(
    valkey: Server, client: Any, rules: Path
) -> None:
    records = calls(3)
    names = feed(client, records)
    LocalWorker(valkey.url, rules, name="w").stream.open()
    client.xreadgroup(GROUP, "w", {INPUT: ">"})
    client.xclaim(INPUT, GROUP, "w", 0, names[1:2], retrycount=5)
    local = LocalWorker(valkey.url, rules, name="w")
    tally = local.once()
    assert (2, 1, 0) == (tally.records, tally.dead, unfinished(client))
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
    assert ("entry_given_up", {"entry": names[1], "to": DEAD}) in local.log


def test_new_rules_are_used_from_the_next_batch_on(
    valkey: Server, client: Any, rules: Path
) -> None:
    feed(client, calls(200))
    digests: list[str] = []

    def change(tally: Tally, _: Backlog | None) -> None:
        digests.append(local.guard.digest)
        if tally.records == 100:
            write_rules(rules.parent, RULES.replace("name: calls", "name: renamed"))
            local.control.reload()

    local = LocalWorker(valkey.url, rules, batch=100, on_progress=change)
    local.once()
    used = [found["ruleset"] for _, found in verdicts(client)]
    assert [digests[0]] * 100 + [local.guard.digest] * 100 == used
    assert digests[0] != local.guard.digest
    assert ("rules_reloaded", {"ruleset": local.guard.digest, "rules": 6}) in local.log


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
            local.control.reload()

    local = LocalWorker(valkey.url, rules, batch=100, on_progress=spoil)
    assert 200 == local.once().records
    assert {local.guard.digest} == {found["ruleset"] for _, found in verdicts(client)}
    [refused] = [fields for event, fields in local.log if event == "rules_refused"]
    assert (1, local.guard.digest) == (refused["number"], refused["ruleset"])
    assert str(rules) in refused["faults"][0]
