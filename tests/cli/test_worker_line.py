from __future__ import annotations

from collections import Counter
from contextlib import closing

import pytest

from callguard.cli import worker_line
from callguard.cli.worker_line import Line
from callguard.integrations.redis_stream import Backlog, Tally

Captured = pytest.CaptureFixture[str]
CLEAR = "\r\x1b[2K"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """One number, the time that the line believes it is."""
    now = [100.0]
    monkeypatch.setattr("callguard.cli.worker_line.time.monotonic", lambda: now[0])
    return now


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_a_line_says_how_far_the_worker_is(capsys: Captured, clock: list[float]) -> None:
    tally = Tally(Counter(block=2, allow=1_000), unreadable=3, dead=1)
    with closing(Line()) as line:
        line.show(tally, Backlog(lag=None, pending=4))
    drawn, end = capsys.readouterr().err.split(CLEAR)[1:]
    assert (
        "1,002 records, 0/s, allow 1,000, block 2, unreadable 3, given up 1, lag ?, pending "
    ).startswith(drawn)
    assert 79 == len(drawn)
    assert "" == end


def test_it_is_drawn_now_and_then(capsys: Captured, clock: list[float]) -> None:
    with closing(Line()) as line:
        for _ in range(10):
            line.show(Tally(), None)
        clock[0] += worker_line.REFRESH_S
        line.show(Tally(), Backlog(lag=5, pending=0))
    drawn = ["", "0 records, 0/s", "0 records, 0/s, lag 5, pending 0", ""]
    assert CLEAR.join(drawn) == capsys.readouterr().err


def test_the_rate_is_that_of_the_last_seconds(capsys: Captured, clock: list[float]) -> None:
    tally = Tally()
    with closing(Line()) as line:
        line.show(tally, None)
        tally.actions["allow"] = 500
        clock[0] += worker_line.RATE_S
        line.show(tally, None)
    assert "500 records, 250/s, allow 500" in capsys.readouterr().err


def test_notes_stand_above_the_line(capsys: Captured, clock: list[float]) -> None:
    with closing(Line()) as line:
        line.show(Tally(), None)
        line.note("info: stream_back\x1b")
    assert (
        f"{CLEAR}0 records, 0/s{CLEAR}info: stream_back\\x1b\n{CLEAR}0 records, 0/s{CLEAR}"
        == capsys.readouterr().err
    )


def test_a_terminal_that_cannot_be_steered_gets_notes_only(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with closing(Line()) as line:
        line.show(Tally(), None)
        line.note("info: stream_back")
    assert "info: stream_back\n" == capsys.readouterr().err
