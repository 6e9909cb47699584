"""What a worker is asked to do by signals or by other threads."""

from __future__ import annotations

import time
from typing import Final

_SLICE_S: Final = 0.05


class Control:
    """Requests to a worker; it looks at them between batches and while it waits."""

    def __init__(self) -> None:
        self.stopping = False
        self.reloading = False

    def stop(self) -> None:
        """Finish the batch in hand, and leave."""
        self.stopping = True

    def reload(self) -> None:
        """Read the rules again before the next batch."""
        self.reloading = True

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the worker is to stop."""
        # In slices: a signal only sets a flag, for a handler can safely do no more.
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(_SLICE_S, left))
