"""Answers that are slow: how many are borne."""

from __future__ import annotations

from tests.made.circuits import POLICY, Clock, answers, assert_state, circuit_of, open_one


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
    for _ in range(42):
        answers(circuit, 0.007)
        answers(circuit, 0.004, 10)
    assert_state(circuit, "closed")
    answers(circuit, 0.007)
    assert_state(circuit, "open")


def test_answers_in_time_are_not_saved_up() -> None:
    circuit = circuit_of(Clock())
    answers(circuit, 0.007)
    answers(circuit, 0.004, 1000)
    answers(circuit, 0.007, 13)
    assert_state(circuit, "open")


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
