"""From matched rules to the outcome, against the sentences that define it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine import outcomes
from callguard.engine.outcomes import Outcome, bits_of, outcomes_by_mask, weigh
from callguard.engine.verdict import Thresholds
from callguard.rules.model import ACTIONS, Action, Correlation, Rule
from tests.made.parts import changed
from tests.made.rules import counting, detection

RULE = detection("rule")
COUNT = counting("count", "rule")
OUTCOMES: dict[str, list[Any]] = {
    "status": ["stable", "test", "experimental"],
    "score": [0, 10, 30, 49, 50, 60, 90, 100],
    "verdict": [None, "allow", "label", "withhold", "block"],
    "basis": ["deterministic", "analytic"],
    "alert": [None, "default", "one_ring"],
}
# A rule and a correlation for every combination.
SOME: list[Rule | Correlation] = [
    changed(rule, **dict(zip(OUTCOMES, values, strict=True)))
    for values in product(*OUTCOMES.values())
    for rule in (RULE, COUNT)
]
thresholds = st.sampled_from(
    [Thresholds(), Thresholds(1, 1), Thresholds(50, 90, 70), Thresholds(None, None)]
)


def outcome_of(rules: Iterable[Rule | Correlation], steps: Thresholds) -> Outcome:
    """The outcome of these rules."""
    return outcomes.outcome_of([weigh(rule, steps) for rule in rules], steps)


def matched() -> st.SearchStrategy[list[Rule | Correlation]]:
    return st.lists(st.sampled_from(SOME), max_size=5).map(numbered)


def numbered(some: list[Rule | Correlation]) -> list[Rule | Correlation]:
    return [changed(rule, name=f"r{number}") for number, rule in enumerate(some)]


def strongest(actions: list[Action]) -> Action:
    return max(actions, key=ACTIONS.index)


@given(matched(), thresholds)
def test_acting_rules_are_reported_and_others_are_shadows_in_file_order(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    outcome = outcome_of(some, steps)
    acting = tuple(rule.name for rule in some if rule.status != "experimental")
    shadow = tuple(rule.name for rule in some if rule.status == "experimental")
    assert (acting, shadow) == (outcome.rules, outcome.shadow)


@given(matched(), thresholds)
def test_the_score_is_the_sum_over_acting_rules_and_at_most_100(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    expected = sum(rule.consequence.score for rule in some if rule.status != "experimental")
    assert min(100, expected) == outcome_of(some, steps).score


@given(matched(), thresholds)
def test_the_action_is_the_strongest_of_the_verdicts_and_what_the_score_reaches(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    outcome = outcome_of(some, steps)
    own = [rule.consequence.verdict for rule in some if rule.acts and rule.consequence.verdict]
    assert strongest([*own, steps.reached(outcome.score)]) == outcome.action


@given(matched(), thresholds)
def test_the_basis_is_deterministic_if_one_such_rule_alone_leads_to_the_action(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    outcome = outcome_of(some, steps)
    alone = [
        outcome_of([rule], steps).action == outcome.action
        for rule in some
        if rule.acts and rule.consequence.basis == "deterministic"
    ]
    expected = "deterministic" if any(alone) else "analytic"
    assert (None if outcome.action == "allow" else expected) == outcome.basis


@given(matched(), thresholds)
def test_the_alert_is_that_of_the_first_acting_rule_that_has_one(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    outcome = outcome_of(some, steps)
    alerts = [rule.consequence.alert for rule in some if rule.acts and rule.consequence.alert]
    assert (alerts[0] if alerts and outcome.action != "allow" else None) == outcome.template


@given(matched(), thresholds)
def test_a_shadow_changes_nothing_but_the_list_of_shadows(
    some: list[Rule | Correlation], steps: Thresholds
) -> None:
    without = outcome_of([rule for rule in some if rule.acts], steps)
    assert replace(without, shadow=outcome_of(some, steps).shadow) == outcome_of(some, steps)


def test_nothing_matched_is_nothing_done() -> None:
    assert Outcome("allow", 0, (), (), None, None) == outcome_of([], Thresholds())


@pytest.mark.parametrize(
    ("rules", "basis"),
    [
        ([{"score": 60}, {"score": 60, "basis": "deterministic"}], "analytic"),
        ([{"score": 90, "basis": "deterministic"}, {"score": 60}], "deterministic"),
        ([{"verdict": "block"}, {"score": 50, "basis": "deterministic"}], "analytic"),
        ([{"verdict": "block", "basis": "deterministic"}, {"score": 50}], "deterministic"),
        ([{"verdict": "allow", "basis": "deterministic"}, {"score": 50}], "analytic"),
    ],
)
def test_bases_by_example(rules: list[dict[str, Any]], basis: str) -> None:
    some = [changed(RULE, **changes) for changes in rules]
    assert basis == outcome_of(some, Thresholds()).basis


@given(st.integers(0, 1 << 200))
def test_the_bits_of_a_mask_are_those_that_are_set(mask: int) -> None:
    expected = [n for n, bit in enumerate(reversed(f"{mask:b}")) if bit == "1"]
    assert expected == sorted(bits_of(mask))


# Rules 0, 1 and 2; rule 1 owns two clauses, and the bits are not in file order.
RULES = [detection(f"rule-{number}", score=10 * number + 10) for number in range(3)]
OWNERS = [2, 1, 1, 0]


@given(st.integers(0, 15))
def test_a_mask_leads_where_the_rules_that_own_its_bits_lead(mask: int) -> None:
    outcome = outcomes_by_mask(RULES, OWNERS, frozenset(), Thresholds())
    owning = sorted({OWNERS[bit] for bit in range(4) if mask >> bit & 1})
    assert outcome_of([RULES[index] for index in owning], Thresholds()) == outcome(mask)


def test_silent_rules_are_left_out() -> None:
    outcome = outcomes_by_mask(RULES, OWNERS, frozenset({1}), Thresholds())
    assert outcome_of([RULES[0], RULES[2]], Thresholds()) == outcome(0b1111)


def test_an_outcome_is_worked_out_once() -> None:
    outcome = outcomes_by_mask(RULES, OWNERS, frozenset(), Thresholds())
    assert outcome(0b1111) is outcome(0b1111)


def test_the_memo_is_bounded_and_forgetting_changes_no_outcome() -> None:
    outcome = outcomes_by_mask(RULES, [0] * 13, frozenset(), Thresholds())
    first = outcome(1)
    for mask in range(1 << 13):
        outcome(mask)
    assert (first, False) == (outcome(1), first is outcome(1))
