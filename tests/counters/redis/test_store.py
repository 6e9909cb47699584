"""Counting on one real server: calls, keys, ids, and many who count at once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from callguard.counters import CounterUpdate, Group, RedisCounters, WindowFigure
from callguard.counters.redis.keys import counter_key, tag_of
from callguard.errors import CounterError, NodeError
from tests.counters.redis_stores import COUNT, keys_of, open_store
from tests.real_servers.redis import Server
from tests.strategies.counters import series

FEW = series("value_count", 3600, keep=16)
SUM = series("value_sum", 60)
SEEN = series("temporal", 60, rules=3)
NOW = 1_000_000


def test_a_record_costs_one_call(one: Server, store: RedisCounters) -> None:
    steps: list[CounterUpdate] = [
        (COUNT, "a", NOW, 1, None),
        (COUNT, "b", NOW, 1, None),
        (FEW, "a", NOW, 1, "v"),
        (SEEN, ("a", 5), NOW, 0, None),
    ]
    store.step(steps)
    control = one.client()
    control.config_resetstat()
    assert [2, 2, 1, None] == store.step(steps)
    asked = control.info("commandstats")
    assert 1 == asked["cmdstat_fcall"]["calls"]
    assert not {"cmdstat_hello", "cmdstat_auth", "cmdstat_client|setinfo"} & set(asked)


def test_many_records_cost_few_calls_and_come_to_the_same(
    one: Server, store: RedisCounters
) -> None:
    records = [[(COUNT, number % 3, NOW, 1, None)] for number in range(1000)]
    records.insert(500, [])
    control = one.client()
    control.config_resetstat()
    found = store.step_many(records)
    assert [[number // 3 + 1] for number in range(500)] == found[:500]
    assert [[], [167], [168], [168]] == found[500:504]
    assert 1000 / 128 <= control.info("commandstats")["cmdstat_fcall"]["calls"] <= 1000 / 64
    assert [] == store.step_many([])
    assert [[], []] == store.step_many([[], []])


def test_keys_are_named_by_prefix_group_and_series(one: Server, store: RedisCounters) -> None:
    store.step([(COUNT, "+8613812345678", NOW, 1, None), (FEW, ("a", "b"), NOW, 1, "v")])
    prefix = store.prefix
    assert {
        counter_key(prefix, COUNT.key, "+8613812345678"),
        counter_key(prefix, FEW.key, tag_of(("a", "b"))),
    } == set(keys_of(one, store))


def test_prefixes_count_apart(one: Server) -> None:
    step = (COUNT, "g", NOW, 1, None)
    assert [1] == open_store(one.url, prefix="first").step([step])
    assert [1] == open_store(one.url, prefix="second").step([step])
    assert [2] == open_store(one.url, prefix="first").step([step])


def test_a_record_that_comes_again_under_its_id_is_not_counted_again(
    one: Server, store: RedisCounters
) -> None:
    record: list[CounterUpdate] = [(COUNT, "g", NOW, 1, None), (SEEN, "g", NOW, 1, None)]
    assert [[1, 1], [1, 1], [2, 1]] == store.step_many([record] * 3, ["1-0", "1-0", "2-0"])
    assert [[2, 1]] == store.step_many([record], ["2-0"])
    control, marker = one.client(), f"{store.prefix}:id:1-0"
    assert 7 * 86_400 - control.ttl(marker) in (0, 1)
    store.forget_ids([record, record], ["1-0", "3-0"])
    assert not control.exists(marker)
    assert [[3, 1], [3, 1]] == store.step_many([record] * 2, ["1-0", "2-0"])


def test_many_ids_are_forgotten_at_once(one: Server, store: RedisCounters) -> None:
    ids = [f"{number}-0" for number in range(1200)]
    store.step_many([[]] * len(ids), ids)
    assert len(ids) == len(keys_of(one, store))
    store.forget_ids([[]] * len(ids), ids)
    assert [] == keys_of(one, store)


def test_a_reset_forgets_one_group_or_all(one: Server, store: RedisCounters) -> None:
    groups: list[Group] = ["a", 5, ("a", "b"), (), "*"]
    store.step_many(
        [[(COUNT, group, NOW, 1, None), (SEEN, group, NOW, 1, None)] for group in groups]
    )
    assert 1 == store.reset(COUNT.key, "a")
    assert 0 == store.reset(COUNT.key, "a")
    assert 0 == store.reset(COUNT.key, "b")
    assert len(groups) - 1 == store.reset(COUNT.key)
    assert 0 == store.reset(COUNT.key)
    assert len(groups) == len(keys_of(one, store))


def test_a_reset_of_more_groups_than_one_look_shows(store: RedisCounters) -> None:
    store.step_many([[(COUNT, group, NOW, 1, None)] for group in range(2500)])
    assert 2500 == store.reset(COUNT.key)


def test_retaining_leaves_what_others_count(store: RedisCounters) -> None:
    step = (COUNT, "g", NOW, 1, None)
    store.step([step])
    store.retain(object(), frozenset())
    assert [2] == store.step([step])


def test_threads_lose_no_event(store: RedisCounters) -> None:
    def count(number: int) -> None:
        for _ in range(100):
            store.step([(COUNT, "g", NOW, 1, None), (SUM, "g", NOW, 1, number)])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))
    assert [801, (801, 100 * sum(range(8)))] == store.step(
        [(COUNT, "g", NOW, 1, None), (SUM, "g", NOW, 1, 0)]
    )


PROCESS = """
import sys
from callguard.counters import RedisCounters
from tests.strategies.counters import series
store = RedisCounters.from_url(sys.argv[1], prefix=sys.argv[2], timeout_s=20, connect_timeout_s=20)
count, order = series("event_count", 3600), series("value_sum", 60)
print("ready", flush=True)
sys.stdin.readline()
records = [[(count, "g", 1_000_000, 1, None), (order, "g", 1_000_000, 1, 3)]] * 50
for _ in range(20):
    store.step_many(records)
    store.step(records[0])
"""


def test_processes_that_count_at_once_come_to_the_exact_total(
    one: Server, store: RedisCounters
) -> None:
    command = [sys.executable, "-c", PROCESS, one.url, store.prefix]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in running:
        assert process.stdout is not None
        assert "ready\n" == process.stdout.readline()
    for process in running:
        process.communicate("\n", timeout=60)
        assert 0 == process.returncode
    total = 2 * 20 * 51
    assert [total + 1, (total + 1, 3 * total)] == store.step(
        [(COUNT, "g", NOW, 1, None), (SUM, "g", NOW, 1, 0)]
    )


def test_a_child_after_a_fork_has_connections_of_its_own(one: Server, store: RedisCounters) -> None:
    step = (COUNT, "g", NOW, 1, None)
    store.step([step])
    child = os.fork()
    if not child:
        found: Sequence[WindowFigure] = []
        try:
            for _ in range(50):
                found = store.step([step])
        finally:
            # What pytest would do at the end is the parent's.
            os._exit(0 if found and found[0] else 1)
    for _ in range(50):
        store.step([step])
    assert 0 == os.waitpid(child, 0)[1]
    assert [102] == store.step([step])


def test_a_key_of_another_kind_spoils_only_its_own_record(
    one: Server, store: RedisCounters
) -> None:
    one.client().lpush(counter_key(store.prefix, COUNT.key, "spoilt"), "x")
    spoilt, sound = (COUNT, "spoilt", NOW, 1, None), (COUNT, "sound", NOW, 1, None)
    with pytest.raises(NodeError, match="WRONGTYPE"):
        store.step([sound, spoilt])
    # The sound steps of the record that failed are counted.
    assert [[2], None, [4]] == store.step_many([[sound], [sound, spoilt], [sound]])


def test_a_value_that_no_record_has_spoils_only_its_own_record(store: RedisCounters) -> None:
    sound = (COUNT, "g", NOW, 1, None)
    too_great = [sound, (SUM, "g", NOW, 1, 2**79)]
    with pytest.raises(NodeError, match="expected whole thousandths of less than 2"):
        store.step(too_great)
    assert [[1], None, [2]] == store.step_many([[sound], too_great, [sound]])


@pytest.mark.parametrize("prefix", ["", "a{b", "a*", "a\\b", "[a]", "a?"])
def test_a_prefix_that_would_be_misread_is_refused(prefix: str) -> None:
    with pytest.raises(CounterError, match="prefix"):
        RedisCounters.from_url("redis://host", prefix=prefix)


@pytest.mark.parametrize("name", ["timeout_s", "connect_timeout_s"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(name: str, seconds: float) -> None:
    settings: dict[str, Any] = {name: seconds}
    with pytest.raises(CounterError, match=f"^{name} .*expected seconds above 0"):
        RedisCounters.from_url("redis://host", **settings)


def test_it_connects_when_first_asked_and_again_after_it_was_closed(store: RedisCounters) -> None:
    RedisCounters.from_url("redis://127.0.0.1:1")
    step = (COUNT, "g", NOW, 1, None)
    for expected in (1, 2, 3):
        assert [expected] == store.step([step])
        store.close()
