"""The counters in memory as their users see them: steps, ids, owners, resets, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from callguard.counters import CounterUpdate, Group, MemoryCounters, Scalar, WindowFigure
from callguard.counters.memory import store as module
from tests.strategies.counters import series

EVENTS = series("event_count", 60)
OTHERS = series("event_count", 3600)
SUMS = series("value_sum", 60)


def step(
    of: Any = EVENTS, group: Group = "a", bucket: int = 100, value: Scalar | None = None
) -> CounterUpdate:
    return of, group, bucket, 1, value


def answers(*steps: CounterUpdate) -> list[WindowFigure]:
    counters = MemoryCounters()
    return [counters.step([one])[0] for one in steps]


def test_the_steps_of_one_record_are_counted_one_after_another() -> None:
    assert [1, 2] == MemoryCounters().step([step(), step()])


def test_the_steps_of_one_preview_do_not_see_each_other() -> None:
    assert [1, 1] == MemoryCounters().preview([step(), step()])


@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_preview_counts_nothing_however_often_it_is_asked(before: int) -> None:
    counters = MemoryCounters()
    for _ in range(before):
        counters.step([step()])
    stats = counters.stats()
    assert [[before + 1]] * 3 == [counters.preview([step()]) for _ in range(3)]
    assert stats == counters.stats()


def test_a_preview_of_what_cannot_be_counted_leaves_all_as_it_was() -> None:
    counters = MemoryCounters()
    counters.step([step(SUMS, value=5)])
    stats = counters.stats()
    with pytest.raises(ValueError, match="thousandths"):
        counters.preview([step(SUMS, value=-5)])
    assert stats == counters.stats()
    assert [(2, 10)] == counters.step([step(SUMS, value=5)])


def test_series_and_groups_are_counted_apart() -> None:
    assert [1] * 4 == answers(step(), step(OTHERS), step(group="b"), step(group=("a", "b")))


def test_equal_numbers_are_one_group() -> None:
    assert [1, 2] == answers(step(group=("a", 5)), step(group=("a", 5.0)))


@pytest.mark.parametrize(("bucket", "expected"), [(163, 2), (164, 1), (37, 2), (36, None)])
def test_the_window_is_sixty_four_buckets_long(bucket: int, expected: WindowFigure) -> None:
    assert [1, expected] == answers(step(bucket=100), step(bucket=bucket))


def test_a_counter_of_one_series_counts_where_the_store_does() -> None:
    counters = MemoryCounters()
    count = counters.counter(EVENTS)
    with counters.lock:
        assert 1 == count("a", 100, 1, None)
    assert [2] == counters.step([step()])


def test_room_for_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="max_groups 0: expected 1 or more"):
        MemoryCounters(max_groups=0)


class Owner:
    """Somebody who counts."""


def test_what_its_owner_counts_no_more_is_forgotten() -> None:
    counters, owner = MemoryCounters(), Owner()
    counters.step([step(), step(OTHERS)])
    counters.retain(owner, frozenset({EVENTS.key}))
    assert 1 == counters.stats().groups
    assert [2, 1] == counters.step([step(), step(OTHERS)])


def test_what_another_counts_is_kept() -> None:
    counters, one, other = MemoryCounters(), Owner(), Owner()
    counters.retain(one, frozenset({EVENTS.key}))
    counters.step([step()])
    counters.retain(other, frozenset({OTHERS.key}))
    counters.retain(other, frozenset())
    assert [2] == counters.step([step()])


def test_what_somebody_counted_who_is_gone_is_forgotten() -> None:
    counters, one = MemoryCounters(), Owner()
    counters.retain(one, frozenset({EVENTS.key}))
    counters.step([step()])
    del one
    counters.retain(other := Owner(), frozenset())
    assert [1] == counters.step([step()])
    del other


def test_what_its_owner_counts_again_is_counted_anew() -> None:
    counters, owner = MemoryCounters(), Owner()
    counters.step([step()])
    counters.retain(owner, frozenset())
    counters.retain(owner, frozenset({EVENTS.key}))
    assert [1, 2] == counters.step([step(), step()])


def test_a_counter_taken_before_its_owner_said_so_still_counts_where_the_store_does() -> None:
    counters, one, other = MemoryCounters(), Owner(), Owner()
    count = counters.counter(EVENTS)
    counters.retain(other, frozenset({OTHERS.key}))  # another guard loads its rules meanwhile
    counters.retain(one, frozenset({EVENTS.key}))
    with counters.lock:
        assert 1 == count("a", 100, 1, None)
    assert [2] == counters.step([step()])


def test_a_reset_says_how_many_groups_it_forgot() -> None:
    counters = MemoryCounters()
    counters.step([step(), step(group="b"), step(OTHERS)])
    assert [0, 1, 0, 1, 0] == [
        counters.reset("unknown"),
        counters.reset(EVENTS.key, "a"),
        counters.reset(EVENTS.key, "a"),
        counters.reset(EVENTS.key),
        counters.reset(EVENTS.key),
    ]
    assert [1, 2] == counters.step([step(), step(OTHERS)])
    assert 2 == counters.stats().groups


def test_a_record_that_comes_again_is_judged_and_not_counted() -> None:
    counters = MemoryCounters()
    assert [[1]] == counters.step_many([[step()]], ["1-0"])
    assert [[1]] == counters.step_many([[step()]], ["1-0"])
    assert [[2], [2]] == counters.step_many([[step()], [step()]], ["2-0", "1-0"])
    counters.forget_ids([[step()]], ["1-0"])
    assert [[3]] == counters.step_many([[step()]], ["1-0"])


def test_the_newest_ids_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_IDS", 3)
    counters = MemoryCounters()
    for name in ("1", "2", "3", "4"):
        counters.step_many([[step()]], [name])
    assert [[4], [4], [4], [5]] == counters.step_many([[step()]] * 4, ["4", "3", "2", "1"])


def test_threads_lose_no_event() -> None:
    counters = MemoryCounters()
    sums = series("value_sum", 3600)
    distinct = series("value_count", 3600, keep=1024)

    def count(thread: int) -> None:
        for number in range(500):
            group = f"+86138{number % 7:08}"
            counters.step(
                [
                    step(group=group),
                    step(sums, group, value=2),
                    step(distinct, group, value=f"+86139{thread:04}{number:04}"),
                ]
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    whole = [
        counters.preview(
            [
                (EVENTS, group, 100, 0, None),
                (sums, group, 100, 0, None),
                (distinct, group, 100, 0, None),
            ]
        )
        for group in (f"+86138{number:08}" for number in range(7))
    ]
    calls = [4 * len(range(number, 500, 7)) for number in range(7)]
    assert [[number, (number, 2 * number), number] for number in calls] == whole
