"""The worker: reads entries, has them judged, writes the verdicts, and outlives its server."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Final

from callguard.guard import Guard
from callguard.integrations.redis_stream.entries import Entry
from callguard.integrations.redis_stream.judging import Judge, Judged
from callguard.integrations.redis_stream.link import StreamAwayError, StreamLoadingError
from callguard.integrations.redis_stream.metrics import StreamMetrics
from callguard.integrations.redis_stream.stream import Backlog, Stream
from callguard.observe.control import Control
from callguard.observe.logs import Log
from callguard.observe.metrics import Metrics
from callguard.observe.reloading import log_warnings, reload_rules

# How long reading waits for new entries: a stop, a reload and claims wait as long.
_READ_S: Final = 0.5
_LOOK_S: Final = 2.0
_FIRST_RETRY_S: Final = 0.05
_LONGEST_RETRY_S: Final = 5.0
_REMIND_S: Final = 30.0
_LONGEST_CLAIM_PAUSE_S: Final = 10.0


@dataclass(slots=True)
class Tally:
    """What a worker has done so far. ``actions`` counts verdicts."""

    actions: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    dead: int = 0
    claimed: int = 0

    @property
    def records(self) -> int:
        """Records that got a verdict."""
        return self.actions.total()


class Worker:
    """One of any number of workers on a stream.

    ``guard`` scores the entries of ``stream``, which belongs to this worker alone; its counters
    are those that all workers share. ``on_progress`` gets the tally after each batch and now
    and then between.
    """

    def __init__(
        self,
        guard: Guard,
        stream: Stream,
        *,
        metrics: Metrics,
        log: Log,
        control: Control | None = None,
        on_progress: Callable[[Tally, Backlog | None], None] | None = None,
    ) -> None:
        self.tally = Tally()
        self._guard = guard
        self._stream = stream
        self._metrics = metrics
        self._stream_metrics = StreamMetrics(metrics)
        self._log = log
        self._control = control or Control()
        self._judge = Judge(guard, stream.settings, control=self._control)
        self._on_progress = on_progress
        self._rng = SystemRandom()
        self._backlog: Backlog | None = None
        self._own_left = True
        pause = stream.settings.claim_after_s / 3
        self._claim_pause_s = min(pause, _LONGEST_CLAIM_PAUSE_S)
        self._claim_at = self._look_at = 0.0
        self._to_forget: deque[tuple[float, Callable[[], None]]] = deque()

    def run(self, once: bool = False) -> Tally:
        """Work until asked to stop; with ``once`` until there is nothing new and nothing to claim.

        Raises StreamError if the stream's server cannot be used at the start, or later for a
        reason that does not pass by itself. What fails later is waited for.
        """
        self._start()
        while not self._control.stopping:
            if self._control.reloading:
                self._control.reloading = False
                reload_rules(self._guard, self._metrics, self._log)
            try:
                self._look()
                entries = self._next(once)
            except StreamAwayError as error:
                self._wait_for_server(error, ())
                continue
            if entries:
                self._handle(entries)
            elif once:
                break
        self._end()
        return self.tally

    def _start(self) -> None:
        settings, guard = self._stream.settings, self._guard
        try:
            if self._stream.open():
                self._log.info("group_created", stream=settings.input, group=settings.group)
        except StreamLoadingError as error:
            # It will be there in a while: not a mistake in how the worker was started.
            self._wait_for_server(error, ())
        self._stream_metrics.answers()
        self._metrics.rules_loaded(guard)
        self._log.info(
            "worker_started",
            server=str(self._stream),
            stream=settings.input,
            group=settings.group,
            name=self._stream.name,
            ruleset=guard.digest,
            rules=len(guard.rules.rules),
        )
        log_warnings(guard, self._log)

    def _next(self, once: bool) -> list[Entry]:
        """Entries to handle; none if there are none for the moment, with ``once`` none at all."""
        if self._own_left:
            # What a worker of this name left when it died, or what was lost on the way here.
            entries = self._claim(own=True)
            if entries:
                return entries
            self._own_left = False
        if time.monotonic() >= self._claim_at:
            entries = self._claim()
            if entries:
                return entries
            self._claim_at = time.monotonic() + self._claim_pause_s
        entries = self._stream.read(0.0 if once else _READ_S)
        return entries if entries or not once else self._claim()

    def _claim(self, own: bool = False) -> list[Entry]:
        entries = self._stream.claim(own)
        if entries:
            self.tally.claimed += len(entries)
            self._stream_metrics.claimed(len(entries))
            self._log.info("entries_claimed", number=len(entries), first=entries[0].id, own=own)
        return entries

    def _handle(self, entries: Sequence[Entry]) -> None:
        """Judge the entries and write the answers, whatever happens to the server meanwhile."""
        start = time.monotonic()
        counted = True
        while entries:
            judged = self._judge.judge(entries)
            counted = counted and judged.counted
            try:
                alone = self._stream.finish(judged.answers)
            except StreamAwayError as error:
                # Judged again afterwards: the counters may have been away as well, and what was
                # counted is known by its id.
                entries = self._wait_for_server(error, entries)
                continue
            if alone and counted:
                # Others may still count an entry that they were given too, so its id stays then.
                due = time.monotonic() + self._stream.settings.settle_s
                self._to_forget.append((due, judged.forget))
            self._account(judged, time.monotonic() - start)
            return

    def _account(self, judged: Judged, seconds: float) -> None:
        self.tally.actions.update(verdict.action for verdict in judged.verdicts)
        self._metrics.scored(judged.verdicts, seconds)
        if judged.unreadable:
            self.tally.unreadable += len(judged.unreadable)
            self._metrics.unreadable(len(judged.unreadable))
            self._log.warning(
                "entries_unreadable", number=len(judged.unreadable), first=judged.unreadable[0]
            )
        for name in judged.dead:
            self.tally.dead += 1
            self._stream_metrics.given_up(1)
            self._log.error("entry_given_up", entry=name, to=self._stream.settings.dead)
        self._progress()

    def _wait_for_server(self, error: StreamAwayError, entries: Sequence[Entry]) -> list[Entry]:
        """Wait until the server works again. Those of the entries that are still this worker's."""
        start = remind_at = time.monotonic()
        longest = _FIRST_RETRY_S
        while not self._control.stopping:
            self._stream_metrics.failed()
            if time.monotonic() >= remind_at:
                self._log.warning("stream_away", error=str(error), in_hand=len(entries))
                remind_at = time.monotonic() + _REMIND_S
            self._control.wait(self._rng.uniform(0.5, 1.0) * longest)
            longest = min(2 * longest, _LONGEST_RETRY_S)
            try:
                if self._stream.open():
                    settings = self._stream.settings
                    self._log.warning("group_created", stream=settings.input, group=settings.group)
                ours = self._stream.still_ours(entries) if entries else []
            except StreamAwayError as again:
                error = again
                continue
            self._own_left = True
            self._stream_metrics.answers()
            self._log.info("stream_back", seconds=round(time.monotonic() - start, 3))
            return ours
        return []

    def _look(self) -> None:
        """What is due now and then: tidying, and how much there is to do."""
        self._forget_due()
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + _LOOK_S
            self._backlog = self._stream.backlog()
            self._stream_metrics.backlog(self._backlog)
            self._progress()

    def _forget_due(self) -> None:
        while self._to_forget and self._to_forget[0][0] <= time.monotonic():
            self._to_forget.popleft()[1]()

    def _progress(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self.tally, self._backlog)

    def _end(self) -> None:
        self._stream.leave()
        while self._to_forget:
            time.sleep(max(0.0, self._to_forget[0][0] - time.monotonic()))
            self._forget_due()
        tally = self.tally
        self._log.info(
            "worker_stopped",
            records=tally.records,
            unreadable=tally.unreadable,
            dead=tally.dead,
            claimed=tally.claimed,
        )
