"""The generator's numbers are what it takes them for, in every home."""

from __future__ import annotations

from random import Random

import pytest

from callguard.demo.homes import FOREIGN, HOMES, ONE_RING, draw
from callguard.numbering import NumberClass, NumberingPlan

DRAWS = 20


def classes(home: str, patterns: tuple[str, ...]) -> set[NumberClass]:
    plan, rng = NumberingPlan(home), Random(5)
    return {plan.classify(draw(rng, (pattern,)))[1] for pattern in patterns for _ in range(DRAWS)}


@pytest.mark.parametrize("home", sorted(HOMES))
def test_numbers_of_subscribers_and_firms_are_valid_ones_of_the_home(home: str) -> None:
    facts = HOMES[home]
    for number in classes(home, (*facts.mobile, *facts.fixed, *facts.call_centres)):
        assert (home, True) == (number.country, number.valid)


@pytest.mark.parametrize("home", sorted(HOMES))
def test_impossible_numbers_are_invalid(home: str) -> None:
    assert {False} == {number.valid for number in classes(home, HOMES[home].impossible)}


@pytest.mark.parametrize("home", sorted(HOMES))
def test_emergency_numbers_are_known_as_such(home: str) -> None:
    assert {"emergency"} == {number.kind for number in classes(home, HOMES[home].emergency)}


@pytest.mark.parametrize("home", sorted(HOMES))
def test_inbound_only_numbers_are_valid_services(home: str) -> None:
    kinds = {number.kind for number in classes(home, HOMES[home].inbound_only)}
    assert kinds <= {"toll_free", "shared_cost", "premium"}


@pytest.mark.parametrize("home", sorted(HOMES))
def test_the_national_form_is_the_same_number(home: str) -> None:
    facts, plan, rng = HOMES[home], NumberingPlan(home), Random(6)
    for pattern in (*facts.mobile, *facts.fixed):
        number = draw(rng, (pattern,))
        assert plan.classify(number) == plan.classify(facts.national(number))
        assert number == plan.classify(facts.national(number))[0]


def test_foreign_numbers_are_valid_and_foreign_to_china() -> None:
    for number in classes("CN", (*FOREIGN, *ONE_RING)):
        assert number.valid
        assert "CN" != number.country
