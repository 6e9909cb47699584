"""States packed into integers: nothing runs over, and whatever a window holds is read back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import PARTS, CounterUpdate, MemoryCounters, Scalar, Series, WindowFigure
from callguard.counters.groups.budget import Budget
from callguard.counters.groups.distinct import DistinctTable
from callguard.counters.groups.keys import GroupKeys
from callguard.counters.groups.lanes import LanesTable
from callguard.counters.groups.table import BUCKET, NUMBER, NUMBER_BITS
from callguard.counters.types.event_count import EventTable
from callguard.counters.types.sums import MOST, SumTable
from callguard.rules.correlation_types import TYPES
from callguard.times import LATEST_AT
from tests.oracles.counters import PlainCounters
from tests.strategies.counters import series

NEWEST = int(LATEST_AT) * 1024  # the last bucket of a series with a timespan of a second
STARTS = st.sampled_from([0, 5, 63, 64, 31_250_000, NEWEST - 5_000])
MOVES = st.sampled_from([0, 0, 1, 2, 31, 62, 63, 64, 65, 200, -1, -2, -62, -63, -64, -65])


def table(make: Any, of: Series) -> Any:
    budget = Budget(10_000)
    made = make(of, budget, GroupKeys())
    budget.tables.append(made)
    return made


# A bucket, so many events at once, and the sum of their values.
Crowd = tuple[int, int, int]


@st.composite
def crowds(draw: st.DrawFn) -> list[Crowd]:
    """Crowds of events around a moving head, 2**44 - 1 of them at most in all."""
    bucket = draw(STARTS)
    found = []
    left = NUMBER
    for _ in range(draw(st.integers(1, 12))):
        bucket = max(0, bucket + draw(MOVES))
        number = draw(st.sampled_from([1, 1, 2, left // 2, left // 3]))
        if not 0 < number < left:
            break
        left -= number
        found.append((bucket, number, number * draw(st.sampled_from([0, 1, 30_000, MOST]))))
    return found


def window(crowd: Sequence[Crowd], bucket: int) -> tuple[int, int]:
    """Number and sum of what lies in the window that a record in ``bucket`` is judged by."""
    end = max([bucket, *(one[0] for one in crowd)])
    held = [one for one in crowd if one[0] > end - PARTS]
    return sum(one[1] for one in held), sum(one[2] for one in held)


def counted(made: LanesTable, whole: Sequence[Crowd], sums: bool) -> None:
    """Give the crowds to the table's own arithmetic, one after another, and compare totals."""
    shard: dict[Any, Any] = {"a": whole[0][0]}
    first = whole[0][1] - 1 | (whole[0][2] << NUMBER_BITS if sums else 0)
    shard["a"] += first << BUCKET.bit_length()
    seen = [whole[0]]
    for bucket, number, total in whole[1:]:
        more = number | (total << NUMBER_BITS if sums else 0)
        if bucket <= max(one[0] for one in seen) - PARTS:
            assert 0 == made.move(shard, "a", shard["a"], bucket, more)
            continue
        judged = window(seen, bucket)
        read = made.move(shard, "a", shard["a"], bucket, 0)
        assert judged == (read & NUMBER, read >> NUMBER_BITS) if sums else judged[0] == read
        seen.append((bucket, number, total))
        held = window(seen, bucket)
        read = made.move(shard, "a", shard["a"], bucket, more)
        assert held == (read & NUMBER, read >> NUMBER_BITS) if sums else held[0] == read


@given(crowds())
def test_as_many_events_as_a_window_can_hold_are_told_apart(whole: list[Crowd]) -> None:
    if whole:
        counted(table(EventTable, series("event_count", 60)), whole, sums=False)


@given(crowds())
def test_as_many_values_as_large_as_can_be_add_up(whole: list[Crowd]) -> None:
    if whole:
        counted(table(SumTable, series("value_sum", 60)), whole, sums=True)


def test_no_value_of_a_record_is_too_large_to_add_up() -> None:
    assert int(LATEST_AT) * 1000 <= MOST


@pytest.mark.parametrize("value", [-1, MOST + 1, 0.5, "7", None])
def test_a_value_that_no_record_holds_is_refused(value: Scalar | None) -> None:
    step: CounterUpdate = (series("value_sum", 60), "a", 100, 1, value)
    with pytest.raises(ValueError, match=r"thousandths: expected a whole number up to \d+$"):
        MemoryCounters().step([step])


def test_buckets_of_the_last_second_there_is_fit() -> None:
    assert NEWEST <= BUCKET


@pytest.mark.parametrize("kind", [*TYPES])
@given(start=STARTS, data=st.data())
def test_one_group_far_and_wide(kind: Any, start: int, data: st.DataObject) -> None:
    of = series(kind, 60, rules=3, keep=16 if kind == "value_count" else 0)
    counters, plain = MemoryCounters(), PlainCounters()
    bucket = start
    for _ in range(data.draw(st.integers(1, 25))):
        bucket = max(0, bucket + data.draw(MOVES) * of.parts // PARTS)
        matched = data.draw(st.integers(0, 7 if kind.startswith("temporal") else 1))
        value = data.draw(st.integers(0, MOST if "sum" in kind or "avg" in kind else 40))
        step: CounterUpdate = (of, "+8613800138000", bucket, matched, value)
        assert plain.step([step]) == counters.step([step])


def test_values_beyond_those_told_apart_stay_bounded() -> None:
    of = series("value_count", 3600, keep=16)
    made: DistinctTable = table(DistinctTable, of)
    plain = PlainCounters()
    for number in range(500):
        # A few values come again and again, the others once; buckets pass slowly, and jump once.
        value = f"+86139{number % 9 if number % 3 else number:08}"
        bucket = 1000 + number // 8 + (200 if number > 400 else 0)
        figure: WindowFigure = made.step("a", bucket, 1, value)
        assert plain.step([(of, "a", bucket, 1, value)]) == [figure]
        assert made.held <= 2 * of.keep + 3


def test_words_beyond_those_with_a_number_are_told_apart_too() -> None:
    of = series("value_count", 3600, keep=16)
    made: DistinctTable = table(DistinctTable, of)
    for number in range(5_000):
        made.step(f"group {number}", 100, 1, f"word {number}")
    assert 4096 == len(made.words)
    for number in (0, 4095, 4096, 4999):
        group = f"group {number}"
        figures = [made.step(group, 100, 1, f"word {n}") for n in (number, 0, 4999, number)]
        assert [1, 1 + (number > 0), 2 + (0 < number < 4999), 2 + (0 < number < 4999)] == figures


def test_a_group_without_numbers_is_no_group_of_numbers() -> None:
    counters = MemoryCounters()
    of = series("value_count", 3600, keep=16)
    values: list[Scalar] = [
        "+8613800138000",
        8613800138000,
        "8613800138000",
        10**18,
        "+1" + "0" * 18,
    ]
    found = [counters.step([(of, "a", 100, 1, value)]) for value in values]
    assert [[1], [2], [3], [4], [5]] == found
