"""What a running process is asked to do by signals or by other threads."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_SLICE_S: Final = 0.05


class Control:
    """Requests to a process that scores; it looks at them between records or batches.

    Any thread and any signal handler may make them: each only sets a flag.
    """

    def __init__(self) -> None:
        self.stopping = False
        self.reloading = False

    def stop(self) -> None:
        """Finish the current batch, and end."""
        self.stopping = True

    def reload(self) -> None:
        """Read the rules again before the next record or batch."""
        self.reloading = True

    def wait(self, seconds: float) -> None:
        """Wait so long, or until a stop is asked for."""
        # In slices: a signal only sets a flag, for a handler can safely do no more.
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(_SLICE_S, left))


@contextmanager
def signals_to(control: Control) -> Iterator[None]:
    """While the block runs, the first SIGTERM or SIGINT asks for a stop, a second ends the process.

    SIGHUP asks for a reload. To be used in the main thread.
    """

    def stop(number: int, _frame: object) -> None:
        if control.stopping:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        control.stop()

    handlers = {
        signal.SIGTERM: stop,
        signal.SIGINT: stop,
        signal.SIGHUP: lambda _number, _frame: control.reload(),
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
