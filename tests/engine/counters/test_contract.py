"""One suite over every store: whatever is asked, the answer is that of the plain counters."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
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
from callguard.engine.counters.circuit import Policy
from callguard.engine.counters.redis_store import RedisCounters
from callguard.engine.series import CounterStore, Group, Series, Step
from tests.counter_strategies import LOOK_ALIKES, SERIES, STARTS, burst, records, start_of
from tests.plain_counters import PlainCounters
from tests.servers import cluster, server

# A server under test answers late when the machine is busy; that is not what is tested here.
TIMEOUT_S = 10.0
PATIENT = Policy(slow_s=TIMEOUT_S)

CLIENTS = st.integers(0, 1)
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

    @initialize(
        among=st.lists(st.sampled_from(SERIES), min_size=2, max_size=5, unique=True),
        groups=st.sampled_from(LOOK_ALIKES),
        start=st.sampled_from(STARTS),
    )
    def begin(self, among: list[Series], groups: Sequence[Group], start: int) -> None:
        self.among, self.groups, self.start = among, groups, start_of(start)

    def head(self, series: Series, group: Group) -> int:
        known = self.plain.head(series, group)
        return self.start(series, group) if known is None else known

    def record(self, data: st.DataObject) -> list[Step]:
        return data.draw(records(self.among, self.groups, self.head))

    @rule(data=st.data(), client=CLIENTS)
    def step(self, data: st.DataObject, client: int) -> None:
        record = self.record(data)
        assert self.plain.step(record) == self.client(client).step(record)

    @rule(data=st.data(), number=st.integers(0, 5), client=CLIENTS)
    def step_many(self, data: st.DataObject, number: int, client: int) -> None:
        many = [self.record(data) for _ in range(number)]
        assert self.plain.step_many(many) == self.client(client).step_many(many)

    @rule(data=st.data(), seed=st.integers(0, 2**32), length=st.integers(1, 80), client=CLIENTS)
    def step_long(self, data: st.DataObject, seed: int, length: int, client: int) -> None:
        series, group = data.draw(st.sampled_from(self.among)), self.groups[0]
        many = burst(series, group, self.head(series, group), Random(seed), length)
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
    def reset_group(self, data: st.DataObject, client: int) -> None:
        key = data.draw(st.sampled_from(self.among)).key
        group = data.draw(st.sampled_from(self.groups))
        assert self.plain.reset(key, group) == self.client(client).reset(key, group)

    @rule(data=st.data(), client=CLIENTS)
    def reset_series(self, data: st.DataObject, client: int) -> None:
        key = data.draw(st.sampled_from(self.among)).key
        assert self.plain.reset(key) == self.client(client).reset(key)

    @rule(data=st.data(), owner=st.integers(0, 1), client=CLIENTS)
    def retain(self, data: st.DataObject, owner: int, client: int) -> None:
        kept = frozenset(one.key for one in data.draw(st.sets(st.sampled_from(self.among))))
        self.client(client).retain(self.owners[owner], kept)
        if not self.shared:
            self.plain.retain(self.owners[owner], kept)

    def client(self, number: int) -> CounterStore:
        return self.clients[number % len(self.clients)]

    def teardown(self) -> None:
        """At last every group of every series is looked at, now and half a window later."""
        if not hasattr(self, "among"):
            return
        for one in self.among:
            for group in self.groups:
                for later in (0, one.parts // 2):
                    step = one, group, self.head(one, group) + later, 0, None
                    for client in self.clients:
                        assert self.plain.preview([step]) == client.preview([step])


class InMemory(Contract):
    def make(self) -> list[CounterStore]:
        return [Guarded(MemoryCounters(), policy=PATIENT)]


class Saved(Contract):
    """Saved and loaded again in between: nothing is lost but the ids of records in flight."""

    def make(self) -> list[CounterStore]:
        return [MemoryCounters()]

    @rule()
    def save_and_load(self) -> None:
        (store,) = self.clients
        assert isinstance(store, MemoryCounters)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "counters")
            store.save(path)
            self.clients = [MemoryCounters.load(path)]
        self.plain.ids.clear()
        self.plain.wanted.clear()


def bounded(**changes: Any) -> settings:
    """Settings for machines, whose steps take long."""
    return settings(stateful_step_count=50 if settings().max_examples > 60 else 25, **changes)


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


@pytest.mark.parametrize("place", ["one server", "a cluster"])
def test_servers_answer_as_the_plain_counters(urls: dict[str, str], place: str) -> None:
    class OnServer(Contract):
        """Two clients, one of them guarded, take turns."""

        shared = True

        def make(self) -> list[CounterStore]:
            self.prefix = uuid4().hex
            self.opened = [self.open(), self.open()]
            return [self.opened[0], Guarded(self.opened[1], policy=PATIENT)]

        def open(self) -> RedisCounters:
            return RedisCounters.from_url(
                urls[place], prefix=self.prefix, timeout_s=TIMEOUT_S, connect_timeout_s=TIMEOUT_S
            )

        def teardown(self) -> None:
            super().teardown()
            for client in self.opened:
                client.close()

    # To find the shortest of failures would take minutes here.
    usual = settings().max_examples
    run_state_machine_as_test(
        OnServer, settings=bounded(max_examples=usual // 2, phases=(Phase.generate,))
    )
