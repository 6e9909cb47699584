"""How far a registry is, for a person who waits: one bar a step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callguard.cli.progress import PATIENCE_S, REFRESH_S
from callguard.cli.takedown_options import interruptible

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from callguard.takedown.registry.writer import Progress as Told


@contextmanager
def building() -> Iterator[Told]:
    """What a build tells of its steps and rows, drawn if standard error is a terminal."""
    bars = _Bars(quiet=not sys.stderr.isatty())
    try:
        with interruptible():
            yield bars.tell
    finally:
        bars.stop()


class _Bars:
    """Appear once the work has lasted a second; a later step has as many rows as the first."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._next_look = time.monotonic() + PATIENCE_S
        self._done: dict[str, int] = {}
        self._drawn: Progress | None = None
        self._tasks: dict[str, TaskID] = {}

    def tell(self, step: str, rows: int) -> None:
        self._done[step] = rows
        if self._quiet or time.monotonic() < self._next_look:
            return
        if self._drawn is None:
            self._drawn = self._start()
        *before, last = self._done
        first = next(iter(self._done.values()))
        for name in self._done:
            if name not in self._tasks:
                self._tasks[name] = self._drawn.add_task(name, total=None)
            total = None if name == last and not before else first
            done = self._done[name] if name == last else first
            self._drawn.update(self._tasks[name], completed=done, total=total)
        self._drawn.refresh()
        self._next_look = time.monotonic() + REFRESH_S

    def stop(self) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    @staticmethod
    def _start() -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        drawn = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            # Drawn by `tell`: no thread.
            auto_refresh=False,
        )
        drawn.start()
        return drawn
