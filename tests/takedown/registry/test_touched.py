from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callguard.takedown.model import row_schema
from callguard.takedown.registry import index, mapped, writer
from callguard.takedown.registry.mapped import MappedFile
from callguard.takedown.registry.segment import current_rows, write_segment
from callguard.takedown.registry.store import Registry
from tests.made.registries import DAY, Row, make_registry, row
from tests.oracles import registry as oracle
from tests.oracles.registry import Pair

# Records in a block, records looked at around one, keys that are many, keys in a piece. A piece of
# none has one, and files that are never in the page cache.
Sizes = tuple[int, int, int, int]
BIG = (1 << 63) - 1


def ask(registry: Registry, pairs: Sequence[Pair]) -> list[Row]:
    numbers = np.array([number for number, _ in pairs], np.int64)
    at = np.array([moment for _, moment in pairs], np.int64)
    found = registry.touched(numbers, at)
    assert row_schema() == found.schema
    rows: list[Row] = found.to_pylist()
    return rows


# Few owners, numbers and days: rows meet, repeat, overlap, touch and are taken back.
owners = st.sampled_from([(0, 0), (0, 1), (-1, BIG), (-1, -BIG), (BIG, 3)])
rows_of_feeds = st.builds(
    lambda owner, line, days: {
        **row(
            line[0],
            0,
            days[0],
            None if days[1] is None else days[0] + days[1],
            activated=None if days[2] is None else days[0] + days[2],
            carrier=line[1],
            kind=line[2],
            owner_id=line[3],
        ),
        "owner_hi": owner[0],
        "owner_lo": owner[1],
        "agent": line[4],
    },
    owners,
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["CT", "CM", "Ünicom", "中国"]),
        st.sampled_from(["person", "company"]),
        st.sampled_from([None, "a", "号码"]),
        st.sampled_from([None, "shop", "Amt"]),
    ),
    st.tuples(
        st.integers(-3, 9),
        st.one_of(st.none(), st.integers(0, 8)),
        st.one_of(st.none(), st.integers(0, 4)),
    ),
)
pairs_of_questions = st.lists(
    st.tuples(st.integers(0, 7), st.integers(-4, 14).map(lambda day: day * DAY)), max_size=5
)


whole_histories = given(
    feeds=st.lists(st.lists(rows_of_feeds, max_size=14), min_size=1, max_size=4),
    questions=st.lists(pairs_of_questions, min_size=1, max_size=4),
    sizes=st.sampled_from([(1, 1, 0, 0), (2, 2, 3, 1), (3, 5, 1, 0), (64, 16, 256, 2048)]),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@whole_histories
def test_equals_looking_at_every_row(
    feeds: list[list[Row]], questions: list[list[Pair]], sizes: Sizes
) -> None:
    compare(feeds, questions, sizes)


@pytest.mark.long
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@whole_histories
def test_equals_looking_at_every_row_of_many_histories(
    feeds: list[list[Row]], questions: list[list[Pair]], sizes: Sizes
) -> None:
    compare(feeds, questions, sizes)


def compare(feeds: list[list[Row]], questions: list[list[Pair]], sizes: Sizes) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        block, around, many, piece = sizes
        patch.setattr(index, "BLOCK", block)
        patch.setattr(writer, "BLOCK", block)
        patch.setattr(index, "_AROUND", around)
        patch.setattr(index, "_MANY", many)
        patch.setattr(mapped, "_PIECE", max(piece, 1))
        if not piece:
            patch.setattr(MappedFile, "_cached", lambda *_: False)
        expected = oracle.current(*feeds)
        with Registry.open(make_registry(Path(folder), *feeds)) as registry:
            assert len(expected) == registry.manifest.rows
            assert len({one["number"] for one in expected}) == registry.manifest.numbers
            for pairs in questions:
                assert oracle.touched(expected, pairs) == ask(registry, pairs)
            numbers = np.array([pair[0] for pair in questions[0]], np.int64)
            mine = [one for one in expected if one["number"] in numbers]
            assert mine == registry.rows_of(numbers).to_pylist()
            assert sorted(expected, key=by_owner) == listed(registry)


def by_owner(one: Row) -> tuple[int, int, int, int, str]:
    return (*oracle.owner(one), one["number"], one["registered_at"], one["carrier"])


def listed(registry: Registry) -> list[Row]:
    return [one for batch in registry.rows() for one in batch.to_pylist()]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], Path]:
    """Thousands of rows in a base and two deltas, one owner with a third of them."""
    chance = random.Random(4)
    feeds: list[list[Row]] = []
    for count in (6000, 900, 300):
        feed = []
        for _ in range(count):
            holder = 7 if chance.random() < 0.3 else chance.randrange(-900, 900)
            start = chance.randrange(3000)
            closed = start + chance.randrange(900) if chance.random() < 0.4 else None
            one = row(chance.randrange(1, 4000), holder, start, closed, owner_id=f"o{holder}")
            feed.append({**one, "agent": chance.choice([None, "x", "y"])})
        feeds.append(feed)
    return oracle.current(*feeds), make_registry(tmp_path_factory.mktemp("large"), *feeds)


@pytest.mark.parametrize("count", [1, 40, 700])
def test_many_blocks(large: tuple[list[Row], Path], count: int) -> None:
    rows, folder = large
    chance = random.Random(count)
    pairs = [(chance.randrange(0, 4100), chance.randrange(3000) * DAY) for _ in range(count)]
    with Registry.open(folder) as registry:
        assert oracle.touched(rows, pairs) == ask(registry, pairs)


def test_rows_come_in_batches_by_owner(
    large: tuple[list[Row], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, folder = large
    monkeypatch.setattr("callguard.takedown.registry.store._BATCH", 500)
    with Registry.open(folder) as registry:
        assert len(list(registry.rows())) > 3
        assert sorted(rows, key=by_owner) == listed(registry)


def test_a_compacted_registry_answers_the_same(
    large: tuple[list[Row], Path], tmp_path: Path
) -> None:
    rows, folder = large
    with Registry.open(folder) as registry:
        written = write_segment(tmp_path, "compacted", current_rows(registry))
    assert (len(rows), len(rows), 0) == (written.rows, written.total_rows, written.replaced)
    found = pq.read_table(tmp_path / "segments/compacted/by_number.parquet")
    assert rows == found.to_pylist()


def test_a_number_that_a_delta_has_is_superseded_in_the_base(tmp_path: Path) -> None:
    base = [row(1, 5, 0, None), row(2, 5, 0, None), row(3, 6, 0, None)]
    # The delta closes number 1 of owner 5, and owner 6 takes it over.
    delta = [row(1, 5, 0, 10), row(1, 6, 20)]
    rows = oracle.current(base, delta)
    with Registry.open(make_registry(tmp_path, base, delta)) as registry:
        assert [(1, 5, 10 * DAY), (1, 6, None), (3, 6, None)] == [
            (one["number"], one["owner_hi"], one["closed_at"])
            for one in ask(registry, [(1, 25 * DAY)])
        ]
        assert oracle.touched(rows, [(2, 5 * DAY)]) == ask(registry, [(2, 5 * DAY)])
        assert [1, 1] == [one["number"] for one in ask(registry, [(1, 15 * DAY)])]


def test_moments_are_half_open(tmp_path: Path) -> None:
    with Registry.open(make_registry(tmp_path, [row(1, 5, 2, 4), row(2, 5, 0)])) as registry:
        for moment, count in [(2 * DAY - 1, 1), (2 * DAY, 2), (4 * DAY - 1, 2), (4 * DAY, 1)]:
            assert count == len(ask(registry, [(1, moment)]))


def test_one_number_with_several_moments_finds_both_owners(tmp_path: Path) -> None:
    feed = [row(1, 5, 0, 4), row(1, 6, 4), row(2, 5, 0), row(3, 6, 0), row(4, 7, 0)]
    with Registry.open(make_registry(tmp_path, feed)) as registry:
        assert [1, 1, 2, 3] == [one["number"] for one in ask(registry, [(1, 5 * DAY), (1, 0)])]


def test_an_empty_registry_has_nothing(tmp_path: Path) -> None:
    with Registry.open(make_registry(tmp_path, [])) as registry:
        assert [] == ask(registry, [(1, 0)])
        assert [] == ask(registry, [])
        assert [] == listed(registry)
        registry.verify()


def test_a_delta_on_an_empty_base(tmp_path: Path) -> None:
    feed = [row(1, 5, 0)]
    with Registry.open(make_registry(tmp_path, [], feed, [])) as registry:
        assert oracle.current(feed) == ask(registry, [(1, 0)]) == listed(registry)


def test_one_row(tmp_path: Path) -> None:
    feed = [row(8613800138000, -5, 100, owner_id="持有人", activated=101.5)]
    with Registry.open(make_registry(tmp_path, feed)) as registry:
        expected = oracle.current(feed)
        assert expected == ask(registry, [(8613800138000, 101 * DAY)])
        assert [] == ask(registry, [(8613800138001, 101 * DAY)])
        assert [] == ask(registry, [(0, 0), (-BIG, 0), (BIG, 0)])


def test_an_owner_with_fifty_thousand_rows(tmp_path: Path) -> None:
    feed = [row(number, 77 if number % 6 else number, 1) for number in range(1, 60_001)]
    with Registry.open(make_registry(tmp_path, feed)) as registry:
        found = registry.touched(np.array([1, 6, 6]), np.array([2, 2, 0]) * DAY)
        assert [6] + [number for number in range(1, 60_001) if number % 6] == sorted(
            found["number"].to_pylist(), key=lambda number: (number != 6, number)
        )
