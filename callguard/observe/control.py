"""What a running process is asked to do by signals or by other threads."""

from __future__ import annotations

import time
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
        """Finish what is in hand, and end."""
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
