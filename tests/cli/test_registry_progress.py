"""How far a build is, as a person sees it."""

from __future__ import annotations

import click
import pytest

from callguard.cli.progress import PATIENCE_S, REFRESH_S
from callguard.cli.registry_progress import building

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """One number, the time that the bars believe it is."""
    now = [100.0]
    monkeypatch.setattr("callguard.cli.registry_progress.time.monotonic", lambda: now[0])
    return now


def _on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_short_work_shows_nothing(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    _on_a_terminal(monkeypatch)
    with building() as tell:
        tell("read", 1000)
        clock[0] += PATIENCE_S / 2
        tell("by number", 1000)
    assert "" == capsys.readouterr().err


def test_the_step_at_hand_has_a_bar(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    _on_a_terminal(monkeypatch)
    with building() as tell:
        clock[0] += PATIENCE_S
        tell("read", 600)
        tell("read", 800)
        for step, rows in (("by number", 200), ("by owner", 700)):
            clock[0] += REFRESH_S
            tell(step, rows)
    drawn = capsys.readouterr().err
    # The rows of the first step are those of the others; until it is done nobody knows them.
    empty, quarter, most = "." * 24, "#" * 6 + "." * 18, "#" * 21 + "." * 3
    assert [
        "",
        f"read [{empty}] 600/? 0:00:01",
        f"by number [{quarter}] 200/800 0:00:01",
        f"by owner [{most}] 700/800 0:00:01",
        "",
    ] == drawn.split("\r\x1b[2K")


def test_no_bar_without_a_terminal(capsys: Captured, clock: list[float]) -> None:
    with building() as tell:
        clock[0] += PATIENCE_S
        tell("read", 1000)
    assert "" == capsys.readouterr().err


def test_an_interrupt_inside_the_engine_is_an_interrupt() -> None:
    with pytest.raises(click.Abort), building():
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="other"), building():
        raise RuntimeError("other")
