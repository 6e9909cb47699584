"""What the written scoring function makes of a mask: counters, outcome, verdict."""

from __future__ import annotations

import pytest

from callguard.engine.correlate import EARLY, FAILED
from callguard.engine.outcomes import Outcome
from callguard.engine.pending import Pending
from callguard.engine.verdict import Verdict
from tests.made.rules import call, equals
from tests.made.traced_scoring import Walk


def test_what_correlations_find_joins_what_the_rules_found() -> None:
    walk = Walk(equals("text", "x"), group_fields=["event"], fired=0b10)
    walk.score(call(text="x"))
    assert [0b11] == walk.masks


@pytest.mark.parametrize(("fired", "said"), [(FAILED, "counters"), (EARLY, "early")])
def test_counters_that_say_nothing_leave_what_the_rules_found(fired: int, said: str) -> None:
    walk = Walk(equals("text", "x"), group_fields=["event"], fired=fired)
    assert "finished" == walk.score(call(text="x"))
    assert [(0b1, [said])] == walk.finished


def test_what_begins_leaves_the_counters_to_the_caller() -> None:
    walk = Walk(equals("text", "x"), group_fields=["event"], fired=0b10)
    pending = walk.begin(call(text="x"))
    assert isinstance(pending, Pending)
    assert (0b1, ["setup"]) == (pending.mask, [group for _, group, *_ in pending.steps])
    assert [] == walk.groups
    pending.finisher({}, None, 0.0, 0, ["odd"])
    assert [(0, ["odd"])] == walk.finished


def test_what_begins_too_early_is_finished_at_once() -> None:
    walk = Walk(equals("text", "x"), group_fields=["event"], latest=999.0)
    assert "finished" == walk.begin(call(text="x"))
    assert [(0b1, ["early"])] == walk.finished


def test_what_wants_no_counters_is_settled_where_it_begins() -> None:
    walk = Walk(equals("text", "x"), group_fields=["origid"])
    assert "allow" == walk.begin(call(text="x")).action
    assert [0b1] == walk.masks


def test_a_warning_is_written_where_the_outcome_has_one() -> None:
    walk = Walk(
        equals("text", "x"), outcome=Outcome("label", 60, ("r",), (), "analytic", "default")
    )
    assert "finished" == walk.score(call(text="x"))
    assert [(0b1, [])] == walk.finished


def test_the_verdict_says_what_the_outcome_says() -> None:
    settled = Outcome("block", 95, ("r", "s"), ("t",), "deterministic", None)
    walk = Walk(equals("text", "x"), outcome=settled)
    expected = Verdict(
        "c1", 1000.0, "block", 95, ["r", "s"], ["t"], "deterministic", None, False, "d", []
    )
    assert expected == walk.score(call(text="x"))


def test_no_two_verdicts_share_a_list() -> None:
    walk = Walk(equals("text", "x"), outcome=Outcome("allow", 5, ("r",), ("t",), None, None))
    first, second = walk.score(call(text="x")), walk.score(call(text="x"))
    for name in ("rules", "shadow", "degraded"):
        getattr(first, name).append("changed")
    assert (["r"], ["t"], []) == (second.rules, second.shadow, second.degraded)


def test_a_record_that_no_rule_matches_is_allowed_unasked() -> None:
    walk = Walk(equals("text", "x"))
    assert "allow" == walk.score(call(text="y")).action
    assert [] == walk.masks
