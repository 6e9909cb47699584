"""What reading texts costs, and the rules that are off for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.budget import budget_of, without_texts
from callguard.engine.columns.expressions.costs import MOST_STEPS
from callguard.guard import Guard, cost_text, review
from callguard.numbering import NumberingPlan
from callguard.rules.model import Correlation, Rule, RuleSet
from callguard.rules.predicates import Absent, Contains, Equals, Literal, Matches, Test, Wildcard
from tests.made.parts import correlation, rule
from tests.strategies.expressions import expressions

COSTLY = "[a-z]+[a-z0-9]{1,400}x"
SETUP = {"event": "setup", "at": 1.0, "called_party_number": "+8613800138000"}


def of_text(name: str, *tests: Test, field: str = "user_agent", **changes: object) -> Rule:
    return rule(name, [(Literal(field, test),) for test in tests], **changes)


def guard_of(*rules: Rule | Correlation) -> Guard:
    return Guard(RuleSet("rules.yaml", rules, {}, ""), NumberingPlan("CN"))


def test_the_costliest_are_left_out_and_the_others_judge() -> None:
    guard = guard_of(
        of_text("costly", Matches((COSTLY,))), of_text("cheap", Matches(("win.{0,40}prize",)))
    )
    assert ["costly"] == list(guard.budget.left_out)
    verdict = guard.score({**SETUP, "user_agent": "win a prize abcx"})
    assert (["cheap"], ["cost costly"]) == (verdict.rules, verdict.degraded)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, []),
        ({"user_agent": "nothing like it"}, ["cost costly"]),
        ({"user_agent": "nothing like it", "trunk_group": "b"}, []),
    ],
)
def test_a_verdict_says_so_where_the_rule_might_have_matched(
    fields: dict[str, str], expected: list[str]
) -> None:
    clause = (
        Literal("user_agent", Matches((COSTLY,))),
        Literal("trunk_group", Equals(("b",)), negated=True),
    )
    guard = guard_of(rule("costly", [clause]))
    assert expected == guard.score({**SETUP, **fields}).degraded
    odd = {
        **SETUP,
        **fields,
        "trunk_group": fields.get("trunk_group", "a"),
        "call_id": 5,
    }  # judged on the slow path
    assert expected == guard.score(odd).degraded[1:]


def test_tests_of_texts_become_tests_of_presence() -> None:
    present = Literal("text", Absent(), negated=True)
    kept = Literal("ingress", Equals(("national",)))
    clause = (
        Literal("text", Matches(("a",))),
        Literal("text", Matches(("b",)), negated=True),
        kept,
    )
    assert ((present, kept),) == without_texts([clause])


def test_a_rule_that_only_reports_counts_like_others() -> None:
    shadow = of_text("costly", Matches((COSTLY,)), status="experimental")
    assert ["costly"] == list(budget_of([shadow]).left_out)


def test_a_rule_that_is_switched_off_costs_nothing() -> None:
    off = of_text("costly", Matches((COSTLY,)), status="deprecated")
    assert {} == budget_of([off]).left_out
    assert {0} == set(budget_of([off]).steps.values())


def test_of_equal_rules_the_last_are_left_out() -> None:
    many = [
        of_text(f"rule-{number}", Matches((f"[{number}x]{{1,60}}[a-z]+\\w{{9}}q{number}",)))
        for number in range(8)
    ]
    left_out = list(budget_of(many).left_out)
    assert left_out
    assert [each.name for each in many[-len(left_out) :]] == left_out


def test_a_correlation_does_not_count_what_is_left_out() -> None:
    counted = correlation("often", ["costly"])
    guard = guard_of(of_text("costly", Matches((COSTLY,))), counted)
    record = {**SETUP, "calling_party_number": "+442071234567", "user_agent": "abcdex"}
    assert [[], []] == [guard.score(record).rules for _ in range(2)]


@given(st.lists(expressions, max_size=8))
def test_what_is_left_fits(some: list[str]) -> None:
    rules = [of_text(f"rule-{at}", Matches((one,))) for at, one in enumerate(some)]
    budget = budget_of(rules, most=50_000)
    assert all(steps <= 50_000 for steps in budget.steps.values())
    kept = [each for each in rules if each.name not in budget.left_out]
    assert {} == budget_of(kept, most=50_000).left_out


def test_words_one_within_another_cost_a_place_each() -> None:
    nested = Contains(tuple("a" * length for length in range(1, 40)), cased=True)
    few = Contains(("a" * 39,), cased=True)
    assert budget_of([of_text("few", few)]).steps["setup"] < 500_000
    assert ["nested"] == list(budget_of([of_text("nested", nested)]).left_out)


def test_wildcards_cost_what_their_expressions_do() -> None:
    wild = of_text("wild", Wildcard(("*" + "?".join("w" * 200) + "z*",)))
    assert ["wild"] == list(budget_of([wild]).left_out)
    assert {} == budget_of([of_text("plain", Wildcard(("win*prize",)))]).left_out


RULE = """\
title: Costly
id: 7d2f6b0c-6a1e-4c59-9f0b-000000000001
name: costly
status: stable
description: An expression whose automaton grows.
level: high
logsource: {product: telecom, category: call_setup}
detection: {it: {user_agent|re: '[a-z]+[a-z0-9]{1,400}x'}, condition: it}
callguard:
  score: 10
  examples:
    matches: [{event: setup, at: 1, called_party_number: "+8613800138000", user_agent: "abcx"}]
    spares: [{event: setup, at: 1, called_party_number: "+8613800138000", user_agent: "abc"}]
"""


def test_checking_faults_it_and_loading_warns(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULE, encoding="utf-8")
    (fault,) = review(path).faults
    assert f"{path}:1:1 CG610 rule 'costly' is off: a part of it can cost " in str(fault)
    guard = Guard.load(path)
    assert [replace(fault, severity=guard.warnings[0].severity)] == list(guard.warnings)
    guard.reload()
    assert ["CG610"] == [warning.code for warning in guard.warnings]
    assert ["off"] == [each.role for each in guard.explain({**SETUP, "user_agent": "abcx"})]


def test_steps_in_words() -> None:
    assert f"setup 1,234; at most {MOST_STEPS:,}" == cost_text({"setup": 1234, "sms": 0})
    assert f"none; at most {MOST_STEPS:,}" == cost_text({"setup": 0})
