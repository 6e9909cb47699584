"""The breaker of one place: who may ask, and when it is tried again."""

from __future__ import annotations

from random import Random
from threading import Barrier, Thread

import pytest

from callguard.errors import CommandError, ServerError
from callguard.servers import Circuit, Policy
from tests.made.circuits import DOWN, POLICY, Clock, Upper, assert_state, circuit_of, open_one


def refused(circuit: Circuit) -> bool:
    """Whether a call is refused. A probe that is let in is given back."""
    try:
        circuit.abandon(circuit.enter())
    except ServerError:
        return True
    return False


def test_the_first_failure_opens_it() -> None:
    circuit = open_one(Clock())
    assert ("open", 1, "connection refused") == (
        circuit.state,
        circuit.opened_total,
        circuit.last_error,
    )
    assert refused(circuit)


def test_calls_that_were_under_way_count_as_failed_and_change_nothing() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    tickets = [circuit.enter() for _ in range(3)]
    circuit.fail(tickets[0], DOWN)
    clock.now += POLICY.first_s
    circuit.leave(circuit.enter(), 0.0)
    circuit.fail(tickets[1], ServerError("an old story"))
    circuit.leave(tickets[2], 9.0)
    assert_state(circuit, "closed")
    assert (2, 1, "connection refused") == (
        circuit.failed_total,
        circuit.opened_total,
        circuit.last_error,
    )


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
        except ServerError:
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


def fail_with(error: BaseException) -> None:
    raise error


def test_a_circuit_may_be_one_of_other_errors() -> None:
    circuit = Circuit("there", clock=Clock(), rng=Upper(), failure=ValueError, partial=KeyError)
    for error in (KeyError("part"), ServerError("not its own")):
        with pytest.raises(type(error)):
            circuit.run(1, fail_with, error)
        assert_state(circuit, "closed")
    with pytest.raises(ValueError, match="whole"):
        circuit.run(1, fail_with, ValueError("whole"))
    with pytest.raises(ValueError, match=r"^there: not asked while it is away \(whole\)$"):
        circuit.enter()


def test_run_opens_it_on_errors_of_the_server_only() -> None:
    clock = Clock()
    circuit = circuit_of(clock)
    for error in (
        CommandError("node b"),
        UnicodeEncodeError("utf-8", "x", 0, 1, "no"),
        SystemExit(),
    ):
        with pytest.raises(type(error)):
            circuit.run(1, fail_with, error)
        assert_state(circuit, "closed")
    with pytest.raises(ServerError, match="connection refused"):
        circuit.run(1, fail_with, DOWN)
    assert_state(circuit, "open")
    with pytest.raises(ServerError, match=r"not asked while it is away \(connection refused\)"):
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
