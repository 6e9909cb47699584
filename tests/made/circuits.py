"""Circuits on a clock that stands still until it is moved."""

from __future__ import annotations

from random import Random

from callguard.errors import ServerError
from callguard.servers import Circuit, Policy, State

POLICY = Policy()
DOWN = ServerError("connection refused")


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


def assert_state(circuit: Circuit, expected: State) -> None:
    assert expected == circuit.state


def answers(circuit: Circuit, seconds: float, times: int = 1, records: int = 1) -> None:
    """Answers one after another, each after that time."""
    for _ in range(times):
        circuit.leave(circuit.enter(), seconds, records)
