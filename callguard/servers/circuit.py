"""The breaker of a server that may be away or slow: who may ask it, and when it is tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from math import isfinite
from random import Random, SystemRandom
from threading import Lock
from typing import Final, Literal, ParamSpec, TypeVar

from callguard.errors import CommandError, ServerError

State = Literal["closed", "open", "probing"]
# (name of the circuit, its new state, the last error or ""): for logs. Runs in the thread of the
# call that brought the change about, so it has to be quick. What it raises is dropped.
OnChange = Callable[[str, State, str], None]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Policy:
    """How a circuit opens and is tried again. Times are seconds.

    The first retry comes a random time of at most ``first_s`` after the circuit opened, and each
    further one at most twice as long after the one before as that could have been, up to
    ``longest_s``. A circuit that opens again within ``longest_s`` of closing goes on from there.

    An answer about n records is slow if it took longer than n times ``slow_s``. The circuit opens
    when slow answers have cost more than ``slow_budget_s``; each record that was answered in time
    makes up for ``slow_share`` of ``slow_s``. Raises ValueError for a value that is not a positive
    number.
    """

    first_s: float = 0.05
    longest_s: float = 2.0
    slow_s: float = 0.005
    slow_share: float = 0.1
    slow_budget_s: float = 0.09

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not (isinstance(value, int | float) and isfinite(value) and value > 0):
                raise ValueError(f"{field.name} {value!r}: expected a number above 0")


DEFAULT: Final = Policy()


class Circuit:
    """Keeps calls from waiting for a server that is away or slow.

    Closed: everybody may ask. The first failure opens it: nobody may ask, until the time of the
    retry; then one call does (``probing``) and either closes it or puts the retry off. May be used
    by any number of threads, and starts none: while nobody asks, it stays open.

    ``failure`` is the error of a call that failed, raised too where nobody may ask; ``partial`` is
    the kind of it that says nothing about the server.

    ``opened_total`` is how often it opened after having been closed, ``failed_total`` how many
    calls failed, ``last_error`` what was wrong last, also if all is well again.
    """

    def __init__(
        self,
        name: str,
        *,
        policy: Policy = DEFAULT,
        clock: Callable[[], float] = time.monotonic,
        rng: Random | None = None,
        on_change: OnChange | None = None,
        failure: type[Exception] = ServerError,
        partial: type[Exception] = CommandError,
    ) -> None:
        self.name = name
        self.opened_total = 0
        self.failed_total = 0
        self.last_error: str | None = None
        self._policy = policy
        self._clock = clock
        # Not a seeded generator: processes that were forked would all try again at the same time.
        self._rng = rng or SystemRandom()
        self._on_change = on_change
        self._failure = failure
        self._partial = partial
        self._lock = Lock()
        # Each time that it closes or is tried has a number, the ticket of calls that start then:
        # the result of a call after the next change says nothing about the present.
        self._turn = 1
        self._closed = 1  # the ticket of all calls while closed, else 0
        self._probe = 0  # the ticket of the call that tries the server, else 0
        self._retry_at = 0.0
        self._longest = policy.first_s
        self._closed_at = -policy.longest_s
        self._strain = 0.0  # seconds that slow answers have cost and nothing has made up for

    @property
    def state(self) -> State:
        """``closed``, ``open``, or ``probing`` while one call finds out."""
        if self._closed:
            return "closed"
        return "probing" if self._probe else "open"

    def __repr__(self) -> str:
        return f"<Circuit {self.name}: {self.state}>"

    def run(self, records: int | None, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """``ask(...)``, if the server may be asked. Raises ``failure`` at once if it may not.

        A ``failure`` of ``ask`` opens the circuit, except a ``partial`` one. ``records`` is how
        many records the answer is about, None if its time says nothing.
        """
        ticket = self.enter()
        try:
            start = self._clock()
            answer = ask(*args, **kwargs)
            self.leave(ticket, self._clock() - start, records)
            return answer
        except self._partial:
            self.leave(ticket, 0.0, None)
            raise
        except self._failure as error:
            self.fail(ticket, error)
            raise
        except BaseException:
            self.abandon(ticket)
            raise

    def enter(self) -> int:
        """A ticket to ask with, to be given back by one of the three methods below.

        Raises ``failure`` at once if the server is not to be asked now.
        """
        ticket = self._closed
        if ticket:
            return ticket
        with self._lock:
            if self._closed:
                return self._closed
            now = self._clock()
            if now < self._retry_at:
                raise self._failure(f"{self.name}: not asked while it is away ({self.last_error})")
            # Should this call never come back, another one tries in its place.
            self._retry_at = now + self._policy.longest_s
            ticket = self._probe = self._next_turn()
        self._report("probing")
        return ticket

    def leave(self, ticket: int, seconds: float, records: int | None = 1) -> None:
        """The server answered, after that time. ``records`` as in :meth:`run`."""
        slow = records is not None and seconds > records * self._policy.slow_s
        if ticket == self._closed and not (slow or self._strain):
            return
        state: State | None = None
        with self._lock:
            if ticket == self._probe:
                state = self._tried(slow)
            elif ticket == self._closed and self._strains(seconds if slow else 0.0, records or 0):
                state = self._open(self._slowness())
        if state:
            self._report(state)

    def fail(self, ticket: int, error: Exception) -> None:
        """The server did not answer, or said that it cannot do its work now."""
        with self._lock:
            self.failed_total += 1
            if ticket not in (self._closed, self._probe):
                return
            self._open(str(error))
        self._report("open")

    def abandon(self, ticket: int) -> None:
        """Nothing was learnt about the server."""
        with self._lock:
            if ticket != self._probe:
                return
            self._probe = 0
            self._retry_at = self._clock()
        self._report("open")

    def _tried(self, slow: bool) -> State:
        """The state that an answered try leads to."""
        if slow:
            return self._open(self._slowness())
        self._probe = 0
        self._closed = self._next_turn()
        self._closed_at = self._clock()
        return "closed"

    def _strains(self, slow_s: float, records: int) -> bool:
        """Whether this answer was one slow answer too many; ``slow_s`` is 0 if it was in time."""
        policy = self._policy
        if not slow_s:
            made_up = records * policy.slow_share * policy.slow_s
            self._strain = max(0.0, self._strain - made_up)
            return False
        self._strain += slow_s
        if self._strain <= policy.slow_budget_s:
            return False
        # When it is closed again, half the patience has to do.
        self._strain = policy.slow_budget_s / 2
        return True

    def _open(self, error: str) -> State:
        policy, now = self._policy, self._clock()
        if self._closed:
            self.opened_total += 1
            if now - self._closed_at >= policy.longest_s:
                self._longest = policy.first_s
        self.last_error = error
        self._closed = self._probe = 0
        self._retry_at = now + self._rng.uniform(0.0, self._longest)
        self._longest = min(policy.longest_s, 2 * self._longest)
        return "open"

    def _next_turn(self) -> int:
        self._turn += 1
        return self._turn

    def _slowness(self) -> str:
        return f"{self.name}: answers take longer than {self._policy.slow_s * 1000:g} ms"

    def _report(self, state: State) -> None:
        if self._on_change is not None:
            with suppress(Exception):  # a call is never lost to a log
                self._on_change(self.name, state, self.last_error or "")
