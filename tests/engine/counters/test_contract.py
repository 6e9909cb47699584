"""One suite over every store: whatever is asked, the answer is that of the plain counters."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from callguard.engine.counters import MemoryCounters
from callguard.engine.counters.breaker import Guarded
from callguard.engine.counters.circuit import Circuit, Policy
from callguard.engine.counters.redis_store import RedisCounters
from callguard.engine.series import CounterStore, Series, Step
from tests.counter_strategies import (
    CHOICES,
    MANY_VALUES,
    SERIES,
    STARTS,
    VALUES,
    Choice,
    burst,
    records,
    walk,
)
from tests.plain_counters import PlainCounters
from tests.servers import cluster, server

# A server under test answers late when the machine is busy; that is not what is tested here.
TIMEOUT_S = 10.0
# Room enough for everything here; an empty store is made for every example.
MAX_GROUPS = 100_000
PATIENT = Policy(slow_s=TIMEOUT_S)

CLIENTS = st.integers(0, 1)
LENGTHS = st.sampled_from((5, 20, 50, 200))
IDS = st.sampled_from([f"1700000000000-{number}" for number in range(6)])


class Owner:
    """Counts some series."""


class Contract(RuleBasedStateMachine):
    """Asks a store and the plain counters the same. Subclasses make the store.

    ``clients`` are one or more that count in the same place.
    """

    # Others may count there too: what one owner does not want is not forgotten.
    shared = False

    def __init__(self) -> None:
        super().__init__()
        self.plain = PlainCounters()
        self.clients = self.make()
        self.owners = Owner(), Owner()
        self.named: dict[str, list[Step]] = {}

    def make(self) -> list[CounterStore]:
        raise NotImplementedError

    @initialize(choice=CHOICES)
    def begin(self, choice: Choice) -> None:
        self.choice = choice

    def record(self, data: st.DataObject) -> list[Step]:
        return data.draw(records(self.choice, self.plain.head))

    def one(self, data: st.DataObject) -> Series:
        return data.draw(st.sampled_from(self.choice.series))

    @rule(data=st.data(), client=CLIENTS)
    def step(self, data: st.DataObject, client: int) -> None:
        record = self.record(data)
        assert self.plain.step(record) == self.client(client).step(record)

    @rule(data=st.data(), number=st.integers(0, 20), client=CLIENTS)
    def step_many(self, data: st.DataObject, number: int, client: int) -> None:
        many = [self.record(data) for _ in range(number)]
        assert self.plain.step_many(many) == self.client(client).step_many(many)

    @rule(data=st.data(), seed=st.integers(0, 2**32), length=LENGTHS, client=CLIENTS)
    def step_long(self, data: st.DataObject, seed: int, length: int, client: int) -> None:
        series, group = self.one(data), self.choice.groups[0]
        head = self.choice.head(series, self.plain.head(series, group))
        many = burst(series, group, head, Random(seed), length)
        assert self.plain.step_many(many) == self.client(client).step_many(many)

    @rule(data=st.data(), ids=st.lists(IDS, min_size=1, max_size=4), client=CLIENTS)
    def step_once(self, data: st.DataObject, ids: list[str], client: int) -> None:
        for name in ids:
            if name not in self.named:
                self.named[name] = self.record(data)
        many = [self.named[name] for name in ids]
        assert self.plain.step_many(many, ids) == self.client(client).step_many(many, ids)

    @rule(ids=st.lists(IDS, max_size=3), client=CLIENTS)
    def forget_ids(self, ids: list[str], client: int) -> None:
        known = [name for name in ids if name in self.named]
        many = [self.named[name] for name in known]
        self.plain.forget_ids(many, known)
        self.client(client).forget_ids(many, known)

    @rule(data=st.data(), client=CLIENTS)
    def preview(self, data: st.DataObject, client: int) -> None:
        record = self.record(data)
        expected = self.plain.preview(record)
        for _ in range(2):
            assert expected == self.client(client).preview(record)

    @rule(data=st.data(), client=CLIENTS)
    def reset(self, data: st.DataObject, client: int) -> None:
        key, group = self.one(data).key, data.draw(st.sampled_from([None, *self.choice.groups]))
        assert self.plain.reset(key, group) == self.client(client).reset(key, group)

    @rule(data=st.data(), owner=st.integers(0, 1), client=CLIENTS)
    def retain(self, data: st.DataObject, owner: int, client: int) -> None:
        some = data.draw(st.sets(st.sampled_from(self.choice.series)))
        kept = frozenset(one.key for one in some)
        self.client(client).retain(self.owners[owner], kept)
        if not self.shared:
            self.plain.retain(self.owners[owner], kept)

    def client(self, number: int) -> CounterStore:
        return self.clients[number % len(self.clients)]

    def teardown(self) -> None:
        """At last every group of every series is looked at, now and half a window later."""
        for one in self.choice.series:
            for group in self.choice.groups:
                head = self.choice.head(one, self.plain.head(one, group))
                for bucket in (head, head + one.parts // 2):
                    step = one, group, bucket, 0, None
                    for client in self.clients:
                        assert self.plain.preview([step]) == client.preview([step])


class InMemory(Contract):
    def make(self) -> list[CounterStore]:
        return [Guarded(MemoryCounters(MAX_GROUPS), policy=PATIENT)]


class Saved(Contract):
    """Saved and loaded again in between: nothing is lost but the ids of records in flight."""

    def make(self) -> list[CounterStore]:
        return [MemoryCounters(MAX_GROUPS)]

    @rule()
    def save_and_load(self) -> None:
        (store,) = self.clients
        assert isinstance(store, MemoryCounters)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "counters")
            store.save(path)
            self.clients = [MemoryCounters.load(path, MAX_GROUPS)]
        self.plain.ids.clear()
        self.plain.wanted.clear()


def bounded(**changes: Any) -> settings:
    """Settings for machines, whose steps take long."""
    return settings(
        max_examples=settings().max_examples // 2,
        # The plain counters take longer with every event.
        stateful_step_count=40,
        **changes,
    )


@pytest.mark.parametrize("machine", [InMemory, Saved])
def test_memory_answers_as_the_plain_counters(machine: type[Contract]) -> None:
    run_state_machine_as_test(machine, settings=bounded())


@pytest.fixture(scope="module")
def urls() -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        yield {
            "one server": stack.enter_context(server()).url,
            "a cluster": stack.enter_context(cluster()).url,
        }


@pytest.fixture(params=["memory", "one server", "a cluster"])
def store(request: pytest.FixtureRequest) -> Iterator[CounterStore]:
    if request.param == "memory":
        yield MemoryCounters(MAX_GROUPS)
        return
    opened = client(request.getfixturevalue("urls")[request.param], uuid4().hex)
    yield opened
    opened.close()


@pytest.mark.parametrize("series", SERIES, ids=lambda one: f"{one.kind}-{one.timespan}-{one.rules}")
def test_busy_groups_are_counted_as_the_plain_counters_do(
    series: Series, store: CounterStore
) -> None:
    rng = Random(series.key)
    kinds = VALUES if series.kind == "value_count" else VALUES[:1]
    many = burst(series, "burst", 1_000_000, rng, 2 * len(MANY_VALUES))
    for group, (values, start) in enumerate(product(kinds, STARTS)):
        many += walk(series, group, values, start, rng)
    assert PlainCounters().step_many(many) == store.step_many(many)


def test_a_repeated_record_is_not_counted_even_if_its_counts_were_forgotten(
    store: CounterStore,
) -> None:
    many = [burst(one, "a", 1_000, Random(1), 1)[0] for one in SERIES]
    ids = [one.key for one in SERIES]
    assert [None] not in store.step_many(many, ids)
    assert [1] * len(SERIES) == [store.reset(one.key) for one in SERIES]
    assert [[None]] * len(SERIES) == store.step_many(many, ids)
    store.forget_ids(many, ids)
    assert PlainCounters().step_many(many) == store.step_many(many, ids)


def test_no_event_is_lost_or_counted_twice_between_threads(store: CounterStore) -> None:
    threads, rounds = 4, 25
    step: Step = SERIES[0], "a", 1_000, 1, None

    def count() -> list[Any]:
        found = [figure for _ in range(rounds) for figure in store.step([step])]
        found += [figure for one in store.step_many([[step]] * rounds) for figure in one or ()]
        return found

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(count) for _ in range(threads)]
    figures = sorted(figure for one in running for figure in one.result())
    assert list(range(1, 2 * threads * rounds + 1)) == figures


def client(url: str, prefix: str) -> RedisCounters:
    return RedisCounters.from_url(
        url,
        prefix=prefix,
        timeout_s=TIMEOUT_S,
        connect_timeout_s=TIMEOUT_S,
        circuit=lambda name: Circuit(name, policy=PATIENT),
    )


@pytest.mark.parametrize("place", ["one server", "a cluster"])
def test_servers_answer_as_the_plain_counters(urls: dict[str, str], place: str) -> None:
    class OnServer(Contract):
        """Two clients, one of them guarded, take turns."""

        shared = True

        def make(self) -> list[CounterStore]:
            prefix = uuid4().hex
            self.opened = [client(urls[place], prefix) for _ in range(2)]
            return [self.opened[0], Guarded(self.opened[1], policy=PATIENT)]

        def teardown(self) -> None:
            super().teardown()
            for opened in self.opened:
                opened.close()

    # To find the shortest of failures would take minutes here.
    run_state_machine_as_test(OnServer, settings=bounded(phases=(Phase.generate,)))
