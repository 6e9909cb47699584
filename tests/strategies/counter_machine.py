"""What every counter store must answer, asked in any order: a machine for Hypothesis."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from callguard.counters import CounterStore, CounterUpdate, Series
from tests.oracles.counters import PlainCounters
from tests.strategies.counters import CHOICES, Choice, burst, records

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
    choice = Choice((), (), (), 0)

    def __init__(self) -> None:
        super().__init__()
        self.plain = PlainCounters()
        self.clients = self.make()
        self.owners = Owner(), Owner()
        self.named: dict[str, list[CounterUpdate]] = {}

    def make(self) -> list[CounterStore]:
        raise NotImplementedError

    @initialize(choice=CHOICES)
    def begin(self, choice: Choice) -> None:
        self.choice = choice

    def record(self, data: st.DataObject) -> list[CounterUpdate]:
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
