"""The counters that a command works on: opened at its start, kept in their file at its end."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from callguard.counters import BreakerCounters, CounterStore, MemoryCounters, open_counters
from callguard.errors import CounterError

_TO_END = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Opened:
    """Counters and where they are. ``version`` tells a file from what others save there later."""

    where: str
    store: CounterStore
    version: tuple[int, int] | None = None

    @property
    def error(self) -> str:
        """Why a server did not answer, the last time that it did not."""
        return str(self.store.last_error or "") if isinstance(self.store, BreakerCounters) else ""


class Hold:
    """Keeps signals to end out of what must not be cut in two, such as one record's counting."""

    def __init__(self) -> None:
        self._held = False
        self._signalled = False

    def __enter__(self) -> None:
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        if self._signalled:
            self._signalled = False
            raise KeyboardInterrupt

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt: now, or when what is held is done."""
        if not self._held:
            raise KeyboardInterrupt
        self._signalled = True


def opened(where: str, *, new: bool = False) -> Opened:
    """The counters at ``where``, a server or a file; a file need not exist yet if ``new``.

    Raises CounterError for counters that cannot be used.
    """
    path = Path(where)
    version = None if "://" in where else _version(path)
    store = open_counters(where)
    if isinstance(store, MemoryCounters) and version is None and not new:
        raise CounterError(
            f"{where}: no such file of counters; callguard score --counters makes one"
        )
    return Opened(where, store, version)


@contextmanager
def kept(counters: Opened | None) -> Iterator[Hold]:
    """Saves counters of a file when the block ends, also by an error or a signal to end.

    SIGTERM ends the block as Ctrl-C does; what the :class:`Hold` is entered for is finished first.
    Raises CounterError if they cannot be saved under their name.
    """
    hold = Hold()
    if counters is None or not isinstance(counters.store, MemoryCounters):
        yield hold
        return
    path = Path(counters.where)
    if not os.access(Path(os.path.realpath(path)).parent, os.W_OK):
        raise CounterError(f"{path}: the counters could not be saved: no right to write there")
    before = {number: signal.signal(number, hold.interrupt) for number in _TO_END}
    try:
        try:
            yield hold
        finally:
            with hold:
                _save(counters.store, path, counters.version)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _save(store: MemoryCounters, path: Path, version: tuple[int, int] | None) -> None:
    """Save under the name, unless somebody else has meanwhile: neither's counts may be lost."""
    if _version(path) == version:
        store.save(path)
        return
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    store.save(aside)
    raise CounterError(
        f"{path}: another run saved its counters there meanwhile; those of this run are in "
        f"{aside}; let runs that share a file follow one another, or count on a server"
    )


def _version(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def counters_name(where: str) -> str:
    """``where`` without the user and the password of a URL."""
    scheme, mark, rest = where.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if mark else scheme
