"""Calls offered to servers by several processes at once, and what each process saw."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tests.failures.offered_calls import GUARD_S, Change, Scene

# One process of Python cannot ask for that many counters: its threads take turns.
PROCESSES: Final = 2
THREADS: Final = 2
CALLS_A_SECOND: Final = 5_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What one process saw. Times are those of ``time.monotonic``, alike in all processes.

    ``calls`` are (began, took, whether the verdict was degraded).
    """

    calls: list[tuple[float, float, bool]]
    changes: list[Change]


def _offer(url: str, ready: Any, over: Any, sent: Any) -> None:
    with TemporaryDirectory() as folder:
        scene = Scene(url, Path(folder), THREADS, CALLS_A_SECOND / PROCESSES)
        with scene.load():
            ready.release()
            over.wait()
            scene.until_closed()
        scene.check()
    calls = [(call.began, call.took, bool(call.verdict.degraded)) for call in scene.calls]
    sent.send(Seen(calls, scene.changes))


@contextmanager
def offered(url: str) -> Iterator[list[Seen]]:
    """Calls are offered inside the block; after it the list holds what each process saw.

    Every verdict and every count is checked before anything is handed on.
    """
    spawn = multiprocessing.get_context("spawn")
    ready, over = spawn.Semaphore(0), spawn.Event()
    pipes = [spawn.Pipe(duplex=False) for _ in range(PROCESSES)]
    processes = [
        spawn.Process(target=_offer, args=(url, ready, over, sending), daemon=True)
        for _, sending in pipes
    ]
    for process in processes:
        process.start()
    seen: list[Seen] = []
    try:
        for _ in processes:
            assert ready.acquire(timeout=GUARD_S)
        yield seen
        over.set()
        for receiving, _ in pipes:
            assert receiving.poll(2 * GUARD_S), "a process did not end, or its checks failed"
            seen.append(receiving.recv())
    finally:
        for process in processes:
            process.kill()
            process.join()
