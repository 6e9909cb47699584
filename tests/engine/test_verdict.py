"""Verdicts as plain values, and the scores that lead to actions."""

from __future__ import annotations

import json
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.verdict import DEFAULT_THRESHOLDS, Alert, Thresholds, Verdict

KEYS = [
    "call_id",
    "at",
    "action",
    "score",
    "rules",
    "shadow",
    "basis",
    "alert",
    "emergency",
    "call_back",
    "degraded",
    "ruleset",
]


def verdict(**changes: Any) -> Verdict:
    said = {
        "call_id": "c1",
        "at": 1000.5,
        "action": "block",
        "score": 95,
        "rules": ["a", "b"],
        "shadow": ["c"],
        "basis": "analytic",
        "alert": Alert("default", "防诈提醒"),
        "emergency": False,
        "ruleset": "ab" * 32,
    }
    return Verdict(**{**said, **changes})


def test_a_verdict_as_plain_values() -> None:
    expected = {
        "call_id": "c1",
        "at": 1000.5,
        "action": "block",
        "score": 95,
        "rules": ["a", "b"],
        "shadow": ["c"],
        "basis": "analytic",
        "alert": {"template": "default", "text": "防诈提醒"},
        "emergency": False,
        "call_back": False,
        "degraded": [],
        "ruleset": "ab" * 32,
    }
    assert expected == verdict().to_dict()


def test_the_keys_stand_in_their_order() -> None:
    assert list(verdict().to_dict()) == KEYS


@pytest.mark.parametrize("changes", [{}, {"alert": None}, {"call_id": None, "at": None}])
def test_plain_values_survive_json_and_messagepack(changes: dict[str, Any]) -> None:
    plain = verdict(**changes).to_dict()
    assert [plain, plain] == [json.loads(json.dumps(plain)), msgpack.unpackb(msgpack.packb(plain))]


def test_plain_values_share_no_list_with_the_verdict() -> None:
    found = verdict(degraded=["counters"])
    plain = found.to_dict()
    for key in ("rules", "shadow", "degraded"):
        plain[key].append("x")
    assert (["a", "b"], ["c"], ["counters"]) == (found.rules, found.shadow, found.degraded)


def test_no_two_verdicts_share_what_degraded_them() -> None:
    first, second = verdict(), verdict()
    first.degraded.append("counters")
    assert second.degraded == []


def test_calls_are_labelled_from_50_and_blocked_from_90() -> None:
    found = [DEFAULT_THRESHOLDS.reached(score) for score in (0, 49, 50, 89, 90, 100)]
    assert ["allow", "allow", "label", "label", "block", "block"] == found


def test_calls_can_be_withheld_in_between() -> None:
    steps = Thresholds(label=40, withhold=60, block=80)
    found = [steps.reached(score) for score in (39, 40, 59, 60, 79, 80)]
    assert ["allow", "label", "label", "withhold", "withhold", "block"] == found


steps = st.none() | st.integers(-1, 103) | st.sampled_from([1, 50, 90, 100])


@given(steps, steps, steps)
def test_steps_in_order_from_1_to_100_are_taken_and_no_others(
    label: int | None, block: int | None, withhold: int | None
) -> None:
    there = [step for step in (label, withhold, block) if step is not None]
    if there == sorted(there) and all(1 <= step <= 100 for step in there):
        made = Thresholds(label, block, withhold)
        assert (label, block, withhold) == (made.label, made.block, made.withhold)
    else:
        with pytest.raises(ValueError, match="expected scores from 1 to 100"):
            Thresholds(label, block, withhold)


@pytest.mark.parametrize("key", ["label", "withhold", "block"])
@pytest.mark.parametrize("step", ["60", 60.0, True, float("nan"), [60]], ids=str)
def test_what_is_no_whole_number_is_no_step(key: str, step: Any) -> None:
    with pytest.raises(ValueError, match="expected scores from 1 to 100"):
        Thresholds(**{key: step})


@pytest.mark.parametrize(
    ("steps", "action"),
    [
        ({"block": None}, "label"),
        ({"label": None}, "block"),
        ({"label": None, "block": None}, "allow"),
        ({"label": None, "block": None, "withhold": 70}, "withhold"),
    ],
)
def test_where_there_is_no_step_no_score_leads(steps: dict[str, Any], action: str) -> None:
    assert action == Thresholds(**steps).reached(100)


scores = st.none() | st.integers(1, 100)


@given(st.tuples(scores, scores, scores), st.integers(0, 100))
def test_a_higher_score_never_leads_to_less(drawn: tuple[int | None, ...], score: int) -> None:
    rising = iter(sorted(step for step in drawn if step is not None))
    label, withhold, block = (None if step is None else next(rising) for step in drawn)
    thresholds = Thresholds(label, block, withhold)
    order = ["allow", "label", "withhold", "block"]
    reached = [order.index(thresholds.reached(each)) for each in range(score, 101)]
    assert sorted(reached) == reached


def test_wrong_steps_are_named() -> None:
    with pytest.raises(ValueError, match=r"\Athresholds label=90 withhold=None block=50: "):
        Thresholds(label=90, block=50)
