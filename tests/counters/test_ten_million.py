"""Millions of events, out-of-order and late ones among them: not one figure differs."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import CounterStore, Group, MemoryCounters, RedisCounters, Series
from tests.oracles.counters import PlainCounters
from tests.oracles.counters_sorted import SortedCounters
from tests.real_servers.redis import cluster, server
from tests.strategies.counter_traffic import traffic
from tests.strategies.counters import CHOICES, SERIES, Choice, burst, records

IN_MEMORY = 10_000_000
# What a server counts in some minutes. CALLGUARD_EVENTS=10000000 makes it as many as in memory.
ON_A_SERVER = int(os.environ.get("CALLGUARD_EVENTS", "4000000"))
STEPS_A_RECORD = 4
RECORDS_A_BATCH = 256
TIMEOUT_S = 10.0


def differing(store: CounterStore, events: int) -> int:
    """How many records, of four events each, the store judges otherwise than it should."""
    plain = SortedCounters()
    steps = traffic(events)
    found = 0
    while batch := list(islice(steps, STEPS_A_RECORD * RECORDS_A_BATCH)):
        many = [
            batch[start : start + STEPS_A_RECORD] for start in range(0, len(batch), STEPS_A_RECORD)
        ]
        expected = [[plain.step(step) for step in one] for one in many]
        answers = store.step_many(many)
        found += sum(one != other for one, other in zip(expected, answers, strict=True))
    return found


def test_few_events_in_memory() -> None:
    assert 0 == differing(MemoryCounters(), 200_000)


@pytest.mark.long
def test_ten_million_events_in_memory() -> None:
    assert 0 == differing(MemoryCounters(), IN_MEMORY)


@pytest.mark.parametrize("place", [server, cluster])
def test_few_events_on_servers(place: Callable[[], AbstractContextManager[Any]]) -> None:
    with place() as servers:
        assert 0 == differing(counters_at(servers.url), 20_000)


@pytest.mark.long
def test_millions_of_events_on_a_server() -> None:
    with server() as one:
        assert 0 == differing(counters_at(one.url), ON_A_SERVER)


def counters_at(url: str) -> RedisCounters:
    return RedisCounters.from_url(url, timeout_s=TIMEOUT_S, connect_timeout_s=TIMEOUT_S)


def test_the_traffic_is_as_disorderly_as_it_says() -> None:
    number = 200_000
    heads: dict[tuple[str, Group], int] = {}
    times: Counter[str] = Counter()
    heaviest: Counter[tuple[str, Group]] = Counter()
    for series, group, bucket, matched, _ in traffic(number):
        place = series.key, group
        heaviest[place] += 1
        behind = heads.get(place, bucket) - bucket
        if not matched:
            times["bystander"] += 1
        elif behind >= series.parts:
            times["late"] += 1
        else:
            times["out of order"] += behind > 0
            heads[place] = max(bucket, heads.get(place, 0))
    assert times["out of order"] > 0.08 * number
    assert times["late"] > 0.015 * number
    assert times["bystander"] > 0.04 * number
    assert heaviest.most_common(1)[0][1] > number / 8 / 16
    assert len(heaviest) > 10_000


def test_the_traffic_is_always_the_same() -> None:
    assert list(traffic(1000)) == list(traffic(1000)) != list(traffic(1000, seed=2))


@given(st.data(), CHOICES)
def test_what_is_right_is_what_the_plain_counters_say(data: st.DataObject, choice: Choice) -> None:
    plain, quick = PlainCounters(), SortedCounters()
    for _ in range(data.draw(st.integers(1, 20))):
        record = data.draw(records(choice, plain.head))
        assert plain.step(record) == [quick.step(step) for step in record]


@pytest.mark.parametrize("series", SERIES, ids=lambda one: f"{one.kind}-{one.keep or one.rules}")
def test_what_is_right_is_what_the_plain_counters_say_of_a_busy_group(series: Series) -> None:
    plain, quick, rng = PlainCounters(), SortedCounters(), Random(1)
    for _ in range(8):
        head = plain.head(series, "a") or 1_000_000
        for (step,) in burst(series, "a", head + rng.randrange(2 * series.parts), rng, 60):
            assert plain.step([step]) == [quick.step(step)]
