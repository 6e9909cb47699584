"""The settings of a worker: which streams, under which name, and how much at once."""

from __future__ import annotations

import os
import re
import secrets
import socket
from dataclasses import dataclass
from typing import Final

from callguard.errors import StreamError

INPUT: Final = "callguard:records"
OUTPUT: Final = "callguard:verdicts"
GROUP: Final = "callguard"
BATCH: Final = 256
CLAIM_AFTER_S: Final = 30.0
MAX_DELIVERIES: Final = 5
# An entry is given out with others twice; from then on alone. With less than this, entries would
# be given up because of their neighbours.
MIN_DELIVERIES: Final = 3
PATIENCE_S: Final = 2.0
# A server that crashes may lose what it acknowledged in its last second or two, and then gives
# those entries out again.
SETTLE_S: Final = 3.0
MAX_BATCH: Final = 10_000

_ODD: Final = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Settings:
    """Streams and consumer group of one worker.

    ``dead`` is the stream of entries that were given up, by default ``INPUT:dead``. ``name`` is
    the worker's own among those of the group; without one it gets a new one. ``batch`` is the
    number of entries read at once, ``claim_after_s`` how long (seconds) a worker may have an entry
    in hand before another takes it over, ``max_deliveries`` how often an entry is given out before
    it is given up. ``maxlen`` bounds the output stream (None: it grows); with ``delete`` the input
    entry is removed once its verdict is written.

    ``patience_s`` is how long a batch may wait for counters that are away before it is judged
    without. ``settle_s`` is how long the id of an entry is remembered by the counters after its
    verdict was written. 0 is right where streams and counters are on one server that is no
    cluster: it loses the verdict, the acknowledgement and the count together or not at all.

    Raises StreamError for a value that cannot be used.
    """

    input: str = INPUT
    output: str = OUTPUT
    dead: str = ""
    group: str = GROUP
    name: str = ""
    batch: int = BATCH
    claim_after_s: float = CLAIM_AFTER_S
    max_deliveries: int = MAX_DELIVERIES
    maxlen: int | None = None
    delete: bool = False
    patience_s: float = PATIENCE_S
    settle_s: float = SETTLE_S

    def __post_init__(self) -> None:
        if not self.dead:
            object.__setattr__(self, "dead", f"{self.input}:dead")
        for name in ("input", "output", "group"):
            if not getattr(self, name):
                raise StreamError(f"{name}: empty; expected a name")
        if len(set(self.streams)) < len(self.streams):
            raise StreamError(
                f"the streams {', '.join(self.streams)}: records, verdicts and dead letters need "
                "one stream each"
            )
        _within("batch", self.batch, 1, MAX_BATCH)
        _within("max deliveries", self.max_deliveries, MIN_DELIVERIES, 1_000)
        # The server counts in milliseconds, and remembers for seven days what was counted.
        _within("claim after", self.claim_after_s, 0.001, 7 * 86_400)
        _within("patience", self.patience_s, 0, 86_400)
        _within("settle", self.settle_s, 0, 86_400)
        if self.maxlen is not None:
            _within("maxlen", self.maxlen, 1, 2**62)

    @property
    def streams(self) -> tuple[str, str, str]:
        """All keys that the worker writes to: they must be on one node."""
        return self.input, self.output, self.dead


def new_name() -> str:
    """``HOST-PROCESS-RANDOM``: no two workers have the same, also not in containers."""
    host = _ODD.sub("_", socket.gethostname())[:40]
    return f"{host}-{os.getpid()}-{secrets.token_hex(3)}"


def _within(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise StreamError(f"{name} {value}: expected a number from {least:,} to {most:,}")
