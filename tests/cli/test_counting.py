"""Counting from one run of ``callguard score`` to the next, and what ends a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callguard.cli.counting import Hold, kept, opened
from tests.command_line.counters import AWAY, CALL, COUNTING, Counters, fired
from tests.command_line.running import Run, start


def test_a_second_run_goes_on_counting(counters: Counters, calls: Path) -> None:
    assert [[], []] == fired(counters.score(calls))
    assert [["three-calls"], ["three-calls"]] == fired(counters.score(calls))
    assert 4 == counters.figure()


def test_records_from_a_pipe_are_counted_as_well(counters: Counters) -> None:
    lines = (json.dumps(CALL) + "\n").encode() * 3
    assert [[], [], ["three-calls"]] == fired(counters.score("-", stdin=lines))


def test_a_damaged_file_is_refused_and_left_alone(
    in_file: Counters, calls: Path, tmp_path: Path
) -> None:
    path = tmp_path / "counters"
    path.write_bytes(b"callguard counters 1\nrubbish" + bytes(40))
    before = path.read_bytes()
    for done in (in_file.score(calls), in_file.command("reset", "three-calls", "--yes")):
        assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
        assert "damaged" in done.err
    assert before == path.read_bytes()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("none/counters", "there is no folder"),
        (".", "not a file"),
        ("rediss//:secret@h", "there is no folder"),
        ("reds://:secret@h", "did you mean redis://?"),
        ("redis://:secret@h:port", "expected HOST or HOST:PORT"),
    ],
)
def test_a_place_that_cannot_be_is_refused_in_one_line(
    run: Run, counting: Path, calls: Path, tmp_path: Path, place: str, said: str
) -> None:
    where = place if "//" in place else tmp_path / place
    done = Counters(run, counting, where).score(calls)
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert said in done.err


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_scored(
    in_file: Counters, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test that runs as root may write everywhere.
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    done = in_file.score(calls)
    assert (1, "") == (done.status, done.out)
    assert "no right to write there" in done.err


def test_a_server_that_is_away_costs_no_verdict(run: Run, counting: Path, calls: Path) -> None:
    done = Counters(run, counting, AWAY).score(calls)
    assert [["counters"], ["counters"]] == [line["degraded"] for line in done.lines]
    assert 0 == done.status
    assert "verdicts made without counters: 2 (" in done.err
    assert "127.0.0.1:1" in done.err
    assert "secret" not in done.err


def test_rules_that_are_refused_cost_no_count(
    in_file: Counters, calls: Path, counting: Path, tmp_path: Path
) -> None:
    in_file.score(calls)
    before = (tmp_path / "counters").read_bytes()
    # A limit that passes a power of two is another series, and the example does not fire any more.
    counting.write_text(COUNTING.replace("{gte: 3}", "{gte: 3000}"), encoding="utf-8")
    assert 1 == in_file.score(calls).status
    assert before == (tmp_path / "counters").read_bytes()


def test_two_runs_at_once_on_one_file_lose_no_count(
    in_file: Counters, calls: Path, counting: Path, tmp_path: Path, run: Run
) -> None:
    with interrupted_run(counting, tmp_path / "counters") as process:
        in_file.score(calls)
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1].decode()
    aside = tmp_path / f"counters.{process.pid}"
    assert f"those of this run are in {aside}" in said
    assert [2, 1] == [in_file.figure(), Counters(run, counting, aside).figure()]


@contextmanager
def interrupted_run(rules: Path, where: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``callguard score`` that has counted one record and waits for the next."""
    pipe = subprocess.PIPE
    arguments = ("score", "-", "--rules", rules, "--counters", where)
    process = start(*arguments, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        assert process.stdin
        assert process.stdout
        process.stdin.write((json.dumps(CALL) + "\n").encode())
        process.stdin.flush()
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_interrupted_saves_what_it_counted(
    in_file: Counters, counting: Path, tmp_path: Path, number: signal.Signals
) -> None:
    with interrupted_run(counting, tmp_path / "counters") as process:
        process.send_signal(number)
        process.communicate(timeout=60)
    assert 128 + signal.SIGINT == process.returncode
    assert 1 == in_file.figure()


class TestHold:
    """What is not to be cut in two by a signal."""

    def test_a_signal_is_kept_until_the_end(self) -> None:
        hold, done = Hold(), []
        with pytest.raises(KeyboardInterrupt):
            with hold:
                hold.interrupt(signal.SIGTERM, None)
                done.append("whole")
            done.append("never")
        assert ["whole"] == done
        with hold:
            done.append("again")
        assert ["whole", "again"] == done

    def test_a_signal_outside_interrupts_at_once(self) -> None:
        with pytest.raises(KeyboardInterrupt):
            Hold().interrupt(signal.SIGTERM, None)

    def test_handlers_are_put_back(self, tmp_path: Path) -> None:
        before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
        with kept(opened(str(tmp_path / "counters"), new=True)):
            assert before != [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)]
        assert before == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
