from __future__ import annotations

from pathlib import Path

import pytest

from callguard.cli import progress

Captured = pytest.CaptureFixture[str]


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """One number, the time that the bar believes it is."""
    now = [100.0]
    monkeypatch.setattr("callguard.cli.progress.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def calls(tmp_path: Path) -> str:
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"x" * 4_000)
    return str(path)


def test_short_work_shows_nothing(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float], calls: str
) -> None:
    _on_a_terminal(monkeypatch)
    with progress.reading([calls], results_on_terminal=False) as advance:
        assert advance is not None
        advance(2_000)
        clock[0] += progress.PATIENCE_S / 2
        advance(2_000)
    assert "" == capsys.readouterr().err


def test_long_work_shows_how_far_it_is(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float], calls: str
) -> None:
    _on_a_terminal(monkeypatch)
    with progress.reading([calls], results_on_terminal=False) as advance:
        assert advance is not None
        advance(1_000)
        clock[0] += progress.PATIENCE_S
        advance(1_000)
    halves = "#" * 12 + "." * 12
    assert ["", f"scoring [{halves}] 2.0/4.0 kB 0:00:01 left", ""] == (
        capsys.readouterr().err.split("\r\x1b[2K")
    )


def test_unknown_length_shows_how_much_was_read(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    _on_a_terminal(monkeypatch)
    with progress.reading(["-"], results_on_terminal=False) as advance:
        assert advance is not None
        clock[0] += progress.PATIENCE_S
        advance(3_000)
    assert ["", f"scoring [{'.' * 24}] 3.0/? kB", ""] == (
        capsys.readouterr().err.split("\r\x1b[2K")
    )


def test_no_bar_where_verdicts_scroll(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, calls: str
) -> None:
    _on_a_terminal(monkeypatch)
    with progress.reading([calls], results_on_terminal=True) as advance:
        assert advance is None
    assert "" == capsys.readouterr().err


def test_no_bar_without_a_terminal(capsys: Captured, calls: str) -> None:
    with progress.reading([calls], results_on_terminal=False) as advance:
        assert advance is None
    assert "" == capsys.readouterr().err


def test_a_terminal_that_cannot_move_its_cursor_gets_nothing(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float], calls: str
) -> None:
    _on_a_terminal(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    with progress.reading([calls], results_on_terminal=False) as advance:
        assert advance is not None
        clock[0] += progress.PATIENCE_S
        advance(1_000)
    assert "" == capsys.readouterr().err


def test_things_are_counted_and_the_line_is_cut_to_the_terminal(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    _on_a_terminal(monkeypatch)
    with progress.counting("scoring", 60_000) as advance:
        assert advance is not None
        clock[0] += 10
        advance(1_000)
        monkeypatch.setenv("COLUMNS", "20")
        clock[0] += progress.REFRESH_S
        advance(1_000)
    assert ["", f"scoring [{'.' * 24}] 1,000/60,000 0:09:50 left", f"scoring [{'.' * 10}", ""] == (
        capsys.readouterr().err.split("\r\x1b[2K")
    )


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 0, "0/0 bytes"), (500, 999, "500/999 bytes"), (1_500_000, 12_345_678, "1.5/12.3 MB")],
)
def test_sizes(done: int, total: int, shown: str) -> None:
    assert shown == progress._sizes(done, total)
