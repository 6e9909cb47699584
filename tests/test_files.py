"""Files and folders that are whole or absent."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from callguard import files
from callguard.errors import PlanError
from callguard.files import (
    WholeFile,
    digest_of,
    locked,
    named,
    whole_file,
    whole_folder,
    write_whole,
)

GUARD_S = 60  # hangs end here


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"old")
    with whole_file(path) as stream:
        stream.write(b"new")
        stream.flush()
        assert [".list.partial", "list"] == names(tmp_path)
        assert b"old" == path.read_bytes()
    assert ["list"] == names(tmp_path)
    assert b"new" == path.read_bytes()


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"old")
    with pytest.raises(error), whole_file(path) as stream:
        stream.write(b"new")
        raise error
    assert ["list"] == names(tmp_path)
    assert b"old" == path.read_bytes()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done to the disk, one after another."""
    done: list[str] = []
    fsync, replace, rename = os.fsync, Path.replace, Path.rename

    def synced(descriptor: int) -> None:
        done.append("sync " + Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def moved(how: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
        def move(path: Path, target: Path) -> Path:
            done.append(f"{path.name} to {target.name}")
            return how(path, target)

        return move

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", moved(replace))
    monkeypatch.setattr(Path, "rename", moved(rename))
    return done


def test_bytes_reach_the_disk_before_the_name_does(tmp_path: Path, steps: list[str]) -> None:
    (tmp_path / "in").mkdir()
    write_whole(tmp_path / "in" / "list", b"new")
    assert ["sync .list.partial", ".list.partial to list", "sync in"] == steps


def test_a_folder_reaches_the_disk_before_its_name_does(tmp_path: Path, steps: list[str]) -> None:
    with whole_folder(tmp_path / "in" / "base"):
        assert [".partial-base"] == names(tmp_path / "in")
    assert ["sync .partial-base", ".partial-base to base", "sync in"] == steps


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_new_file_has_the_mode_that_was_asked_for(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o022)
    try:
        write_whole(tmp_path / "list", b"new", mode)
    finally:
        os.umask(before)
    assert mode == stat.S_IMODE((tmp_path / "list").stat().st_mode)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "list")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert b"new" == (tmp_path / "real" / "list").read_bytes()


def test_what_a_killed_process_left_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / ".list.partial").write_bytes(b"longer than what is new")
    write_whole(tmp_path / "list", b"new")
    assert ["list"] == names(tmp_path)
    assert b"new" == (tmp_path / "list").read_bytes()


def test_one_that_wants_to_be_alone_is_refused_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "list"
    with whole_file(path) as first:
        first.write(b"first")
        with pytest.raises(BlockingIOError) as refusal, whole_file(path, alone=True):
            raise AssertionError("must not write")
    assert (str(path), "another process is writing it") == (
        refusal.value.filename,
        refusal.value.strerror,
    )
    assert b"first" == path.read_bytes()
    with whole_file(path, alone=True) as third:
        third.write(b"third")
    assert b"third" == path.read_bytes()


def test_others_wait_until_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "list"
    begun = Event()

    def second() -> None:
        begun.set()
        write_whole(path, b"second")

    thread = Thread(target=second)
    with whole_file(path) as stream:
        thread.start()
        assert begun.wait(GUARD_S)
        stream.write(b"first")
        stream.flush()
        assert b"first" == (tmp_path / ".list.partial").read_bytes()
    thread.join(GUARD_S)
    assert b"second" == path.read_bytes()
    assert ["list"] == names(tmp_path)


def finishing_between(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[str]:
    """Another process finishes between the first opening of a file and the locking of it."""
    opened: list[str] = []
    open_as_before = os.open

    def open_(name: str | os.PathLike[str], *rest: int) -> int:
        descriptor = open_as_before(name, *rest)
        opened.append(Path(name).name)
        if opened == [f".{path.name}.partial"]:
            Path(name).replace(path)
        return descriptor

    monkeypatch.setattr(os, "open", open_)
    return opened


def test_a_lock_that_came_too_late_is_no_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finishing_between(monkeypatch, tmp_path / "list")
    with (
        pytest.raises(BlockingIOError, match="another process"),
        whole_file(tmp_path / "list", alone=True),
    ):
        raise AssertionError("must not write")
    assert b"" == (tmp_path / "list").read_bytes()


def test_a_lock_that_came_too_late_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = finishing_between(monkeypatch, tmp_path / "list")
    write_whole(tmp_path / "list", b"new")
    assert [".list.partial"] * 2 == opened[:2]
    assert b"new" == (tmp_path / "list").read_bytes()
    assert ["list"] == names(tmp_path)


def test_a_file_that_must_be_new_replaces_none(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with whole_file(path, replace=False) as stream:
        stream.write(b"first")
    assert b"first" == path.read_bytes()
    with pytest.raises(FileExistsError), whole_file(path, replace=False) as stream:
        stream.write(b"second")
    assert b"first" == path.read_bytes()
    assert ["key"] == names(tmp_path)


def test_abandoning_after_the_end_changes_nothing(tmp_path: Path) -> None:
    file = WholeFile(tmp_path / "list")
    file.stream.write(b"new")
    file.finish()
    file.abandon()
    assert b"new" == (tmp_path / "list").read_bytes()


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as refusal:
        write_whole(tmp_path / "gone" / "list", b"")
    assert str(tmp_path / "gone" / "list") == refusal.value.filename
    with pytest.raises(OSError, match="full") as refusal_, named(tmp_path):
        raise OSError(28, "full")
    assert str(tmp_path) == refusal_.value.filename


def test_an_error_leaves_the_old_folder(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "base") as folder:
        (folder / "rows").write_bytes(b"old")
    with pytest.raises(ValueError, match="boom"), whole_folder(tmp_path / "base") as folder:
        (folder / "rows").write_bytes(b"new")
        raise ValueError("boom")
    assert ["base"] == names(tmp_path)
    assert b"old" == (tmp_path / "base" / "rows").read_bytes()


@pytest.mark.parametrize(("stays", "kept"), [(True, b"old"), (False, b"new"), (None, b"new")])
def test_a_folder_that_is_there_may_stay(tmp_path: Path, stays: bool | None, kept: bytes) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "rows").write_bytes(b"old")
    (tmp_path / ".partial-base" / "of a killed process").mkdir(parents=True)
    asked = None if stays is None else lambda: bool(stays)
    with whole_folder(tmp_path / "base", asked) as folder:
        assert [] == names(folder)
        (folder / "rows").write_bytes(b"new")
    assert ["base"] == names(tmp_path)
    assert ["rows"] == names(tmp_path / "base")
    assert kept == (tmp_path / "base" / "rows").read_bytes()


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "plan"
    with locked(folder, PlanError), pytest.raises(PlanError) as refusal, locked(folder, PlanError):
        raise AssertionError("must not hold it")
    assert f"{folder}: another process is changing it; wait until that one is done" == str(
        refusal.value
    )
    with locked(folder, PlanError):
        pass


def test_a_digest_is_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"a" * (2 * files._CHUNK + 1))
    assert "16a429a1e5162fcf59e3079724763e9afafcef1e2c7f862571e9267b3d959113" == digest_of(
        tmp_path / "list"
    )
