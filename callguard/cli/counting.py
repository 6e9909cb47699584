"""The counters that a command works on, from opening to saving."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from callguard.engine.counters import MemoryCounters, open_counters
from callguard.engine.series import CounterStore
from callguard.errors import CounterError


@contextmanager
def counting(where: str, *, save: bool = True, new: bool = False) -> Iterator[CounterStore]:
    """The counters at ``where``: a server, or a file, which is saved when the block ends.

    The file is saved also when an error or a signal to end (SIGINT, SIGTERM) ends the block, so
    that nothing counted is lost. A file that does not exist is made if ``new``. Raises CounterError
    for counters that cannot be opened or saved.
    """
    store = open_counters(where)
    if isinstance(store, MemoryCounters) and not new and not Path(where).exists():
        raise CounterError(
            f"{where}: no such file of counters; callguard score --counters makes one"
        )
    if not isinstance(store, MemoryCounters) or not save:
        yield store
        return
    with _ended_by_sigterm():
        try:
            yield store
        finally:
            store.save(Path(where))


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def counters_name(where: str) -> str:
    """``where`` without the user and the password of a URL."""
    scheme, mark, rest = where.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if mark else scheme
