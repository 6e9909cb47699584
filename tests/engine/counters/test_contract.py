"""One suite over every store: whatever is asked, the answer is that of the plain counters."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from callguard.engine.counters import MemoryCounters
from callguard.engine.counters.breaker import Guarded
from callguard.engine.counters.circuit import Policy
from callguard.engine.counters.redis_store import RedisCounters
from callguard.engine.series import CounterStore, Step
from tests.counter_strategies import GROUPS, SERIES, records
from tests.plain_counters import PlainCounters
from tests.servers import cluster, server

# A server under test answers late when the machine is busy; that is not what is tested here.
TIMEOUT_S = 10.0
PATIENT = Policy(slow_s=TIMEOUT_S)


class Contract(RuleBasedStateMachine):
    """Asks a store and the plain counters the same. Subclasses make the store."""

    shared = False  # others may count too: what one owner does not want is not forgotten

    def __init__(self) -> None:
        super().__init__()
        self.plain = PlainCounters()
        self.store = self.make()
        self.newest = 1_000_000
        self.names = 0

    def make(self) -> CounterStore:
        raise NotImplementedError

    def record(self, data: st.DataObject) -> list[Step]:
        found = data.draw(records(self.newest))
        self.newest = max([self.newest, *(step[2] for step in found)])
        return found

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        record = self.record(data)
        assert self.plain.step(record) == self.store.step(record)

    @rule(data=st.data(), number=st.integers(0, 5))
    def step_many(self, data: st.DataObject, number: int) -> None:
        many = [self.record(data) for _ in range(number)]
        assert self.plain.step_many(many) == self.store.step_many(many)

    @rule(data=st.data(), number=st.integers(1, 4), forget=st.booleans())
    def step_again(self, data: st.DataObject, number: int, forget: bool) -> None:
        many = [self.record(data) for _ in range(number)]
        ids = [f"{self.names + index}-0" for index in range(number)]
        self.names += number
        for _ in range(2):
            assert self.plain.step_many(many, ids) == self.store.step_many(many, ids)
        if forget:
            self.plain.forget_ids(many, ids)
            self.store.forget_ids(many, ids)
            assert self.plain.step_many(many, ids) == self.store.step_many(many, ids)

    @rule(data=st.data())
    def preview(self, data: st.DataObject) -> None:
        for step in self.record(data):
            assert self.plain.preview([step]) == self.store.preview([step])

    @rule(series=st.sampled_from(SERIES), group=st.sampled_from(GROUPS))
    def reset_group(self, series: Any, group: Any) -> None:
        assert self.plain.reset(series.key, group) == self.store.reset(series.key, group)

    @rule(series=st.sampled_from(SERIES))
    def reset_series(self, series: Any) -> None:
        assert self.plain.reset(series.key) == self.store.reset(series.key)

    @rule(kept=st.sets(st.sampled_from([series.key for series in SERIES]), min_size=8))
    def retain(self, kept: set[str]) -> None:
        self.store.retain(self, frozenset(kept))
        if not self.shared:
            self.plain.retain(self, frozenset(kept))


class InMemory(Contract):
    def make(self) -> CounterStore:
        return MemoryCounters()

    @rule()
    def save_and_load(self) -> None:
        assert isinstance(self.store, MemoryCounters)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "counters")
            self.store.save(path)
            self.store = MemoryCounters.load(path)
        # Ids are not saved: they concern records that are in flight.
        self.plain.ids.clear()


class InMemoryGuarded(Contract):
    def make(self) -> CounterStore:
        return Guarded(MemoryCounters(), policy=PATIENT)


@pytest.mark.parametrize("machine", [InMemory, InMemoryGuarded])
def test_memory_answers_as_the_plain_counters(machine: type[Contract]) -> None:
    run_state_machine_as_test(machine)


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
        shared = True

        def make(self) -> CounterStore:
            self.prefix = uuid4().hex
            return self.client()

        def client(self) -> CounterStore:
            store = RedisCounters.from_url(
                urls[place], prefix=self.prefix, timeout_s=TIMEOUT_S, connect_timeout_s=TIMEOUT_S
            )
            return Guarded(store, policy=PATIENT)

        @rule()
        def another_client(self) -> None:
            self.store = self.client()

        def teardown(self) -> None:
            # A reset looks through all keys there are.
            for series in SERIES:
                self.store.reset(series.key)

    usual = settings().max_examples
    run_state_machine_as_test(
        OnServer,
        settings=settings(phases=[Phase.generate], max_examples=usual // 2, stateful_step_count=30 if usual > 60 else 15),
    )
