"""The breaker of one place, walked by Hypothesis with calls that overlap, against a plain model."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
)

from callguard.errors import ServerError
from callguard.servers import Circuit, State
from tests.made.circuits import DOWN, POLICY, Clock, Upper


class Walk(RuleBasedStateMachine):
    """Calls that start, end and overlap in any order.

    The model: the state, the calls that started since it last changed (the only ones that may
    change it), the time of the next try, and what slow answers have cost.
    """

    calls = Bundle("calls")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.heard: list[State] = []
        self.circuit = Circuit(
            "there",
            policy=POLICY,
            clock=self.clock,
            rng=Upper(),
            on_change=lambda _name, state, _error: self.heard.append(state),
        )
        self.changes: list[State] = []
        self.current: set[object] = set()
        self.retry_at = 0.0
        self.longest = POLICY.first_s
        self.closed_at = -POLICY.longest_s
        self.strain = 0.0
        self.opened = 0

    @property
    def state(self) -> State:
        return self.changes[-1] if self.changes else "closed"

    def change(self, state: State) -> None:
        self.changes.append(state)
        self.current.clear()

    def opens(self) -> None:
        if self.state == "closed":
            self.opened += 1
            if self.clock.now - self.closed_at >= POLICY.longest_s:
                self.longest = POLICY.first_s
        self.retry_at = self.clock.now + self.longest
        self.longest = min(2 * self.longest, POLICY.longest_s)
        self.change("open")

    @rule(seconds=st.sampled_from([0.001, 0.04, 0.05, 0.2, 1.0, 2.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(target=calls)
    def start(self) -> object:
        call = object()
        if self.state == "closed":
            ticket = self.circuit.enter()
        elif self.clock.now < self.retry_at:
            with pytest.raises(ServerError, match="there: not asked while it is away"):
                self.circuit.enter()
            return None, 0
        else:
            ticket = self.circuit.enter()
            self.change("probing")
            self.retry_at = self.clock.now + POLICY.longest_s
        self.current.add(call)
        return call, ticket

    @rule(ended=consumes(calls), seconds=st.sampled_from([0.0, 0.005, 0.03, 0.1]))
    def answer(self, ended: tuple[object, int], seconds: float) -> None:
        call, ticket = ended
        if call is None:
            return
        counts = call in self.current
        self.circuit.leave(ticket, seconds)
        self.current.discard(call)
        if not counts:
            return
        slow = seconds > POLICY.slow_s
        if self.state == "probing":
            if slow:
                self.opens()
            else:
                self.change("closed")
                self.closed_at = self.clock.now
            return
        if not slow:
            self.strain = max(0.0, self.strain - POLICY.slow_share * POLICY.slow_s)
            return
        self.strain += seconds
        if self.strain > POLICY.slow_budget_s:
            self.strain = POLICY.slow_budget_s / 2
            self.opens()

    @rule(ended=consumes(calls))
    def fail(self, ended: tuple[object, int]) -> None:
        call, ticket = ended
        if call is None:
            return
        counts = call in self.current
        self.circuit.fail(ticket, DOWN)
        self.current.discard(call)
        if counts:
            self.opens()

    @rule(ended=consumes(calls))
    def abandon(self, ended: tuple[object, int]) -> None:
        call, ticket = ended
        if call is None:
            return
        counts = call in self.current
        self.circuit.abandon(ticket)
        self.current.discard(call)
        if counts and self.state == "probing":
            self.retry_at = self.clock.now
            self.change("open")

    @precondition(lambda self: self.state != "closed")
    @rule()
    def until_it_closes(self) -> None:
        self.clock.now = max(self.clock.now, self.retry_at)
        ticket = self.circuit.enter()
        self.change("probing")
        self.circuit.leave(ticket, 0.0)
        self.change("closed")
        self.closed_at = self.clock.now

    @invariant()
    def agrees(self) -> None:
        assert (self.state, self.changes, self.opened) == (
            self.circuit.state,
            self.heard,
            self.circuit.opened_total,
        )


TestWalk = Walk.TestCase
