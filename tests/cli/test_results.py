from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from callguard.cli.results import results


def test_the_file_appears_when_complete(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    with results(target) as stream:
        stream.write(b"one\n")
        assert not target.exists()
    assert b"one\n" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_an_error_leaves_the_older_file(tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    target.write_bytes(b"older\n")
    with pytest.raises(ValueError, match="boom"), results(target) as stream:
        stream.write(b"newer\n")
        raise ValueError("boom")
    assert b"older\n" == target.read_bytes()
    assert [target] == list(tmp_path.iterdir())


def test_the_file_has_the_usual_permissions(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    target = tmp_path / "out.jsonl"
    with results(target):
        pass
    assert stat.S_IMODE(plain.stat().st_mode) == stat.S_IMODE(target.stat().st_mode)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target = tmp_path / "real"
    target.write_bytes(b"older\n")
    link = tmp_path / "link"
    link.symlink_to(target)
    with results(link) as stream:
        stream.write(b"newer\n")
    assert link.is_symlink()
    assert b"newer\n" == target.read_bytes()


def test_a_pipe_is_written_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with results(pipe) as stream:
        stream.write(b"one\n")
    reader.join()
    assert [b"one\n"] == read
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), results(tmp_path / "none" / "out"):
        pass


def test_standard_output_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    with results(None) as stream:
        stream.write(b"one\n")
    assert "one\n" == capsys.readouterr().out
