"""The counters that an operator names: a server that many processes share, or a file."""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any

from callguard import extras
from callguard.counters.breaker import BreakerCounters
from callguard.counters.memory.store import MemoryCounters
from callguard.counters.protocol import CounterStore
from callguard.errors import CounterError
from callguard.servers import DEFAULT, SCHEMES, Circuit, OnChange, Policy


def open_counters(
    where: str | os.PathLike[str],
    *,
    policy: Policy = DEFAULT,
    on_change: OnChange | None = None,
    **settings: Any,
) -> CounterStore:
    """The counters at ``where``: a URL of Redis or Valkey, or the path of a file.

    A URL (``redis://``, ``rediss://``, ``unix://``, ``redis+cluster://``, ``rediss+cluster://``)
    gives :class:`BreakerCounters` counters on that server: ``policy`` says when it is left alone,
    ``on_change`` hears of it, and ``settings`` are those of ``RedisCounters.from_url``. The server
    need not be up. A path gives counters in memory with ``settings`` of ``MemoryCounters``: what
    was saved there, or new ones if nothing was.

    Raises CounterError for anything else, for a file that cannot be read, and if the ``redis``
    package is missing.
    """
    text = os.fspath(where)
    scheme, mark, _ = text.partition("://")
    if not mark:
        return _in_memory(Path(text), settings)
    if scheme.lower() not in SCHEMES:
        # What follows may hold a password: it is not repeated.
        near = difflib.get_close_matches(scheme.lower(), SCHEMES, 1)
        meant = f"; did you mean {near[0]}://?" if near else ""
        raise CounterError(f"counters at {scheme}://: expected {_expected()}{meant}")
    return _on_server(text, policy, on_change, settings)


def _in_memory(path: Path, settings: dict[str, Any]) -> MemoryCounters:
    if path.is_file():
        return MemoryCounters.load(path, **settings)
    if path.exists() or not path.name:
        raise CounterError(f"counters at {str(path)!r}: not a file; expected {_expected()}")
    if not path.parent.is_dir():
        raise CounterError(
            f"counters at {str(path)!r}: there is no folder {str(path.parent)!r}; "
            f"make it, or give {_expected()}"
        )
    return MemoryCounters(**settings)


def _on_server(
    url: str, policy: Policy, on_change: OnChange | None, settings: dict[str, Any]
) -> BreakerCounters:
    try:
        from callguard.counters.redis import RedisCounters
    except ModuleNotFoundError as error:
        raise CounterError(extras.needed("a server of counters", error)) from error

    def circuit(name: str) -> Circuit:
        return Circuit(name, policy=policy, on_change=on_change)

    store = RedisCounters.from_url(url, circuit=circuit, **settings)
    return BreakerCounters(store, name=str(store.address), policy=policy, on_change=on_change)


def _expected() -> str:
    return (
        f"the path of a file, or a URL that begins with {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}"
    )
