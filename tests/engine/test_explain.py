"""Why rules matched or missed, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from callguard.counters import CounterUpdate, WindowFigure
from callguard.engine.explain import RuleExplanation, explain
from callguard.engine.program import Program
from callguard.errors import CounterError, RecordError
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
from tests.made.guards import lists
from tests.made.rules import ALWAYS, call, counting, detection, equals, program_of
from tests.oracles.counters import PlainCounters
from tests.strategies.vocabulary import NUMBER_LIST


def explained(program: Program, record: dict[str, Any]) -> list[RuleExplanation]:
    return explain(program, record, lists())


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


COUNT = counting("count", "calls", group_by=("calling.e164", "trunk_group"))
CALLS = detection("calls", ALWAYS, equals("text", "x"))


def counted(times: int, **record: Any) -> tuple[bool, tuple[str, ...]]:
    """What is said of the correlation after so many records have been scored."""
    program = program_of(CALLS, COUNT)
    for _ in range(times):
        program.score_event["setup"](call(text="x", trunk_group="t"))
    found = explained(program, call(**record))[1]
    return found.matched, found.reasons


@pytest.mark.parametrize(("times", "matched"), [(0, False), (1, True), (5, True)])
def test_a_correlation_says_over_what_it_holds_or_not(times: int, matched: bool) -> None:
    found = counted(times, text="x", trunk_group="t")
    word = "holds" if matched else "does not hold"
    group = "calling.e164='+8613800138000', trunk_group='t'"
    expected = f"event_count over 60 s: {times + 1}; wanted: gte 2; {word} for {group}"
    assert (matched, (expected,)) == found


def test_a_correlation_over_everything_says_so() -> None:
    count = counting("count", "rule", condition=(("gt", 1), ("lte", 5)), timespan=3600)
    (_, found) = explained(program_of(detection("rule"), count), call())
    expected = "event_count over 3600 s: 1; wanted: gt 1 and lte 5; does not hold for all records"
    assert (expected,) == found.reasons


def test_a_record_far_ahead_of_the_clock_is_said_not_to_count() -> None:
    program = program_of(detection("rule"), counting("count", "rule"), clock=lambda: 0.0)
    (_, found) = explained(program, call())
    assert ("at is more than 300 s ahead of the clock: not counted",) == found.reasons


# What a correlation's store counted before, and what is said of the record after it.
def said(count: Correlation, *before: dict[str, Any], **record: Any) -> tuple[bool, str]:
    program = program_of(
        detection("first", equals("text", "a")), detection("second", equals("text", "b")), count
    )
    for one in before:
        program.score_event["setup"](one)
    found = explained(program, call(**record))[2]
    (reason,) = found.reasons
    return found.matched, reason


PAIR = ("first", "second")


def test_a_count_of_values_is_said_with_its_field() -> None:
    count = counting("count", *PAIR, type="value_count", value_field="trunk_group")
    before = [call(text="a", trunk_group=f"t{one}") for one in range(20)]
    expected = (
        "value_count of trunk_group over 60 s: 16 or more; wanted: gte 2; holds for all records"
    )
    assert (True, expected) == said(count, *before, text="b", trunk_group="t0")


@pytest.mark.parametrize(
    ("kind", "figure", "word"),
    [("value_sum", "1.75", "does not hold"), ("value_avg", "0.875 (mean of 2)", "does not hold")],
)
def test_a_sum_and_a_mean_are_said_in_the_unit_of_the_field(
    kind: Any, figure: str, word: str
) -> None:
    count = counting("count", *PAIR, type=kind, value_field="ring_s")
    expected = f"{kind} of ring_s over 60 s: {figure}; wanted: gte 2; {word} for all records"
    assert (False, expected) == said(count, call(text="a", ring_s=1.5), text="b", ring_s=0.25)


def test_rules_that_were_seen_and_rules_that_are_missing_are_named() -> None:
    count = counting("count", *PAIR, type="temporal", condition=())
    begin, end = "temporal over 60 s: ", "; wanted: all of first, second; "
    missing = f"{begin}seen second, not seen first{end}does not hold for all records"
    assert (False, missing) == said(count, text="b")
    assert (True, f"{begin}all seen{end}holds for all records") == said(
        count, call(text="a"), text="b"
    )


def test_how_far_an_order_has_come_is_said() -> None:
    count = counting("count", *PAIR, type="temporal_ordered", condition=())
    begin = "temporal_ordered over 60 s: "
    end = "; wanted: in this order first, second; does not hold for all records"
    assert (False, f"{begin}in order so far first{end}") == said(count, text="a")
    assert (False, f"{begin}in order so far none{end}") == said(count, text="b")


NOT_ONE = "wanted: gte 1; does not hold for all records"
LATE = "is 60 s or more ahead: this one is neither counted nor judged"


def test_a_record_that_is_late_is_said_to_be() -> None:
    count = counting("count", *PAIR, group_by=("calling.e164",))
    expected = f"the newest record counted for calling.e164='+8613800138000' {LATE}"
    assert (False, expected) == said(count, call(text="a", at=1060.0), text="b")


def test_a_record_that_is_out_of_order_is_judged() -> None:
    found = said(counting("count", *PAIR), call(text="a", at=1059.0), text="b")
    assert (True, "event_count over 60 s: 2; wanted: gte 2; holds for all records") == found


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ((), f"event_count over 60 s: nothing in the window; {NOT_ONE}"),
        ((1060.0,), f"the newest record counted for all records {LATE}"),
    ],
)
def test_a_setup_that_is_only_judged_may_be_late_as_well(
    before: tuple[float, ...], expected: str
) -> None:
    count = counting("count", "releases", condition=(("gte", 1),))
    program = program_of(detection("releases", category="call_release"), count)
    for at in before:
        program.score_event["release"](call(event="release", at=at))
    (_, found) = explained(program, call())
    assert (False, (expected,)) == (found.matched, found.reasons)


class Away(PlainCounters):
    def preview(self, steps: Sequence[CounterUpdate]) -> list[WindowFigure]:  # noqa: ARG002
        raise CounterError("counters at redis://h: connection refused")


def test_counters_that_are_away_leave_the_other_rules_explained() -> None:
    program = program_of(detection("rule"), counting("count", "rule"), store=Away())
    (first, second) = explained(program, call())
    assert first.matched
    expected = "not known for all records: counters at redis://h: connection refused"
    assert (False, (expected,)) == (second.matched, second.reasons)


def test_a_record_without_the_value_is_said_to_lack_it() -> None:
    count = counting("count", "rule", type="value_sum", value_field="duration_s")
    (_, found) = explained(program_of(detection("rule"), count), call())
    assert ("duration_s absent; wanted for value_sum",) == found.reasons


def test_a_correlation_names_the_group_fields_that_are_absent() -> None:
    found = counted(2, text="x", calling_party_number=None)
    expected = (
        "calling.e164 absent; wanted for grouping",
        "trunk_group absent; wanted for grouping",
    )
    assert (False, expected) == found


def test_a_correlation_names_its_rules_if_none_matched() -> None:
    found = counted(2, text="y", trunk_group="t")
    assert (False, ("none of the rules it counts matched: calls",)) == found


def test_a_correlation_about_other_events_says_so() -> None:
    found = only(counting("count", "sms"), detection("sms", category="sms"), event="release")
    assert (False, ("it neither counts nor judges such records",)) == (found.matched, found.reasons)


@pytest.mark.parametrize("rule", [detection("rule"), counting("rule", "other")])
def test_an_emergency_call_is_judged_by_no_rule(rule: Rule | Correlation) -> None:
    found = only(rule, detection("other"), called_party_number="110")
    expected = (False, ("calls to emergency numbers are judged by no rule",))
    assert expected == (found.matched, found.reasons)


def test_explaining_counts_nothing() -> None:
    program = program_of(CALLS, COUNT)
    record = call(text="x", trunk_group="t")
    assert [False] * 3 == [explained(program, record)[1].matched for _ in range(3)]


@pytest.mark.parametrize("change", [{"at": "soon"}, {"event": None}])
def test_what_is_no_record_cannot_be_explained(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        explained(program_of(CALLS), {**call(), **change})


def test_a_value_that_its_key_cannot_hold_is_explained_as_absent() -> None:
    found = only(detection("rule", equals("cause", 16)), cause="x")
    assert (False, ("cause absent; wanted: cause is 16",)) == (found.matched, found.reasons)


def test_an_explanation_as_plain_values() -> None:
    found = RuleExplanation("rule", True, "acts", ("because", "and"))
    expected = {"rule": "rule", "matched": True, "role": "acts", "reasons": ["because", "and"]}
    assert expected == found.to_dict()
