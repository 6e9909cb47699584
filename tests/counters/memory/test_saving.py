"""Saving while much else happens: kills, full disks, other processes, calls that go on."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from callguard.counters import CounterUpdate, MemoryCounters, WindowFigure
from callguard.counters.memory import saved
from callguard.errors import CounterError
from tests.strategies.counters import series

EVENTS = series("event_count", 60)
VALUES = series("value_count", 60, keep=64)
GUARD_S = 60  # hangs end here

# Fills a store and saves it. With an argument, it stops where that many bytes are written.
PROGRAM = """
import os, sys, time
from callguard.counters import MemoryCounters
from callguard.counters.memory import saved
from tests.strategies.counters import series

path, stop = sys.argv[1], int(sys.argv[2])
counters = MemoryCounters()
for number in range(20_000):
    counters.step([(series("event_count", 60), f"+86138{number:08}", 100, 1, None)])

class Slow(saved._Summed):
    written = 0
    def write(self, data):
        super().write(data)
        self._file.flush()
        self.written += len(data)
        if self.written >= stop:
            print("writing", flush=True)
            time.sleep(600)

saved._Summed = Slow
counters.save(path)
print("saved", flush=True)
"""


def small(calls: int) -> MemoryCounters:
    counters = MemoryCounters()
    for _ in range(calls):
        counters.step([(EVENTS, "a", 100, 1, None)])
    return counters


def calls_in(path: Path) -> int:
    (found,) = MemoryCounters.load(path).preview([(EVENTS, "a", 100, 0, None)])
    return number_of(found)


def number_of(figure: WindowFigure) -> int:
    assert not isinstance(figure, tuple)
    return figure or 0


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def saving(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of saving to ``counters``, where something was saved before."""
    small(3).save(tmp_path / "counters")
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "counters"), "20000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "writing\n" == process.stdout.readline()
        yield process
        process.kill()


def test_a_kill_in_the_middle_leaves_the_old_file_whole(
    saving: subprocess.Popen[str], tmp_path: Path
) -> None:
    assert [".counters.partial", "counters"] == names(tmp_path)
    assert (tmp_path / ".counters.partial").stat().st_size >= 20_000
    saving.send_signal(signal.SIGKILL)
    saving.wait(GUARD_S)
    assert 3 == calls_in(tmp_path / "counters")
    with pytest.raises(CounterError):
        MemoryCounters.load(tmp_path / ".counters.partial")
    small(5).save(tmp_path / "counters")  # takes over what the killed one left
    assert 5 == calls_in(tmp_path / "counters")
    assert ["counters"] == names(tmp_path)


@pytest.mark.usefixtures("saving")
def test_two_processes_do_not_save_to_one_file_at_once(tmp_path: Path) -> None:
    with pytest.raises(CounterError) as refusal:
        small(5).save(tmp_path / "counters")
    assert (
        f"{tmp_path / 'counters'}: another process is saving its counters there; "
        "give each its own file"
    ) == str(refusal.value)
    assert 3 == calls_in(tmp_path / "counters")


def test_a_disk_that_is_full_leaves_the_old_file_whole(tmp_path: Path) -> None:
    small(3).save(tmp_path / "counters")
    large = MemoryCounters()
    for number in range(5_000):
        large.step([(EVENTS, f"+86138{number:08}", 100, 1, None)])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(CounterError) as refusal:
            large.save(tmp_path / "counters")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (
        f"{tmp_path / 'counters'}: the counters could not be saved: File too large; "
        "make the folder writable and leave room in it"
    ) == str(refusal.value)
    assert ["counters"] == names(tmp_path)
    assert 3 == calls_in(tmp_path / "counters")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("gone/counters", "No such file or directory"),
        ("file/counters", "Not a directory"),
        ("folder", "Is a directory"),
    ],
)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: str, why: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(CounterError) as refusal:
        small(1).save(tmp_path / place)
    assert (
        f"{tmp_path / place}: the counters could not be saved: {why}; "
        "make the folder writable and leave room in it"
    ) == str(refusal.value)
    assert ["file", "folder"] == names(tmp_path)


def test_a_link_goes_on_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "counters").symlink_to(tmp_path / "real" / "counters")
    small(3).save(tmp_path / "counters")
    assert (tmp_path / "counters").is_symlink()
    assert 3 == calls_in(tmp_path / "real" / "counters")


def test_a_name_without_a_folder_is_in_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small(3).save("counters")
    assert 3 == calls_in(tmp_path / "counters")


def test_what_is_saved_while_calls_go_on_is_what_was_counted_then(tmp_path: Path) -> None:
    """Each group is saved with a count between that before the saving and that after it."""
    counters = MemoryCounters()
    groups = [f"+86138{number:08}" for number in range(6_000)]
    over = Event()
    rounds = 0

    def count() -> None:
        nonlocal rounds
        while not over.is_set():
            for number, group in enumerate(groups):
                steps: list[CounterUpdate] = [
                    (EVENTS, group, 100, 1, None),
                    (VALUES, group, 100, 1, f"word {rounds % 40} {number % 50}"),
                ]
                counters.step(steps)
            rounds += 1

    thread = Thread(target=count)
    thread.start()
    try:
        for _ in range(4):
            before = rounds
            counters.save(tmp_path / "counters")
            after = rounds + 1
            loaded = MemoryCounters.load(tmp_path / "counters")
            for group in groups:
                events, values = loaded.preview(
                    [(EVENTS, group, 100, 0, None), (VALUES, group, 100, 0, None)]
                )
                assert before <= number_of(events) <= after
                assert min(before, 40) <= number_of(values) <= min(after, 40)
    finally:
        over.set()
        thread.join(GUARD_S)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What is done one by one between the writes of a save."""
    todo: list[Callable[[], object]] = []
    write_as_before = saved._Summed.write

    def write(file: saved._Summed, data: bytes) -> None:
        write_as_before(file, data)
        if todo:
            todo.pop(0)()

    monkeypatch.setattr(saved._Summed, "write", write)
    return todo


@pytest.mark.parametrize("turn", [1, 2, 3, 30])
def test_no_group_is_lost_when_shards_are_split_meanwhile(
    tmp_path: Path, meanwhile: list[Callable[[], object]], turn: int
) -> None:
    counters = MemoryCounters()

    def grow(numbers: range) -> None:
        for number in numbers:
            counters.step([(EVENTS, f"+86138{number:08}", 100, 1, None)])

    before = range(4_000 if turn < 30 else 20_000)
    grow(before)
    meanwhile += [*[int] * turn, lambda: grow(range(25_000))]
    counters.save(tmp_path / "counters")
    assert not meanwhile
    loaded = MemoryCounters.load(tmp_path / "counters")
    for number in before:
        (found,) = loaded.preview([(EVENTS, f"+86138{number:08}", 100, 0, None)])
        assert found in {1, 2}
    assert len(before) <= loaded.stats().groups == loaded.stats().room <= 25_000


def test_a_reset_in_the_middle_of_a_save(
    tmp_path: Path, meanwhile: list[Callable[[], object]]
) -> None:
    counters = MemoryCounters()
    for number in range(5_000):
        counters.step([(EVENTS, f"+86138{number:08}", 100, 1, None)])
    meanwhile += [*[int] * 10, lambda: counters.reset(EVENTS.key)]
    counters.save(tmp_path / "counters")
    assert 0 < MemoryCounters.load(tmp_path / "counters").stats().groups < 5_000


def test_words_are_told_apart_after_a_reset_in_the_middle_of_a_save(
    tmp_path: Path, meanwhile: list[Callable[[], object]]
) -> None:
    counters = MemoryCounters()
    for number in range(5_000):
        counters.step([(VALUES, f"+86138{number:08}", 100, 1, "first word")])

    def reset() -> None:
        counters.reset(VALUES.key)
        counters.step([(VALUES, "+861", 100, 1, "second word")])

    meanwhile += [*[int] * 10, reset]
    counters.save(tmp_path / "counters")
    loaded = MemoryCounters.load(tmp_path / "counters")
    for number in range(5_000):
        group = f"+86138{number:08}"
        if loaded.preview([(VALUES, group, 100, 0, None)]) == [1]:
            assert [1, 2] == loaded.step(
                [(VALUES, group, 100, 1, word) for word in ("first word", "second word")]
            )


def test_threads_save_one_after_another(tmp_path: Path) -> None:
    counters = small(3)
    failed = []

    def save() -> None:
        for _ in range(10):
            try:
                counters.save(tmp_path / "counters")
            except CounterError as error:
                failed.append(error)

    threads = [Thread(target=save) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_S)
    assert [] == failed
    assert 3 == calls_in(tmp_path / "counters")
