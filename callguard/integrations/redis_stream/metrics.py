"""What a worker shows beside the metrics of its verdicts: how its stream is."""

from __future__ import annotations

from math import nan

from callguard.integrations.redis_stream.stream import Backlog
from callguard.observe.metrics import Metrics


class StreamMetrics:
    """The metrics of one worker's stream, in the registry of ``metrics``."""

    def __init__(self, metrics: Metrics) -> None:
        self._claimed = metrics.counter("claimed_entries", "Entries taken over from other workers.")
        self._dead = metrics.counter("dead_letters", "Entries that were given up.")
        self._errors = metrics.counter("stream_errors", "Failures to ask the stream's server.")
        self._lag = metrics.gauge("stream_lag", "Entries that no worker was given yet.")
        self._pending = metrics.gauge("stream_pending", "Entries given out, not yet acknowledged.")
        self._up = metrics.gauge("stream_up", "1 while the stream's server answers.")
        self._lag.set(nan)
        self._pending.set(nan)

    def claimed(self, number: int) -> None:
        """So many entries were taken over from other workers."""
        self._claimed.inc(number)

    def given_up(self, number: int) -> None:
        """So many entries were given up."""
        self._dead.inc(number)

    def answers(self) -> None:
        """The stream's server answers."""
        self._up.set(1)

    def failed(self) -> None:
        """The stream's server did not answer, or cannot do its work."""
        self._up.set(0)
        self._errors.inc()

    def backlog(self, backlog: Backlog) -> None:
        """How much there is to do."""
        self._lag.set(nan if backlog.lag is None else backlog.lag)
        self._pending.set(backlog.pending)
