"""A progress bar for a person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE_S = 1.0
REFRESH_S = 0.1

Advance = Callable[[int], None]


@contextmanager
def reading(inputs: Sequence[str], *, results_on_terminal: bool) -> Iterator[Advance | None]:
    """A bar over all bytes of ``inputs``, to be told of each number of bytes read.

    None if standard error is no terminal, or the results themselves scroll past on it.
    """
    if results_on_terminal:
        yield None
        return
    with _bar("scoring", _total_size(inputs), in_bytes=True) as advance:
        yield advance


@contextmanager
def counting(name: str, total: int) -> Iterator[Advance | None]:
    """A bar over ``total`` things, to be told of each number of things done.

    None if standard error is no terminal.
    """
    with _bar(name, total, in_bytes=False) as advance:
        yield advance


@contextmanager
def _bar(name: str, total: int | None, *, in_bytes: bool) -> Iterator[Advance | None]:
    if not sys.stderr.isatty():
        yield None
        return
    bar = _LateBar(name, total, in_bytes=in_bytes)
    try:
        yield bar.advance
    finally:
        bar.stop()


class _LateBar:
    """Appears on standard error once the work has lasted a second."""

    def __init__(self, name: str, total: int | None, *, in_bytes: bool) -> None:
        self._name = name
        self._total = total
        self._in_bytes = in_bytes
        self._done = 0
        self._next_look = time.monotonic() + PATIENCE_S
        self._drawn: Progress | None = None

    def advance(self, size: int) -> None:
        self._done += size
        if time.monotonic() < self._next_look:
            return
        if self._drawn is None:
            self._drawn = self._start()
        self._drawn.update(self._drawn.task_ids[0], completed=self._done, refresh=True)
        self._next_look = time.monotonic() + REFRESH_S

    def stop(self) -> None:
        if self._drawn is not None:
            self._drawn.stop()

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TimeRemainingColumn,
        )

        drawn = Progress(
            self._name,
            BarColumn(),
            DownloadColumn() if self._in_bytes else MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            # Drawn by `advance`: no thread.
            auto_refresh=False,
        )
        drawn.add_task("", total=self._total)
        drawn.start()
        return drawn


def _total_size(inputs: Sequence[str]) -> int | None:
    """None when it cannot be known: standard input, pipes."""
    if any(name == "-" or not Path(name).is_file() for name in inputs):
        return None
    return sum(Path(name).stat().st_size for name in inputs)
