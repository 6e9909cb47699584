from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from callguard.takedown.registry.fold import contested_until, whole_numbers
from callguard.takedown.registry.layout import NONE
from tests.made.registries import Row, contested, row, table

# Long groups of one number, so that the scan takes several steps.
intervals = st.tuples(
    st.integers(1, 3),
    st.integers(0, 3),
    st.integers(-30, 40),
    st.one_of(st.none(), st.integers(0, 25)),
)


def feed(lines: list[tuple[int, int, int, int | None]]) -> list[Row]:
    rows = [
        row(number, owner, start, None if length is None else start + length)
        for number, owner, start, length in lines
    ]
    return sorted(rows, key=lambda one: (one["number"], one["registered_at"]))


@given(st.lists(intervals, max_size=60).map(feed))
def test_disputes_equal_comparing_each_with_each(rows: list[Row]) -> None:
    found = contested_until(table(rows))
    expected = [one["contested_until"] for one in contested(rows)]
    assert expected == [None if until == NONE else until for until in found.tolist()]


def test_a_number_with_very_many_rows() -> None:
    rows = feed([(1, owner % 97, owner, 3) for owner in range(3000)])
    found = contested_until(table(rows[:0]))
    assert [] == found.tolist()
    columns = table(rows[:200])
    assert [one["contested_until"] for one in contested(rows[:200])] == contested_until(
        columns
    ).tolist()


@given(st.lists(st.integers(0, 9), max_size=40).map(sorted), st.integers(1, 7))
def test_no_number_is_cut_in_two(numbers: list[int], size: int) -> None:
    schema = pa.schema([pa.field("number", pa.int64())])
    batches = [
        pa.RecordBatch.from_arrays([pa.array(numbers[start : start + size])], schema=schema)
        for start in range(0, len(numbers), size)
    ]
    found = [part["number"].to_pylist() for part in whole_numbers(batches)]
    assert numbers == [number for part in found for number in part]
    for before, after in pairwise(found):
        assert before[-1] < after[0]
    assert all(len(part) for part in found)
    assert np.all([part == sorted(part) for part in found])
