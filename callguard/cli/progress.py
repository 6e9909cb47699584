"""A progress bar for a person who waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from callguard.cli import tables, terminal

PATIENCE_S = 1.0
REFRESH_S = 0.1
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")

Advance = Callable[[int], None]


@contextmanager
def reading(inputs: Sequence[str], *, results_on_terminal: bool) -> Iterator[Advance | None]:
    """A bar over all bytes of ``inputs``, to be called with each number of bytes read.

    None if standard error is not a terminal, or the results themselves scroll past on it.
    """
    if results_on_terminal:
        yield None
        return
    with _bar("scoring", _total_size(inputs), in_bytes=True) as advance:
        yield advance


@contextmanager
def counting(name: str, total: int) -> Iterator[Advance | None]:
    """A bar over ``total`` things, to be called with each number of things done.

    None if standard error is not a terminal.
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
        self._begun = time.monotonic()
        self._next_look = self._begun + PATIENCE_S
        self._line = terminal.StatusLine()

    def advance(self, size: int) -> None:
        self._done += size
        now = time.monotonic()
        if now < self._next_look:
            return
        shown = _sizes if self._in_bytes else figures
        self._line.show(
            f"{self._name} {tables.bar(self._done, self._total)} "
            f"{shown(self._done, self._total)}{_left(self._done, self._total, now - self._begun)}"
        )
        self._next_look = now + REFRESH_S

    def stop(self) -> None:
        self._line.clear()


def figures(done: int, total: int | None) -> str:
    """Done and all; ``?`` if nobody knows how much there is."""
    return f"{done:,}/{'?' if total is None else f'{total:,}'}"


def _sizes(done: int, total: int | None) -> str:
    """Done and all, in the unit that fits what is known best."""
    known = done if total is None else total
    power = min(max(len(str(known)) - 1, 0) // 3, len(_UNITS) - 1)
    shown = [
        "?" if size is None else f"{size / 1000**power:.{1 if power else 0}f}"
        for size in (done, total)
    ]
    return f"{shown[0]}/{shown[1]} {_UNITS[power]}"


def _left(done: int, total: int | None, elapsed_s: float) -> str:
    """How long it will take if it goes on like this."""
    if not done or total is None:
        return ""
    minutes, seconds = divmod(round(max(total - done, 0) * elapsed_s / done), 60)
    return f" {minutes // 60}:{minutes % 60:02}:{seconds:02} left"


def _total_size(inputs: Sequence[str]) -> int | None:
    """None when it cannot be known: standard input, pipes."""
    if any(name == "-" or not Path(name).is_file() for name in inputs):
        return None
    return sum(Path(name).stat().st_size for name in inputs)
