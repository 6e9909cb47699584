"""What is said of correlations: the figure, what is wanted, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from callguard.counters import CounterUpdate, WindowFigure
from callguard.errors import CounterError
from callguard.rules.model import Correlation
from tests.made.explanations import explained
from tests.made.rules import ALWAYS, call, counting, detection, equals, program_of
from tests.oracles.counters import PlainCounters

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


def test_a_correlation_names_all_of_its_rules_if_none_matched() -> None:
    found = said(counting("count", *PAIR), text="neither")
    assert (False, "none of the rules it counts matched: first, second") == found


def test_a_correlation_names_its_rules_if_none_matched() -> None:
    found = counted(2, text="y", trunk_group="t")
    assert (False, ("none of the rules it counts matched: calls",)) == found


def test_explaining_counts_nothing() -> None:
    program = program_of(CALLS, COUNT)
    record = call(text="x", trunk_group="t")
    assert [False] * 3 == [explained(program, record)[1].matched for _ in range(3)]
