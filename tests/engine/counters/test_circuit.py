"""The breaker of one place, walked by Hypothesis with calls that overlap, against a plain model."""

from __future__ import annotations

from random import Random
from threading import Barrier, Thread

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

from callguard.engine.counters.circuit import Circuit, Policy, State
from callguard.errors import CounterError, NodeError

POLICY = Policy()
DOWN = CounterError("connection refused")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Upper(Random):
    """Draws the far end of every range: each retry comes as late as it may."""

    def uniform(self, _low: float, high: float) -> float:
        return high


def circuit_of(clock: Clock, rng: Random | None = None) -> Circuit:
    return Circuit("there", policy=POLICY, clock=clock, rng=rng or Upper())


def open_one(clock: Clock) -> Circuit:
    circuit = circuit_of(clock)
    circuit.fail(circuit.enter(), DOWN)
    return circuit


def refused(circuit: Circuit) -> bool:
    """Whether a call is refused. A probe that is let in is given back."""
    try:
        circuit.abandon(circuit.enter())
    except CounterError:
        return True
    return False


def assert_state(circuit: Circuit, expected: State) -> None:
    assert expected == circuit.state


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
            with pytest.raises(CounterError, match="there: not asked while it is away"):
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


def test_the_first_failure_opens_it() -> None:
    circuit = open_one(Clock())
    assert ("open", 1, "connection refused") == (
        circuit.state,
        circuit.opened_total,
        circuit.last_error,
    )
    assert refused(circuit)


def test_retries_come_later_and_later_up_to_the_longest() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    delays = []
    for _ in range(8):
        circuit.fail(circuit.enter(), DOWN)
        failed_at = clock.now
        while refused(circuit):
            clock.now += 0.001
        delays.append(round(clock.now - failed_at, 2))
    assert [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0] == delays


def test_retries_are_spread_from_zero_to_the_longest() -> None:
    draws: list[tuple[float, float]] = []

    class Seen(Random):
        def uniform(self, low: float, high: float) -> float:
            draws.append((low, high))
            return low

    circuit = circuit_of(Clock(), Seen())
    for _ in range(3):
        circuit.fail(circuit.enter(), DOWN)
    assert [(0.0, 0.05), (0.0, 0.1), (0.0, 0.2)] == draws


def test_a_server_that_comes_and_goes_is_tried_ever_more_seldom_until_it_stays() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    waits = []
    for stays in (0.0, 0.1, 1.9, 2.0):
        circuit.fail(circuit.enter(), DOWN)
        opened = clock.now
        while refused(circuit):
            clock.now += 0.001
        waits.append(round(clock.now - opened, 2))
        circuit.leave(circuit.enter(), 0.0)
        clock.now += stays
    circuit.fail(circuit.enter(), DOWN)
    opened = clock.now
    while refused(circuit):
        clock.now += 0.001
    waits.append(round(clock.now - opened, 2))
    assert [0.05, 0.1, 0.2, 0.4, 0.05] == waits


def test_of_many_threads_one_tries() -> None:
    clock = Clock()
    circuit = open_one(clock)
    clock.now += POLICY.first_s
    barrier, let_in = Barrier(16), []

    def ask() -> None:
        barrier.wait(30)
        try:
            let_in.append(circuit.enter())
        except CounterError:
            return

    threads = [Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (1, "probing") == (len(let_in), circuit.state)


def test_a_try_that_never_comes_back_is_replaced() -> None:
    clock = Clock()
    circuit = open_one(clock)
    clock.now += POLICY.first_s
    lost = circuit.enter()
    clock.now += POLICY.longest_s - 0.01
    assert refused(circuit)
    clock.now += 0.01
    second = circuit.enter()
    circuit.leave(lost, 0.0)
    assert_state(circuit, "probing")
    circuit.leave(second, 0.0)
    assert_state(circuit, "closed")


def answers(circuit: Circuit, seconds: float, times: int = 1, records: int = 1) -> None:
    """Answers one after another, each after that time."""
    for _ in range(times):
        circuit.leave(circuit.enter(), seconds, records)


def test_answers_of_7_ms_each_open_it_before_they_have_cost_100_ms() -> None:
    circuit = circuit_of(Clock())
    answers(circuit, 0.007, 12)
    assert_state(circuit, "closed")
    answers(circuit, 0.007)
    assert_state(circuit, "open")
    assert "there: answers take longer than 5 ms" == circuit.last_error


def test_answers_that_are_seldom_slow_never_open_it() -> None:
    circuit = circuit_of(Clock())
    for _ in range(1000):
        answers(circuit, 0.007)
        answers(circuit, 0.004, 30)
    assert 0 == circuit.opened_total


def test_answers_that_are_often_slow_open_it() -> None:
    circuit = circuit_of(Clock())
    rounds = 0
    while not circuit.opened_total:
        answers(circuit, 0.007)
        if not circuit.opened_total:
            answers(circuit, 0.004, 20)
        rounds += 1
    assert 43 == rounds


def test_a_batch_may_take_as_long_as_its_records_one_by_one() -> None:
    circuit = circuit_of(Clock())
    answers(circuit, 0.99, records=200)
    assert_state(circuit, "closed")
    answers(circuit, 1.01, records=200)
    assert_state(circuit, "open")


def test_each_record_answered_in_time_makes_up_for_slow_ones() -> None:
    circuit = circuit_of(Clock())
    for _ in range(100):
        answers(circuit, 0.08)
        answers(circuit, 0.5, records=400)
    assert 0 == circuit.opened_total


def test_a_slow_try_does_not_close_it() -> None:
    clock = Clock()
    circuit = open_one(clock)
    clock.now += POLICY.first_s
    circuit.leave(circuit.enter(), 0.007)
    assert ("open", 1) == (circuit.state, circuit.opened_total)


def test_after_slowness_half_the_patience_has_to_do() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    answers(circuit, 0.1)
    clock.now += POLICY.first_s
    circuit.leave(circuit.enter(), 0.0)
    assert_state(circuit, "closed")
    answers(circuit, 0.04)
    assert_state(circuit, "closed")
    answers(circuit, 0.006)
    assert_state(circuit, "open")
    assert 2 == circuit.opened_total


def test_time_is_not_judged_where_it_says_nothing() -> None:
    circuit = circuit_of(Clock())
    circuit.leave(circuit.enter(), 9.0, None)
    assert_state(circuit, "closed")


def fail_with(error: BaseException) -> None:
    raise error


def test_run_opens_it_on_errors_of_the_counters_only() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    for error in (NodeError("node b"), UnicodeEncodeError("utf-8", "x", 0, 1, "no"), SystemExit()):
        with pytest.raises(type(error)):
            circuit.run(1, fail_with, error)
        assert_state(circuit, "closed")
    with pytest.raises(CounterError, match="connection refused"):
        circuit.run(1, fail_with, DOWN)
    assert_state(circuit, "open")
    with pytest.raises(CounterError, match=r"not asked while it is away \(connection refused\)"):
        circuit.run(1, fail_with, AssertionError())
    clock.now += POLICY.first_s
    with pytest.raises(KeyboardInterrupt):
        circuit.run(1, fail_with, KeyboardInterrupt())
    assert_state(circuit, "open")
    assert 5 == circuit.run(1, lambda number: number + 1, 4)
    assert_state(circuit, "closed")


def test_a_log_that_fails_changes_nothing() -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    circuit = Circuit("there", on_change=broken)
    circuit.fail(circuit.enter(), DOWN)
    assert_state(circuit, "open")


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "5", None])
@pytest.mark.parametrize("name", ["first_s", "longest_s", "slow_s", "slow_share", "slow_budget_s"])
def test_a_policy_is_made_of_positive_numbers(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"{name} .*expected a number above 0"):
        Policy(**{name: value})  # type: ignore[arg-type]


def test_it_shows_its_name_and_state() -> None:
    assert "<Circuit there: open>" == repr(open_one(Clock()))
