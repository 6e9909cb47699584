"""Figures on one real server, what each kind keeps there, and when it expires."""

from __future__ import annotations

import pytest

from callguard.counters import Group, RedisCounters, Scalar, Series, WindowFigure
from callguard.counters.redis.keys import counter_key
from tests.counters.redis_stores import COUNT, keys_of
from tests.real_servers.redis import Server
from tests.strategies.counters import series

FEW = series("value_count", 3600, keep=16)
MANY = series("value_count", 3600, keep=128)
SUM = series("value_sum", 60)
SEEN = series("temporal", 60, rules=3)
ORDER = series("temporal_ordered", 60, rules=3)
NOW = 1_000_000


def figures(
    store: RedisCounters,
    counted: Series,
    *events: tuple[int, int, Scalar | None],
    group: Group = "g",
) -> list[WindowFigure]:
    """Each event's figure: (buckets from NOW, rules matched, value)."""
    return [store.step([(counted, group, NOW + at, m, value)])[0] for at, m, value in events]


def test_events_are_counted_while_their_buckets_are_in_the_window(store: RedisCounters) -> None:
    events = [(0, 1, None), (0, 1, None), (10, 0, None), (63, 1, None), (64, 1, None), (1, 1, None)]
    assert [1, 2, 2, 3, 2, 3] == figures(store, COUNT, *events)
    assert [None, 3, 1] == figures(store, COUNT, (0, 1, None), (64, 0, None), (127, 0, None))


@pytest.mark.parametrize("counted", [FEW, MANY])
def test_distinct_values_are_told_apart(store: RedisCounters, counted: Series) -> None:
    values: list[Scalar] = ["+861", "+861", "861", 5, 5.0, "5", True, "x" * 17, "x" * 18, "\0", ""]
    expected = [1, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9]
    assert expected == figures(store, counted, *[(0, 1, value) for value in values])


@pytest.mark.parametrize("counted", [FEW, MANY])
def test_of_distinct_values_only_the_newest_are_kept(
    one: Server, store: RedisCounters, counted: Series
) -> None:
    keep = counted.keep
    events = [(number % 50, 1, f"v{number}") for number in range(3 * keep)]
    assert keep == figures(store, counted, *sorted(events))[-1]
    (key,) = keys_of(one, store)
    held = one.client().zcard(key) if keep > 64 else one.client().strlen(key) / 22
    assert keep == held


def test_sums_are_exact_beyond_what_a_lua_number_holds(store: RedisCounters) -> None:
    high = 2**62 + 1
    events = [(0, 1, high), (1, 1, high), (2, 1, high), (2, 1, -1), (64, 1, 2)]
    expected = [(1, high), (2, 2 * high), (3, 3 * high), (4, 3 * high - 1), (4, 2 * high + 1)]
    assert expected == figures(store, SUM, *events)
    assert [(3, high + 1)] == figures(store, SUM, (65, 0, None))


def test_rules_seen_are_told_by_their_bits(store: RedisCounters) -> None:
    events = [(0, 0b100, None), (1, 0b001, None), (64, 0b010, None), (200, 0, None), (0, 1, None)]
    assert [0b100, 0b101, 0b011, None, None] == figures(store, SEEN, *events)


def test_rules_in_order_are_counted_from_the_first(store: RedisCounters) -> None:
    events = [(9, 0b010, None), (5, 0b001, None), (20, 0b010, None), (9, 0b100, None)]
    assert [0, 2, 2, 3] == figures(store, ORDER, *events)
    events = [(1028, 0, None), (1029, 0, None), (1032, 0b001, None), (1040, 0b110, None)]
    assert [3, 0, 1, 3] == figures(store, ORDER, *events)


@pytest.mark.parametrize("counted", [COUNT, FEW, MANY, SUM, SEEN, ORDER])
def test_a_group_expires_when_it_is_not_counted_for_long(
    one: Server, store: RedisCounters, counted: Series
) -> None:
    control, expected = one.client(), 2 * counted.timespan + 600
    events = ((0, 1, True), (0, 0, False), (-1, 1, True), (0, 1, True), (5, 1, True))
    for at, matched, renewed in events:
        figures(store, counted, (at, matched, 7 if matched else None))
        (key,) = keys_of(one, store)
        # The time begins anew with every event that is counted, an older one too.
        assert control.ttl(key) in range(*((expected, expected + 61) if renewed else (90, 101)))
        control.expire(key, 100)


@pytest.mark.parametrize("counted", [COUNT, FEW, MANY, SUM, SEEN, ORDER])
def test_judging_alone_leaves_nothing_behind(
    one: Server, store: RedisCounters, counted: Series
) -> None:
    value = "v" if counted.keep else 1
    assert [None, None] == figures(store, counted, (0, 0, None), (5, 0, None))
    step = counted, "g", NOW, 1, value
    expected: WindowFigure = (1, 1) if counted is SUM else 1
    for _ in range(2):
        assert [expected] == store.preview([step])
    assert [] == keys_of(one, store)


@pytest.mark.parametrize("counted", [COUNT, FEW, MANY, SUM, SEEN, ORDER])
def test_a_preview_changes_nothing(one: Server, store: RedisCounters, counted: Series) -> None:
    value = "v" if counted.keep else 1
    figures(store, counted, (0, 1, value), (3, 1, value))
    (key,) = keys_of(one, store)
    control = one.client(decode_responses=False)
    control.expire(key, 1000)
    before = control.dump(key)
    ahead = counted, "g", NOW + counted.parts, 1, value
    assert store.preview([ahead]) == store.preview([ahead])
    assert [key] == keys_of(one, store)
    assert (before, True) == (control.dump(key), 900 < control.ttl(key) <= 1000)


def test_busy_groups_stay_small(one: Server, store: RedisCounters) -> None:
    for start in range(0, 5000, 250):
        store.step_many(
            [
                [
                    (COUNT, "g", NOW + at, 1, None),
                    (SUM, "g", NOW + at, 1, at),
                    (FEW, "g", NOW + at, 1, f"v{at}"),
                    (ORDER, "g", NOW + at, 0b111, None),
                ]
                for at in range(start, start + 250)
            ]
        )
    control = one.client()

    def key(counted: Series) -> str:
        return counter_key(store.prefix, counted.key, "g")

    assert (64 + 1) * 11 == control.strlen(key(COUNT))
    assert (64 + 1) * 21 == control.strlen(key(SUM))
    assert 16 * 22 == control.strlen(key(FEW))
    # An eighth of the window may gather on top.
    assert 3 * 1024 <= control.zcard(key(ORDER)) <= 3 * (1024 + 128) + 1


def test_of_a_busy_group_little_is_written(one: Server, store: RedisCounters) -> None:
    """What is written goes to replicas and to files on disk."""
    figures(store, COUNT, *[(at, 1, None) for at in range(64)])
    control = one.client()
    (key,) = keys_of(one, store)
    before, length = control.info("commandstats")["cmdstat_set"]["calls"], control.strlen(key)
    assert [65, 66] == figures(store, COUNT, (63, 1, None), (63, 1, None))
    assert [67] == figures(store, COUNT, (63, 1, None))
    assert before == control.info("commandstats")["cmdstat_set"]["calls"]
    assert length == control.strlen(key)
