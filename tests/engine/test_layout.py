"""Which clause owns which bit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.layout import Layout, lay_out
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule
from tests.made.rules import ALWAYS, counting, detection, equals

A, B = equals("text", "a"), equals("text", "b")
RULES: list[Rule | Correlation] = [
    detection("first", clauses=((A, B), (B, ALWAYS))),
    counting("count", "first"),
    detection("sms", A, category="sms"),
    detection("off", A, status="deprecated"),
    detection("second", ALWAYS, status="experimental"),
]


@pytest.fixture
def layout() -> Layout:
    return lay_out(RULES, "setup")


def test_clauses_stand_in_file_order(layout: Layout) -> None:
    assert [(A, B), (B, ALWAYS), (ALWAYS,)] == layout.clauses


def test_each_bit_knows_its_rule(layout: Layout) -> None:
    assert [0, 0, 4] == layout.owners


def test_each_rule_knows_its_bits(layout: Layout) -> None:
    assert {"first": 0b011, "second": 0b100} == layout.rule_masks


def test_each_field_knows_its_literals(layout: Layout) -> None:
    expected = {
        "text": [(0, A), (0, B), (1, B)],
        "called_party_number": [(1, ALWAYS), (2, ALWAYS)],
    }
    assert expected == layout.uses


def test_everything_is_one_bit_for_each_clause(layout: Layout) -> None:
    assert (3, 0b111) == (layout.width, layout.everything)


def test_a_bit_of_a_correlation_is_no_clause(layout: Layout) -> None:
    layout.owners.append(1)
    assert (3, 0b111) == (layout.width, layout.everything)


@st.composite
def rules(draw: st.DrawFn) -> list[Rule]:
    """Rules of every status and category, of one to three clauses."""
    status = st.sampled_from(["stable", "test", "experimental", "deprecated", "unsupported"])
    size = st.integers(1, 3)
    drawn = draw(
        st.lists(st.tuples(status, st.sampled_from(list(CATEGORY_EVENT)), size), max_size=5)
    )
    return [
        detection(f"rule-{n}", status=status, category=category, clauses=((A, B),) * size)
        for n, (status, category, size) in enumerate(drawn)
    ]


@given(rules(), st.sampled_from(["setup", "answer", "release", "sms"]))
def test_an_event_has_the_clauses_of_the_rules_about_it_that_are_on(
    some: list[Rule], event: str
) -> None:
    expected = [
        clause
        for rule in some
        if rule.status not in ("deprecated", "unsupported")
        and CATEGORY_EVENT[rule.category] == event
        for clause in rule.clauses
    ]
    assert expected == lay_out(some, event).clauses


@given(rules())
def test_the_masks_of_rules_share_no_bit_and_leave_none_out(some: list[Rule]) -> None:
    layout = lay_out(some, "setup")
    masks = layout.rule_masks.values()
    assert (layout.everything, layout.width) == (sum(masks), sum(m.bit_count() for m in masks))


def test_no_rules_are_no_bits() -> None:
    assert Layout("setup") == lay_out([], "setup")
