"""How far a registry is, for a person who waits: a bar for the current step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callguard.cli import tables, terminal
from callguard.cli.progress import PATIENCE_S, REFRESH_S, figures
from callguard.cli.takedown_options import interruptible

if TYPE_CHECKING:
    from callguard.takedown import Progress as Told


@contextmanager
def building() -> Iterator[Told]:
    """What a build reports of its steps and rows, drawn if standard error is a terminal."""
    steps = _Steps(quiet=not sys.stderr.isatty())
    try:
        with interruptible():
            yield steps.show
    finally:
        steps.stop()


class _Steps:
    """Appear once the work has lasted a second; a later step has as many rows as the first."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = time.monotonic()
        self._next_look = self._begun + PATIENCE_S
        self._done: dict[str, int] = {}
        self._line = terminal.StatusLine()

    def show(self, step: str, rows: int) -> None:
        self._done[step] = rows
        now = time.monotonic()
        if self._quiet or now < self._next_look:
            return
        first, *later = self._done
        total = self._done[first] if later else None
        minutes, seconds = divmod(round(now - self._begun), 60)
        self._line.show(
            f"{step} {tables.bar(rows, total)} {figures(rows, total)} "
            f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        )
        self._next_look = now + REFRESH_S

    def stop(self) -> None:
        self._line.clear()
