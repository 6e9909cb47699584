"""Calls offered to a guard from several threads, through an outage of its counters, and the books.

Nothing here asserts a time: what an outage may cost is counted in calls that touched the server.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple
from uuid import uuid4

from callguard.counters import BreakerCounters, bucket_of, open_counters
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.servers import Circuit, State
from tests.failures.watched_stores import RULES, CountingStore, Outcomes

THREADS = 4
CALLS_A_SECOND = 5000
TRUNKS = [f"trunk-{number}" for number in range(12)]
# No test may hang: everything that is waited for comes within this, or the test fails.
GUARD_S = 30.0


class Call(NamedTuple):
    """One call of ``score``: when it began (``time.monotonic``) and the seconds that it took."""

    trunk: str
    verdict: Verdict
    failed: bool
    began: float
    took: float


class Change(NamedTuple):
    """One change of a circuit, and when it was heard of (``time.monotonic``)."""

    name: str
    state: State
    error: str
    at: float


class Scene:
    """A guard whose counters are on a server, calls offered to it, and what came of them."""

    def __init__(
        self,
        url: str,
        folder: Path,
        threads: int = THREADS,
        calls_a_second: float = CALLS_A_SECOND,
    ) -> None:
        self.url = url
        self.threads = threads
        self.pause = threads / calls_a_second
        # Scenes that share a server do not share counts.
        self.prefix = uuid4().hex
        self.changes: list[Change] = []
        counters = open_counters(url, on_change=self._changed, prefix=self.prefix)
        assert isinstance(counters, BreakerCounters)
        self.counters = counters
        self.touches = counters.store = CountingStore(counters.store)
        self.outcomes = Outcomes(counters)
        (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
        self.guard = Guard.load(folder / "rules.yaml", state=self.outcomes)
        self.at = time.time()
        self.calls: list[Call] = []
        self.offered = [0] * threads
        self.counted = [0] * threads
        self.raised: list[BaseException] = []
        self._stopping = Event()

    def _changed(self, name: str, state: State, error: str) -> None:
        self.changes.append(Change(name, state, error, time.monotonic()))

    def record(self, trunk: str) -> dict[str, object]:
        return {
            "event": "setup",
            "at": self.at,
            "called_party_number": "+8613800138000",
            "ingress": "international",
            "trunk_group": trunk,
        }

    @contextmanager
    def load(self) -> Iterator[None]:
        """Calls are offered from here to the end of the block."""
        self._stopping.clear()
        threads = [
            Thread(target=self._offer, args=[number], daemon=True) for number in range(self.threads)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            for thread in threads:
                thread.join(GUARD_S)
        assert not any(thread.is_alive() for thread in threads)

    def _offer(self, number: int) -> None:
        due = time.monotonic()
        while not self._stopping.is_set():
            trunk = TRUNKS[(number + self.offered[number]) % len(TRUNKS)]
            self.offered[number] += 1
            began = time.monotonic()
            try:
                verdict = self.guard.score(self.record(trunk))
            except BaseException as error:  # noqa: BLE001  none may come, whatever it is
                self.raised.append(error)
                continue
            ended = time.monotonic()
            failed = self.outcomes.here.failed
            self.counted[number] += not failed
            self.calls.append(Call(trunk, verdict, failed, began, ended - began))
            # What could not be offered in time is not made up for.
            due = max(due + self.pause, ended - self.pause)
            time.sleep(max(0.0, due - time.monotonic()))

    def until(self, what: str, happened: Callable[[], object]) -> None:
        """Wait for something to happen; fail if it does not."""
        deadline = time.monotonic() + GUARD_S
        while not happened():
            assert time.monotonic() < deadline, f"{what}: not within {GUARD_S:g} s; {self}"
            time.sleep(0.002)

    def more_calls(self, number: int) -> None:
        """Wait for that many further verdicts."""
        enough = len(self.calls) + number
        self.until(f"{number} more verdicts", lambda: len(self.calls) >= enough)

    def more_counted(self, number: int) -> None:
        """Wait for that many further calls that are counted."""
        enough = sum(self.counted) + number
        self.until(f"{number} more calls counted", lambda: sum(self.counted) >= enough)

    def until_open(self, strike: Callable[[], object] = lambda: None, sign: str = "") -> None:
        """Strike, and wait until a circuit opens for an error that looks like ``sign``."""
        before = len(self.changes)
        strike()
        self.until(
            f"open for {sign!r}",
            lambda: any(
                change.state == "open" and re.search(sign, change.error)
                for change in self.changes[before:]
            ),
        )

    def until_closed(self) -> None:
        self.until("closed", lambda: all(one.state == "closed" for one in self.circuits()))

    def until_well(self) -> None:
        """Wait until several hundred calls on end were counted, whatever their trunk."""
        self.until("well", lambda: not any(call.failed for call in self.calls[-600:]))

    def circuits(self) -> list[Circuit]:
        return [*self.counters.circuits.values()]

    def __str__(self) -> str:
        return f"{len(self.calls)} calls, {self.circuits()}, {self.changes[-5:]}"

    def figures(self) -> Counter[str]:
        """What is counted for each trunk, asked of the server by a client of its own."""
        from callguard.counters import RedisCounters

        series = self.guard.series["many-calls"]
        bucket = bucket_of(self.at, series.timespan, series.parts)
        store = RedisCounters.from_url(self.url, timeout_s=GUARD_S, prefix=self.prefix)
        found: Counter[str] = Counter()
        for trunk in TRUNKS:
            (figure,) = store.preview([(series, trunk, bucket, 0, None)])
            assert figure is None or isinstance(figure, int)
            found[trunk] = figure or 0
        return found

    def acknowledged(self) -> Counter[str]:
        return Counter(call.trunk for call in self.calls if not call.verdict.degraded)

    def check_calls(self) -> None:
        """Every call got its verdict, which says of the counters what was so."""
        assert [] == self.raised
        assert sum(self.offered) == len(self.calls)
        for call in self.calls:
            assert (["counters"] if call.failed else []) == call.verdict.degraded
            assert call.verdict.rules in (["call"], ["call", "many-calls"])

    def check_touches(self) -> None:
        """An outage cost no more than one call a thread, and those that tried again."""
        for one in self.circuits():
            opened = sum(
                (change.name, change.state) == (one.name, "open") for change in self.changes
            )
            assert one.failed_total <= self.threads * one.opened_total + (opened - one.opened_total)

    def check_counts(self, eaten: int = 0) -> None:
        """Counts are those of the verdicts that were not degraded, up to what the outage ate.

        At most the calls that failed at the server may be counted as well, each once; at most
        ``eaten`` of the acknowledged ones may be missing.
        """
        figures, acknowledged = self.figures(), self.acknowledged()
        for trunk in TRUNKS:
            assert figures[trunk] <= acknowledged[trunk] + self.touches.failed[trunk]
            assert figures[trunk] >= acknowledged[trunk] - eaten
        failed = sum(one.failed_total for one in self.circuits())
        assert figures.total() <= acknowledged.total() + failed
        assert figures.total() >= acknowledged.total() - eaten

    def check(self, eaten: int = 0) -> None:
        self.check_calls()
        self.check_touches()
        self.check_counts(eaten)

    def check_afterwards(self) -> None:
        """New calls are counted one by one."""
        before, calls, failed = self.figures(), len(self.calls), self.touches.failed.total()
        with self.load():
            self.more_counted(300)
        self.check_calls()
        new = self.calls[calls:]
        counted = (self.figures() - before).total()
        acknowledged = sum(not call.verdict.degraded for call in new)
        assert acknowledged <= counted <= acknowledged + self.touches.failed.total() - failed
