"""One suite over every store: whatever is asked, the answer is that of the plain counters."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import product, zip_longest
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import rule, run_state_machine_as_test

from callguard.counters import (
    BreakerCounters,
    CounterStore,
    CounterUpdate,
    MemoryCounters,
    RedisCounters,
    Series,
)
from callguard.servers import Circuit, Policy
from tests.oracles.counters import PlainCounters
from tests.real_servers.redis import cluster, server
from tests.strategies.counter_machine import Contract
from tests.strategies.counters import MANY_VALUES, SERIES, STARTS, VALUES, burst, walk

# A server under test answers late when the machine is busy; that is not what is tested here.
TIMEOUT_S = 10.0
# Room enough for everything here; an empty store is made for every example.
MAX_GROUPS = 100_000
PATIENT = Policy(slow_s=TIMEOUT_S)


class InMemory(Contract):
    def make(self) -> list[CounterStore]:
        return [BreakerCounters(MemoryCounters(MAX_GROUPS), policy=PATIENT)]


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
    usual = settings().max_examples
    steps = 40 if usual > 60 else 25
    return settings(max_examples=usual // 2, stateful_step_count=steps, **changes)


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


def busy(series: Series) -> list[list[CounterUpdate]]:
    """Traffic of a few busy groups, in turns."""
    rng = Random(series.key)
    kinds = VALUES if series.kind == "value_count" else VALUES[:1]
    groups = [
        walk(series, group, values, start, rng)
        for group, (values, start) in enumerate(product(kinds, STARTS))
    ]
    groups.append(burst(series, "burst", 1_000_000, rng, 2 * len(MANY_VALUES)))
    return [record for turn in zip_longest(*groups, fillvalue=[]) for record in turn]


each_series = pytest.mark.parametrize(
    "series", SERIES, ids=lambda one: f"{one.kind}-{one.timespan}-{one.rules}"
)


@each_series
def test_busy_groups_are_counted_as_the_plain_counters_do(
    series: Series, store: CounterStore
) -> None:
    many = busy(series)
    assert PlainCounters().step_many(many) == store.step_many(many)


@each_series
def test_busy_groups_go_on_after_a_restart(series: Series, tmp_path: Path) -> None:
    plain, store = PlainCounters(), MemoryCounters(MAX_GROUPS)
    many = busy(series)
    for start in range(0, len(many), 400):
        some = many[start : start + 400]
        assert plain.step_many(some) == store.step_many(some)
        store.save(tmp_path / "counters")
        store = MemoryCounters.load(tmp_path / "counters", MAX_GROUPS)


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
    step: CounterUpdate = SERIES[0], "a", 1_000, 1, None

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
            return [self.opened[0], BreakerCounters(self.opened[1], policy=PATIENT)]

        def teardown(self) -> None:
            super().teardown()
            for opened in self.opened:
                opened.close()

    # To find the shortest of failures would take minutes here.
    run_state_machine_as_test(OnServer, settings=bounded(phases=(Phase.generate,)))
