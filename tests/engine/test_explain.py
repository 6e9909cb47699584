"""Why rules matched or missed, in words."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.engine.explain import RuleExplanation
from callguard.errors import RecordError
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)
from tests.made.explanations import explained
from tests.made.rules import ALWAYS, call, counting, detection, equals, program_of
from tests.strategies.vocabulary import NUMBER_LIST


def only(rule: Rule | Correlation, *others: Rule | Correlation, **record: Any) -> RuleExplanation:
    """The explanation of the first rule."""
    return explained(program_of(rule, *others), call(**record))[0]


# A test, a value that passes, the words for that; a value that does not, the words for that.
BY_TEST: dict[str, tuple[str, Test, Any, str, Any, str]] = {
    "value": (
        "ingress", Equals(("international",)),
        "international", "ingress is 'international' (ingress='international')",
        "on_net", "ingress='on_net'; wanted: ingress is 'international'",
    ),
    "prefix": (
        "calling_party_number", StartsWith(("00",)),
        "0044", "calling_party_number starts with '00' (calling_party_number='0044')",
        "+44", "calling_party_number='+44'; wanted: calling_party_number starts with '00'",
    ),
    "suffix": (
        "text", EndsWith(("x",)),
        "ax", "text ends with 'x' (text='ax')",
        "xa", "text='xa'; wanted: text ends with 'x'",
    ),
    "substring": (
        "display_name", Contains(("公安",)),
        "市公安局", "display_name contains '公安' (display_name='市公安局')",
        "银行", "display_name='银行'; wanted: display_name contains '公安'",
    ),
    "wildcard": (
        "user_agent", Wildcard(("a*b",)),
        "A1B", "user_agent is like 'a*b' (user_agent='A1B')",
        "a", "user_agent='a'; wanted: user_agent is like 'a*b'",
    ),
    "expression": (
        "user_agent", Matches(("^a",)),
        "ab", "user_agent matches '^a' (user_agent='ab')",
        "A", "user_agent='A'; wanted: user_agent matches '^a'",
    ),
    "number": (
        "ring_s", Compare("lt", 6),
        5, "ring_s is < 6 (ring_s=5)",
        6.5, "ring_s=6.5; wanted: ring_s is < 6",
    ),
    "network": (
        "source_ip", InNetwork(("192.0.2.0/24",)),
        "192.0.2.1", "source_ip is in '192.0.2.0/24' (source_ip='192.0.2.1')",
        "192.0.3.1", "source_ip='192.0.3.1'; wanted: source_ip is in '192.0.2.0/24'",
    ),
    "absent": (
        "origid", Absent(),
        None, "origid is absent (origid absent)",
        "x", "origid='x'; wanted: origid is absent",
    ),
    "pair": (
        "origid", SameAs("call_id"),
        "C1", "origid is the same as call_id (origid='C1')",
        "c2", "origid='c2'; wanted: origid is the same as call_id",
    ),
    "list": (
        "asserted_identity", InList(NUMBER_LIST),
        "95588", f"asserted_identity is on list {NUMBER_LIST} (asserted_identity='95588')",
        "1", f"asserted_identity='1'; wanted: asserted_identity is on list {NUMBER_LIST}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BY_TEST)
def test_a_rule_matched_because_its_tests_held(kind: str) -> None:
    field, test, value, words, _, _ = BY_TEST[kind]
    found = only(detection("rule", Literal(field, test)), **{field: value})
    assert RuleExplanation("rule", True, "acts", (words,)) == found


@pytest.mark.parametrize("kind", BY_TEST)
def test_a_rule_missed_because_a_test_failed(kind: str) -> None:
    field, test, _, _, value, words = BY_TEST[kind]
    found = only(detection("rule", Literal(field, test)), **{field: value})
    assert RuleExplanation("rule", False, "acts", (words,)) == found


def test_every_kind_of_test_is_explained() -> None:
    assert {type(row[1]) for row in BY_TEST.values()} == set(Test.__args__)


def test_a_test_that_must_not_hold_is_explained_either_way() -> None:
    rule = detection("rule", equals("text", "a", negated=True))
    found = [only(rule, text=value).reasons for value in ("b", "a", None)]
    assert [
        ("text is not 'a' (text='b')",),
        ("text='a'; wanted: text is not 'a'",),
        ("text is not 'a' (text absent)",),
    ] == found


def test_a_field_that_is_missing_is_said_to_be_absent() -> None:
    found = only(detection("rule", equals("text", "a")))
    assert ("text absent; wanted: text is 'a'",) == found.reasons


def test_derived_fields_are_shown_as_derived() -> None:
    found = only(detection("rule", equals("calling.country", "GB")))
    assert ("calling.country='CN'; wanted: calling.country is 'GB'",) == found.reasons


def test_all_tests_that_failed_are_given_and_no_other() -> None:
    rule = detection("rule", ALWAYS, equals("text", "a"), equals("origid", "b"))
    expected = ("text='x'; wanted: text is 'a'", "origid absent; wanted: origid is 'b'")
    assert expected == only(rule, text="x").reasons


def test_the_alternative_that_came_nearest_is_explained() -> None:
    far = (equals("text", "a"), equals("origid", "b"))
    near = (ALWAYS, equals("user_agent", "c"))
    found = only(detection("rule", clauses=(far, near)))
    assert ("user_agent absent; wanted: user_agent is 'c'",) == found.reasons


def test_the_alternative_that_held_is_explained() -> None:
    clauses = ((equals("text", "a"),), (equals("text", "b"),))
    found = only(detection("rule", clauses=clauses), text="b")
    assert ("text is 'b' (text='b')",) == found.reasons


def test_a_rule_about_another_event_says_so() -> None:
    found = only(detection("rule", category="call_release"))
    assert (False, ("it judges release events, this is setup",)) == (found.matched, found.reasons)


@pytest.mark.parametrize("status", ["deprecated", "unsupported"])
def test_a_rule_that_is_off_says_so(status: str) -> None:
    found = only(detection("rule", status=status))
    assert RuleExplanation("rule", False, "off", (f"its status is {status}",)) == found


def test_a_correlation_that_is_off_says_so() -> None:
    found = only(counting("count", "rule", status="deprecated"), detection("rule"))
    assert RuleExplanation("count", False, "off", ("its status is deprecated",)) == found


@pytest.mark.parametrize(
    ("changes", "role"),
    [({}, "counts"), ({"score": 1}, "acts"), ({"score": 1, "status": "experimental"}, "shadow")],
)
def test_roles_are_those_of_the_program(changes: dict[str, Any], role: str) -> None:
    rule = detection("rule", **changes)
    assert role == only(rule, counting("count", "rule")).role


def test_rules_are_explained_in_file_order() -> None:
    program = program_of(counting("b", "c"), detection("c"), detection("a", status="deprecated"))
    assert ["b", "c", "a"] == [found.rule for found in explained(program, call())]


def test_a_correlation_about_other_events_says_so() -> None:
    found = only(counting("count", "sms"), detection("sms", category="sms"), event="release")
    assert (False, ("it neither counts nor judges such records",)) == (found.matched, found.reasons)


@pytest.mark.parametrize("rule", [detection("rule"), counting("rule", "other")])
def test_an_emergency_call_is_judged_by_no_rule(rule: Rule | Correlation) -> None:
    found = only(rule, detection("other"), called_party_number="110")
    expected = (False, ("calls to emergency numbers are judged by no rule",))
    assert expected == (found.matched, found.reasons)


@pytest.mark.parametrize("change", [{"at": "soon"}, {"event": None}])
def test_what_is_no_record_cannot_be_explained(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        explained(program_of(detection("rule")), {**call(), **change})


def test_a_value_that_its_key_cannot_hold_is_explained_as_absent() -> None:
    found = only(detection("rule", equals("cause", 16)), cause="x")
    assert (False, ("cause absent; wanted: cause is 16",)) == (found.matched, found.reasons)


def test_an_explanation_as_plain_values() -> None:
    found = RuleExplanation("rule", True, "acts", ("because", "and"))
    expected = {"rule": "rule", "matched": True, "role": "acts", "reasons": ["because", "and"]}
    assert expected == found.to_dict()
