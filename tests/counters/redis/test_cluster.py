"""Counters on a real cluster: where they lie, how many calls they cost, and slots that move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from redis.crc import key_slot

from callguard.counters import CounterUpdate, RedisCounters
from callguard.counters.redis.keys import counter_key, tag_of
from callguard.errors import CounterError, NodeError
from callguard.servers import Circuit, Policy
from tests.counters.redis_stores import COUNT, SECRET, Move
from tests.real_servers.redis import PATIENCE_S, Nodes, cluster
from tests.strategies.counters import series

NOW = 1_000_000
SEEN = series("temporal", 60, rules=2)
# Slowness is not the subject here.
PATIENT = Policy(slow_s=PATIENCE_S)


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with cluster() as found:
        yield found


@pytest.fixture
def store(nodes: Nodes) -> Iterator[RedisCounters]:
    found = open_store(nodes.url)
    yield found
    found.close()


def open_store(url: str, timeout_s: float = PATIENCE_S, policy: Policy = PATIENT) -> RedisCounters:
    return RedisCounters.from_url(
        url,
        timeout_s=timeout_s,
        connect_timeout_s=PATIENCE_S,
        prefix=uuid4().hex,
        circuit=lambda name: Circuit(name, policy=policy),
    )


def step(group: str, matched: int = 1) -> CounterUpdate:
    return COUNT, group, NOW, matched, None


def slot(group: str) -> int:
    return int(key_slot(group.encode()))


def index_of(nodes: Nodes, group: str) -> int:
    """Which master has a group, in a cluster whose slots have not moved."""
    return min(slot(group) * len(nodes.masters) // 16_384, len(nodes.masters) - 1)


def groups_of(nodes: Nodes, index: int, number: int) -> list[str]:
    """That many groups which lie on one master."""
    some = (f"g{number}" for number in range(10_000))
    return [group for group in some if index_of(nodes, group) == index][:number]


def calls(nodes: Nodes) -> list[int]:
    """How often each master was asked to count, and begin anew."""
    found = []
    for one in nodes.masters:
        control = one.client()
        fcall = control.info("commandstats").get("cmdstat_fcall", {})
        found.append(fcall.get("calls", 0) + fcall.get("rejected_calls", 0))
        control.config_resetstat()
    return found


def test_a_record_costs_one_call_a_group_and_the_counters_of_a_group_lie_together(
    nodes: Nodes, store: RedisCounters
) -> None:
    (one,), (other,) = groups_of(nodes, 0, 1), groups_of(nodes, 2, 1)
    record = [step(one), step(other), (SEEN, one, NOW, 3, None)]
    store.step(record)
    calls(nodes)
    assert [2, 2, 3] == store.step(record)
    assert [1, 0, 1] == calls(nodes)
    held = {
        key: index
        for index, master in enumerate(nodes.masters)
        for key in master.client().keys(f"{store.prefix}:*")
    }
    assert {
        counter_key(store.prefix, COUNT.key, one): 0,
        counter_key(store.prefix, SEEN.key, one): 0,
        counter_key(store.prefix, COUNT.key, other): 2,
    } == held


def test_records_by_the_hundred_are_counted_in_order(nodes: Nodes, store: RedisCounters) -> None:
    groups = [groups_of(nodes, index, 4) for index in range(3)]
    records = [[step(some[number % 4]) for some in groups] for number in range(400)]
    assert [[number // 4 + 1] * 3 for number in range(400)] == store.step_many(records)


def test_every_node_is_asked_before_an_answer_is_awaited(nodes: Nodes) -> None:
    store = open_store(nodes.url, timeout_s=0.3)
    groups = [groups_of(nodes, index, 1)[0] for index in range(3)]
    record = [step(group) for group in groups]
    assert [1, 1, 1] == store.step(record)
    for index, group in enumerate(groups):
        nodes.masters[index].pause()
        try:
            with pytest.raises(NodeError, match="TimeoutError"):
                store.step(record)
        finally:
            nodes.masters[index].resume()
        # The others counted, whichever of them was to answer first.
        store = RedisCounters.from_url(
            nodes.url, prefix=store.prefix, timeout_s=PATIENCE_S, connect_timeout_s=PATIENCE_S
        )
        for other in groups:
            if other != group:
                assert [index + 2] == store.preview([step(other, 0)])
        # What the paused one was sent it counts when it goes on.
        assert [index + 2] == store.preview([step(group, 0)])
        store = RedisCounters.from_url(
            nodes.url, prefix=store.prefix, timeout_s=0.3, connect_timeout_s=PATIENCE_S
        )


def test_ids_are_kept_beside_each_group(nodes: Nodes, store: RedisCounters) -> None:
    groups = [groups_of(nodes, index, 1)[0] for index in range(3)]
    record = [step(group) for group in groups]
    for ids in (["1-0", "1-0"], ["1-0", "1-0"]):
        assert [[1, 1, 1]] * 2 == store.step_many([record] * 2, ids)
    store.forget_ids([record], ["1-0"])
    assert [[2, 2, 2]] == store.step_many([record], ["1-0"])


def test_a_reset_reaches_every_node(nodes: Nodes, store: RedisCounters) -> None:
    groups = [group for index in range(3) for group in groups_of(nodes, index, 5)]
    store.step_many([[step(group), (SEEN, group, NOW, 1, None)] for group in groups])
    assert 1 == store.reset(COUNT.key, groups[0])
    assert len(groups) - 1 == store.reset(COUNT.key)
    assert [None] * len(groups) == store.preview([step(group, 0) for group in groups])
    assert [1] * len(groups) == store.preview([(SEEN, group, NOW, 0, None) for group in groups])


def test_threads_lose_no_event(nodes: Nodes, store: RedisCounters) -> None:
    groups = [groups_of(nodes, index, 1)[0] for index in range(3)]

    def count(_: int) -> None:
        for _ in range(50):
            store.step([step(group) for group in groups])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count, range(6)))
    assert [301] * 3 == store.step([step(group) for group in groups])


def test_one_node_is_enough_to_find_the_others(nodes: Nodes) -> None:
    store = open_store(f"redis+cluster://127.0.0.1:1,127.0.0.1:{nodes.masters[2].port}")
    for index in range(3):
        assert [1] == store.step([step(groups_of(nodes, index, 1)[0])])
    names = {f"127.0.0.1:{one.port}" for one in nodes.masters} | {"127.0.0.1:1"}
    assert names == set(store.circuits or ())


def test_with_no_node_in_reach_the_whole_cannot_answer() -> None:
    store = open_store("redis+cluster://127.0.0.1:1,127.0.0.1:2")
    for _ in range(2):
        with pytest.raises(CounterError, match="no node says where slots are") as caught:
            store.step([step("g")])
        assert not isinstance(caught.value, NodeError)
        with pytest.raises(CounterError, match="no node says where slots are"):
            store.reset(COUNT.key)


def test_a_slot_that_no_node_has_concerns_its_groups_only(
    nodes: Nodes, store: RedisCounters
) -> None:
    group, other = groups_of(nodes, 0, 2)
    for one in nodes.masters:
        one.client().execute_command("CLUSTER", "DELSLOTS", slot(group))
    with pytest.raises(NodeError, match=f"no node has slot {slot(group)}"):
        store.step([step(group)])
    assert [[1], None, [2]] == store.step_many([[step(other)], [step(group)], [step(other)]])
    nodes.masters[0].client().execute_command("CLUSTER", "ADDSLOTS", slot(group))
    nodes.agree()
    assert [1] == open_store(nodes.url).step([step(group)])


def test_user_and_password_are_those_of_every_node(nodes: Nodes) -> None:
    controls = [one.client() for one in nodes.masters]
    for control in controls:
        control.config_set("requirepass", SECRET)
    try:
        store = open_store(nodes.url.replace("://", f"://:{SECRET}@"))
        for index in range(3):
            assert [1] == store.step([step(groups_of(nodes, index, 1)[0])])
    finally:
        for control in controls:
            control.config_set("requirepass", "")


def test_a_slot_that_moves_under_way_is_followed(nodes: Nodes, store: RedisCounters) -> None:
    group, *_ = groups_of(nodes, 0, 1)
    stays = groups_of(nodes, 0, 2)[1]
    # Nobody but the master that has it now ever had to have the script.
    for one in nodes.masters:
        one.client().function_flush()
    records: list[list[CounterUpdate]] = [[step(group)], [step(stays)]]
    assert [[1], [1]] == store.step_many(records)
    move = Move(nodes, slot(group), 0, 1)
    move.begin()
    # What is still with the old one is counted there ...
    assert [[2], [2]] == store.step_many(records)
    # ... a counter that is new in that slot, or there already, is counted by the new one ...
    assert [1] == store.step([(SEEN, group, NOW, 1, None)])
    move.send(counter_key(store.prefix, COUNT.key, group))
    assert [[3], [3]] == store.step_many(records)
    # ... and at the end the old one says who has it.
    move.end()
    assert [[4], [4]] == store.step_many(records)
    calls(nodes)
    assert [[5], [5]] == store.step_many(records)
    assert [1, 1, 0] == calls(nodes)
    back = Move(nodes, slot(group), 1, 0)
    back.begin()
    back.send(*(counter_key(store.prefix, one.key, tag_of(group)) for one in (COUNT, SEEN)))
    back.end()
    assert [5] == store.preview([step(group, 0)])
    assert [[6], [6]] == store.step_many(records)


def test_counters_that_are_torn_apart_while_a_slot_moves_cannot_be_counted_then(
    nodes: Nodes, store: RedisCounters
) -> None:
    group, other = groups_of(nodes, 0, 1)[0], groups_of(nodes, 2, 1)[0]
    record: list[CounterUpdate] = [step(group), (SEEN, group, NOW, 1, None)]
    store.step(record)
    move = Move(nodes, slot(group), 0, 1)
    move.begin()
    move.send(counter_key(store.prefix, COUNT.key, group))
    with pytest.raises(NodeError, match=f"slot {slot(group)} is being moved"):
        store.step(record)
    assert [None, [1]] == store.step_many([record, [step(other)]])
    move.send(counter_key(store.prefix, SEEN.key, group))
    move.end()
    assert [2, 1] == store.step(record)
    back = Move(nodes, slot(group), 1, 0)
    back.begin()
    back.send(*(counter_key(store.prefix, one.key, group) for one in (COUNT, SEEN)))
    back.end()


def test_a_node_that_is_down_is_asked_once_and_the_others_go_on(nodes: Nodes) -> None:
    policy = Policy(first_s=PATIENCE_S, longest_s=PATIENCE_S, slow_s=PATIENCE_S)
    store = open_store(nodes.url, policy=policy)
    away, there = groups_of(nodes, 1, 1)[0], groups_of(nodes, 2, 1)[0]
    store.step_many([[step(away)], [step(there)]])
    nodes.masters[1].kill()
    try:
        errors: Counter[str] = Counter()
        for number in range(20):
            with pytest.raises(NodeError) as caught:
                store.step([step(away)])
            errors["not asked" if "not asked while" in str(caught.value) else "asked"] += 1
            assert [number + 2] == store.step([step(there)])
        assert {"asked": 1, "not asked": 19} == errors
        assert {"open": 1, "closed": 2} == Counter(
            one.state for one in (store.circuits or {}).values()
        )
    finally:
        nodes.masters[1].start()
        nodes.agree()


def test_a_node_of_a_cluster_says_how_its_url_begins(nodes: Nodes) -> None:
    store = open_store(nodes.masters[0].url)
    with pytest.raises(CounterError, match=r"begin its URL with redis\+cluster"):
        store.step([step(groups_of(nodes, 1, 1)[0])])
    with pytest.raises(CounterError, match=r"begin its URL with redis\+cluster"):
        store.step_many([[step(f"g{number}")] for number in range(50)])
