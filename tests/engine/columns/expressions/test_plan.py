"""How expressions are shared out, and what that costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns.expressions.costs import MOST_STEPS
from callguard.engine.columns.expressions.plan import costs_of, deepest, plan
from tests.strategies.expressions import expressions

COSTLY = "[a-z][a-z0-9]{60}x"


def kind_of(*some: str) -> dict[str, str]:
    made = plan(some)
    found = {one.expression: "chain" for one in made.chains}
    found |= {one.expression: "needing" for one in made.needing}
    found |= {one.expression: "alone" for one in made.alone}
    found |= {one.expression: "together" for group in made.together for one in group}
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("(?i)win.{0,40}prize", "chain"),
        ("公安|派出所", "chain"),
        ("[a-z]+[0-9]", "together"),
        (COSTLY, "alone"),
        (f"prize{COSTLY}", "needing"),
    ],
)
def test_the_way_of_each(expression: str, expected: str) -> None:
    assert {expression: expected} == kind_of(expression)


@given(st.lists(expressions, min_size=1, max_size=8, unique=True))
def test_each_expression_has_one_way(some: list[str]) -> None:
    made = plan(tuple(some))
    ways = [
        *made.chains,
        *made.needing,
        *made.alone,
        *(one for part in made.together for one in part),
    ]
    assert sorted(some) == sorted(one.expression for one in ways)


@given(st.lists(expressions, min_size=1, max_size=8, unique=True))
def test_what_costs_is_what_was_asked_for(some: list[str]) -> None:
    items = costs_of(plan(tuple(some)), 4096)
    assert {one for _, named in items for one in named} <= set(some)
    assert all(steps > 0 for steps, _ in items)


@pytest.mark.parametrize(
    "expression",
    ["((a{1,9}b?){1,20}c){1,5}", "(([a-z]{1,9}[0-9]?){1,12}-){1,8}"],
)
def test_an_automaton_of_few_wide_states_costs_what_making_them_takes(expression: str) -> None:
    (steps, _), *_ = costs_of(plan((expression,)), 4096)
    assert MOST_STEPS / 20 < steps


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["a"], (1, "a")), (["ab", "b"], (2, "ab")), (["abc", "bc", "c", "x"], (3, "abc"))],
)
def test_the_texts_that_can_end_at_one_place(texts: list[str], expected: tuple[int, str]) -> None:
    assert expected == deepest(texts)
