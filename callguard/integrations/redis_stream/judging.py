"""From entries to what is written for each: a verdict, or why there is none."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgpack

from callguard.engine.degraded import COUNTERS
from callguard.engine.verdict import Verdict
from callguard.errors import RecordError
from callguard.guard import Guard, Scored
from callguard.integrations.redis_stream.entries import Entry, read_record
from callguard.integrations.redis_stream.settings import Settings
from callguard.integrations.redis_stream.stream import Answer
from callguard.observe.control import Control

_AGAIN_S: Final = 0.05
# Counters that did not fail for so long are well; one batch that went well may not have asked them.
QUIET_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Judged:
    """The answers to some entries, in their order, and what they hold.

    ``unreadable`` and ``dead`` are the ids of entries that hold no record and of those that were
    given up. ``forget()`` tells the counters that the entries will not come again; it must not be
    called if they are not ``counted``: what was sent to counters that failed to answer may still
    reach them, and is only known by its id then.
    """

    answers: list[Answer]
    verdicts: list[Verdict]
    unreadable: list[str]
    dead: list[str]
    counted: bool
    forget: Callable[[], None]


class Judge:
    """Scores entries of one stream with ``guard``; each is counted once, however often it comes.

    When counters fail a batch is scored again for up to ``patience_s`` from then on; after that
    verdicts go out degraded, without a wait, until counters have been well for ``QUIET_S``.
    """

    def __init__(
        self,
        guard: Guard,
        settings: Settings,
        *,
        control: Control,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._guard = guard
        self._stream = settings.input
        self._settings = settings
        self._control = control
        self._clock = clock
        self._away_since: float | None = None
        self._failed_at = 0.0

    def judge(self, entries: Sequence[Entry]) -> Judged:
        """What to write for these entries. Never raises, whatever is in them."""
        records: list[Mapping[str, Any]] = []
        ids: list[str] = []
        others: dict[str, Answer] = {}
        dead: list[str] = []
        for entry in entries:
            if entry.deliveries > self._settings.max_deliveries and entry.fields is not None:
                others[entry.id] = _given_up(entry, self._stream)
                dead.append(entry.id)
                continue
            try:
                records.append(read_record(entry))
                ids.append(f"{self._stream}/{entry.id}")
            except RecordError as error:
                others[entry.id] = _without_verdict(entry, error.reason)
        scored, counted = self._score(records, ids)
        verdicts = iter(scored.verdicts)
        answers = [
            others[entry.id] if entry.id in others else _with_verdict(entry, next(verdicts))
            for entry in entries
        ]
        unreadable = [name for name in others if not others[name].dead]
        return Judged(answers, scored.verdicts, unreadable, dead, counted, scored.forget)

    def _score(
        self, records: Sequence[Mapping[str, Any]], ids: Sequence[str]
    ) -> tuple[Scored, bool]:
        """The verdicts, and whether the counters answered at once."""
        counted = True
        while True:
            scored = self._guard.score_batch(records, ids)
            now = self._clock()
            if not any(COUNTERS in verdict.degraded for verdict in scored.verdicts):
                if not counted or now >= self._failed_at + QUIET_S:
                    self._away_since = None
                return scored, counted
            counted = False
            self._failed_at = now
            if self._away_since is None:
                self._away_since = now
            if now >= self._away_since + self._settings.patience_s or self._control.stopping:
                return scored, counted
            # Each id is counted once, so that scoring again does no harm.
            self._control.wait(_AGAIN_S)


def _with_verdict(entry: Entry, verdict: Verdict) -> Answer:
    return Answer(entry, {"verdict": msgpack.packb(verdict.to_dict()), "record_id": entry.id})


def _without_verdict(entry: Entry, reason: str) -> Answer:
    return Answer(entry, {"error": reason, "record_id": entry.id})


def _given_up(entry: Entry, stream: str) -> Answer:
    given = entry.deliveries - 1
    reason = f"given out {given} times and never acknowledged: it may end its worker"
    dead = {
        "record": entry.data or b"",
        "record_id": entry.id,
        "stream": stream,
        "deliveries": given,
        "reason": reason,
    }
    return Answer(entry, {"error": reason, "record_id": entry.id}, dead)
