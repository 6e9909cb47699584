"""When the counters in memory are full: who is forgotten, who is not, and that it stays so."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import CounterUpdate, MemoryCounters, Scalar, Series, WindowFigure
from tests.oracles.counters import PlainCounters
from tests.strategies.counters import series

EVENTS = series("event_count", 3600)
OTHERS = series("event_count", 60)
SUMS = series("value_sum", 3600)
VALUES = series("value_count", 3600, keep=64)
ORDER = series("temporal_ordered", 3600, rules=3)
# What one step may take beyond, before somebody is forgotten: a group that grows most.
ONE_STEP = 9


def caller(number: int) -> str:
    return f"+86138{number:08}"


def count(
    counters: MemoryCounters,
    group: int,
    bucket: int = 100,
    of: Series = EVENTS,
    value: Scalar | None = None,
) -> WindowFigure:
    (found,) = counters.step([(of, caller(group), bucket, 1, value)])
    return found


def kept(
    counters: MemoryCounters, group: int, bucket: int = 100, of: Series = EVENTS
) -> WindowFigure:
    (found,) = counters.preview([(of, caller(group), bucket, 0, None)])
    return found


def test_nobody_is_forgotten_while_there_is_room_in_any_series() -> None:
    counters = MemoryCounters(max_groups=1000)
    for number in range(500):
        count(counters, number)
        count(counters, number, of=OTHERS)
    assert (1000, 1000, 0) == (
        counters.stats().groups,
        counters.stats().room,
        counters.stats().evicted,
    )
    assert [1] * 1000 == [kept(counters, n, of=of) for n in range(500) for of in (EVENTS, OTHERS)]


def test_the_light_are_forgotten_and_the_heavy_are_not() -> None:
    counters = MemoryCounters(max_groups=200)
    for heavy in range(50):
        for _ in range(2 + heavy):
            count(counters, heavy)
    for light in range(1000, 6000):
        count(counters, light)
    assert [2 + heavy for heavy in range(50)] == [kept(counters, heavy) for heavy in range(50)]
    assert 1 == kept(counters, 5999)
    assert None is kept(counters, 1000)


def test_among_the_light_those_seen_longest_ago_are_forgotten() -> None:
    counters = MemoryCounters(max_groups=100)
    for number in range(100):
        count(counters, number, bucket=100 + number // 4)
    count(counters, 100, bucket=125)
    assert [None] * 25 + [1] * 76 == [kept(counters, number, bucket=125) for number in range(101)]
    assert (76, 76, 100, 25) == (
        counters.stats().groups,
        counters.stats().room,
        counters.stats().max_groups,
        counters.stats().evicted,
    )


def test_who_counted_most_is_forgotten_first_when_the_window_has_passed() -> None:
    counters = MemoryCounters(max_groups=100)
    for _ in range(50):
        count(counters, 0, bucket=100)
    for number in range(1, 100):
        count(counters, number, bucket=101)
    count(counters, 1, bucket=164)
    count(counters, 100, bucket=164)
    assert None is kept(counters, 0, bucket=100)
    # A quarter goes at a time: the others are of those that counted least.
    assert 25 == counters.stats().evicted
    assert [2, *[None] * 24, *[1] * 75] == [
        kept(counters, number, bucket=164) for number in range(1, 101)
    ]


def test_nobody_in_a_window_is_forgotten_where_enough_windows_have_passed() -> None:
    counters = MemoryCounters(max_groups=100)
    for number in range(30):
        count(counters, number, bucket=100)
    for number in range(30, 100):
        count(counters, number, bucket=140)
    count(counters, 100, bucket=164)
    assert [None] * 30 + [1] * 71 == [kept(counters, number, bucket=164) for number in range(101)]


def test_the_series_that_has_most_gives_way() -> None:
    counters = MemoryCounters(max_groups=1000)
    for number in range(100):
        count(counters, number, of=OTHERS)
    for number in range(10_000):
        count(counters, number)
    assert [1] * 100 == [kept(counters, number, of=OTHERS) for number in range(100)]
    for number in range(100, 500):
        count(counters, number, of=OTHERS)
    assert [1] * 500 == [kept(counters, number, of=OTHERS) for number in range(500)]


def test_values_take_room_as_groups_do() -> None:
    counters = MemoryCounters(max_groups=1000)
    for number in range(40):
        for value in range(50):
            count(counters, number, of=VALUES, value=f"+86139{value:08}")
            assert counters.stats().room <= 1000 + ONE_STEP
    # Room for a thousand groups with one value each is room for twenty with fifty.
    assert 10 < counters.stats().groups <= 20
    assert 20 < counters.stats().evicted


@pytest.mark.parametrize("of", [EVENTS, SUMS, VALUES, ORDER])
def test_groups_that_grow_take_no_more_than_there_is(of: Series) -> None:
    counters = MemoryCounters(max_groups=500)
    for bucket in range(1000, 1000 + of.parts * 2, max(1, of.parts // 40)):
        for number in range(100):
            counters.step([(of, caller(number), bucket, 1, bucket * 1000)])
            assert counters.stats().room <= 500 + ONE_STEP
    counters.reset(of.key)
    assert (0, 0) == (counters.stats().groups, counters.stats().room)


def test_a_preview_makes_nobody_forgotten() -> None:
    counters = MemoryCounters(max_groups=10)
    for number in range(10):
        count(counters, number)
    assert [1] * 20 == [
        *[counters.preview([(EVENTS, caller(n), 100, 1, None)])[0] for n in range(10, 30)]
    ]
    assert [1] * 10 == [kept(counters, number) for number in range(10)]
    assert 0 == counters.stats().evicted


def test_room_comes_back() -> None:
    counters = MemoryCounters(max_groups=100)
    for number in range(100):
        count(counters, number, of=VALUES if number % 2 else EVENTS, value=number)
    counters.reset(VALUES.key)
    counters.reset(EVENTS.key, caller(0))
    assert 49 == counters.stats().room
    for number in range(51):
        count(counters, number, of=OTHERS)
    assert 0 == counters.stats().evicted
    counters.retain(counters, frozenset({EVENTS.key}))
    assert (49, 49) == (counters.stats().groups, counters.stats().room)


def test_room_for_one_holds_the_newest() -> None:
    counters = MemoryCounters(max_groups=1)
    assert [1, 1, 1, 2] == [count(counters, number) for number in (0, 1, 0, 0)]


def test_a_crowd_passes_through_and_the_heavy_keep_their_counts() -> None:
    """Five times as many as there is room for, over two windows, in shards that were split."""
    counters, plain = MemoryCounters(max_groups=20_000), PlainCounters()
    draw = Random(1)
    heavy = [f"+4930{number:06}" for number in range(300)]
    for number in range(100_000):
        bucket = 1000 + number // 800
        if number < 900 or number % 10 == 0:
            who = heavy[number % 300] if number < 900 else draw.choice(heavy)
            repeated: list[CounterUpdate] = [
                (EVENTS, who, bucket, 1, None),
                (VALUES, who, bucket, 1, f"+86139{draw.randrange(20):08}"),
                (SUMS, who, bucket, 1, number),
            ]
            assert plain.step(repeated) == counters.step(repeated)
        count(counters, number, bucket)
        assert number % 1_000 or counters.stats().room <= 20_000 + ONE_STEP
    assert counters.stats().evicted > 80_000


@given(st.integers(1, 60), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=60))
def test_whoever_is_kept_is_counted_exactly(max_groups: int, calls: list[tuple[int, int]]) -> None:
    """A group starts anew when it was forgotten; until then its figure is the plain one."""
    counters = MemoryCounters(max_groups)
    plain = PlainCounters()
    for group, later in calls:
        bucket = 100 + later
        step: CounterUpdate = (EVENTS, caller(group), bucket, 1, None)
        if kept(counters, group, bucket=100) is None:
            plain.reset(EVENTS.key, caller(group))
        assert plain.step([step]) == counters.step([step])
        assert counters.stats().room <= max_groups + ONE_STEP
