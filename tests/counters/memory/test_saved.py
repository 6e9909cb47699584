"""Counters in a file: what is loaded answers as what was saved; anything else is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import CounterUpdate, Group, MemoryCounters
from callguard.counters.memory.saved import MAGIC
from callguard.errors import CounterError
from tests.strategies.counters import LOOK_ALIKES, MANY_VALUES, SERIES, VALUES, series

EVENTS = series("event_count", 60)
GROUPS: list[Group] = [group for alike in LOOK_ALIKES for group in alike] + [
    "\ud800",
    ("a", "\udfff"),
]
WORDS = [value for alike in VALUES for value in alike] + [*MANY_VALUES[:60]]


@st.composite
def steps(draw: st.DrawFn) -> CounterUpdate:
    of = draw(st.sampled_from(SERIES))
    value: Any = draw(st.integers(0, 10**12))
    if of.kind == "value_count":
        value = draw(st.sampled_from(WORDS))
    # Far on in time for some series, so that windows slide and pass.
    bucket = draw(st.sampled_from([0, 1_000, 31_250_000, 10**13])) + draw(st.integers(0, 150))
    matched = draw(st.integers(0, (1 << of.rules) - 1))
    return of, draw(st.sampled_from(GROUPS[:12] + GROUPS[-3:])), bucket, matched, value


@given(st.lists(steps(), max_size=60), st.lists(steps(), max_size=30))
def test_what_was_loaded_answers_as_what_was_saved(
    before: list[CounterUpdate], after: list[CounterUpdate]
) -> None:
    counters = MemoryCounters()
    counters.step(before)
    with TemporaryDirectory() as folder:
        path = Path(folder, "counters")
        counters.save(path)
        loaded = MemoryCounters.load(path)
        assert counters.stats() == loaded.stats()
        loaded.save(path)  # and what was loaded can be saved
        again = MemoryCounters.load(path)
    for step in after:
        expected = counters.step([step])
        assert [expected, expected] == [loaded.step([step]), again.step([step])]


def test_every_group_is_loaded(tmp_path: Path) -> None:
    counters = MemoryCounters()
    every: list[CounterUpdate] = [(of, group, 100, 1, 7) for of in SERIES for group in GROUPS]
    counters.step(every)
    counters.save(tmp_path / "counters")
    loaded = MemoryCounters.load(tmp_path / "counters")
    assert counters.stats() == loaded.stats()
    assert counters.step(every) == loaded.step(every)


def test_many_groups_are_loaded(tmp_path: Path) -> None:
    counters = MemoryCounters()
    for number in range(20_000):
        counters.step([(EVENTS, f"+86138{number:08}", 100, 1, None)])
    counters.save(tmp_path / "counters")
    loaded = MemoryCounters.load(tmp_path / "counters")
    assert counters.stats() == loaded.stats()
    for number in range(20_000):
        assert [2] == loaded.step([(EVENTS, f"+86138{number:08}", 100, 1, None)])


def test_a_smaller_store_takes_what_there_is_room_for(tmp_path: Path) -> None:
    counters = MemoryCounters()
    for number in range(1_000):
        for _ in range(1 + number // 950):
            counters.step([(EVENTS, f"+86138{number:08}", 100 + number // 50, 1, None)])
    counters.save(tmp_path / "counters")
    loaded = MemoryCounters.load(tmp_path / "counters", max_groups=200)
    assert 150 <= loaded.stats().room <= 200
    assert [2] * 50 == [
        loaded.preview([(EVENTS, f"+86138{number:08}", 119, 0, None)])[0]
        for number in range(950, 1_000)
    ]


def test_nothing_at_all_can_be_saved_and_loaded(tmp_path: Path) -> None:
    MemoryCounters().save(tmp_path / "counters")
    assert 0 == MemoryCounters.load(tmp_path / "counters").stats().groups


def test_ids_are_not_saved(tmp_path: Path) -> None:
    counters = MemoryCounters()
    record: Sequence[CounterUpdate] = [(EVENTS, "a", 100, 1, None)]
    counters.step_many([record], ["1-0"])
    counters.save(tmp_path / "counters")
    assert [[2]] == MemoryCounters.load(tmp_path / "counters").step_many([record], ["1-0"])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Counters of every kind in a small file."""
    counters = MemoryCounters()
    for group in ("+8613800138000", ("+861", "x")):
        counters.step([(of, group, bucket, 1, bucket) for of in SERIES for bucket in (100, 103)])
    counters.save(tmp_path / "counters")
    return tmp_path / "counters"


def refused(path: Path, data: bytes) -> bool:
    """Whether a file with these bytes is refused."""
    path.unlink()  # some file systems wait for the disk when a file is emptied and written anew
    path.write_bytes(data)
    try:
        MemoryCounters.load(path)
    except CounterError:
        return True
    return False


def test_a_file_that_was_cut_short_anywhere_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    assert 500 < len(whole) < 10_000
    for length in range(len(whole)):
        assert refused(saved, whole[:length])


def test_a_file_with_one_bit_changed_anywhere_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for place in range(len(whole)):
        changed = bytes([whole[place] ^ 1 << place % 8])
        assert refused(saved, whole[:place] + changed + whole[place + 1 :])


def test_a_file_with_something_after_its_end_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"\0")
    with pytest.raises(CounterError, match="damaged"):
        MemoryCounters.load(saved)


def refusal(path: Path) -> str:
    with pytest.raises(CounterError) as found:
        MemoryCounters.load(path)
    return str(found.value)


def test_a_damaged_file_is_named_with_a_remedy(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-1])
    assert (
        f"{saved}: the file is damaged or was cut short (its checksum is wrong); "
        "restore it from a copy, or remove it to start counting from zero"
    ) == refusal(saved)


def test_a_foreign_file_is_named_with_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("title: Many calls from one number")
    assert (
        f"{path}: expected saved counters, which begin with 'callguard counters 1', "
        "found b'title: Many calls fro'; name another file"
    ) == refusal(path)


def test_a_file_of_another_version_is_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes().replace(b"counters 1", b"counters 2", 1))
    assert "found b'callguard counters 2\\n" in refusal(saved)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "gone"
    assert (
        f"{path}: the counters could not be read: No such file or directory; "
        "name a file that counters were saved to"
    ) == refusal(path)


SHAPE = ["01" * 16, "event_count", 60, 64, 1, 0, 1]
END: dict[str, list[str]] = {"words": []}


@pytest.mark.parametrize(
    "objects",
    [
        [5],
        [SHAPE],
        [SHAPE, None],
        [SHAPE[:-1], END],
        [[*SHAPE, 1], END],
        [["01" * 16, "median", 60, 64, 1, 0, 1], END],
        [[7, *SHAPE[1:]], END],
        [[*SHAPE[:2], 60.5, *SHAPE[3:]], END],
        [[*SHAPE[:2], 0, *SHAPE[3:]], END],
        [[*SHAPE[:2], True, *SHAPE[3:]], END],
        [[*SHAPE[:3], 1 << 30, *SHAPE[4:]], END],
        [[*SHAPE[:4], 0, *SHAPE[5:]], END],
        [[*SHAPE[:5], -1, 1], END],
        [[*SHAPE[:6], 3], END],
        [[*SHAPE[:6], 1 << 62], END],
        [["01" * 16, "temporal", 60, 64, 1 << 20, 0, 1], END],
        [["01" * 16, "temporal_ordered", 60, 64, 2, 0, 1], END],
        [SHAPE, {}],
        [SHAPE, [5], END],
        [SHAPE, [["a"]], END],
        [SHAPE, [["a", 5, 6]], END],
        [SHAPE, [["a", None]], END],
        [SHAPE, [["a", "b"]], END],
        [SHAPE, [["a", -5]], END],
        [SHAPE, [["a", [None, 5]]], END],
        [["01" * 16, "value_count", 60, 64, 1, 16, 1], [["a", [None]]], END],
        [["01" * 16, "value_count", 60, 64, 1, 16, 1], [["a", ["b", 5]]], END],
        [["01" * 16, "value_count", 60, 64, 1, 16, 1], [["a", [None, "b"]]], END],
        [SHAPE, [[{"a": 1}, 5]], END],
        [SHAPE, [["a", msgpack.ExtType(9, b"1")]], END],
    ],
)
def test_a_whole_file_with_something_else_in_it_is_refused(
    tmp_path: Path, objects: list[Any]
) -> None:
    path = tmp_path / "counters"
    data = MAGIC + b"".join(map(msgpack.packb, objects))
    path.write_bytes(data + hashlib.blake2b(data, digest_size=32).digest())
    assert (
        f"{path}: found no counters of this version in it; "
        "restore it from a copy, or remove it to start counting from zero"
    ) == refusal(path)


def test_only_its_owner_may_read_the_file(saved: Path) -> None:
    assert 0o600 == saved.stat().st_mode & 0o777
