"""A rule set compiled: digest, roles, and the verdict with its warning."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from callguard.counters import MemoryCounters
from callguard.engine.columns import Lists
from callguard.engine.program import Program, compile_rules
from callguard.engine.verdict import Alert, Thresholds
from callguard.records.fields import EVENTS
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule
from tests.made.guards import plan
from tests.made.parts import changed
from tests.made.rules import call, counting, detection, program_of
from tests.strategies.rules import rule_set


class Members(frozenset[str]):
    """A list whose text has this digest."""

    def __init__(self, digest: str) -> None:
        self.digest = digest


NO_RULES = replace(rule_set([]), source_digest="a" * 64)


def digest_of(lists: Lists, source: str = "a" * 64) -> str:
    return compile_rules(replace(NO_RULES, source_digest=source), plan(), lists).digest


LISTS = Lists({"n": Members("1")}, {"t": Members("2")})


def test_the_digest_is_that_of_the_rules_and_of_every_list() -> None:
    expected = hashlib.sha256(("a" * 64 + "\0n\0001" + "\0t\0002").encode()).hexdigest()
    assert expected == digest_of(LISTS)


@pytest.mark.parametrize(
    "lists",
    [
        Lists({"n": Members("3")}, {"t": Members("2")}),
        Lists({"n": Members("1")}, {"t": Members("3")}),
        Lists({"m": Members("1")}, {"t": Members("2")}),
        Lists({"n": Members("1")}),
        Lists(),
    ],
)
def test_another_list_is_another_digest(lists: Lists) -> None:
    assert digest_of(LISTS) != digest_of(lists)


def test_another_rule_file_is_another_digest() -> None:
    assert digest_of(LISTS) != digest_of(LISTS, "b" * 64)


def test_every_event_has_a_function() -> None:
    assert set(EVENTS) == set(program_of().score_event)


def test_each_event_is_scored_by_the_rules_of_its_category() -> None:
    rules = [detection(category, category=category, score=90) for category in CATEGORY_EVENT]
    program = program_of(*rules)
    matched = {event: program.score_event[event](call(event=event)).rules for event in EVENTS}
    expected = {event: [category] for category, event in CATEGORY_EVENT.items()}
    assert expected == matched


FEEDER = detection("feeder")


@pytest.mark.parametrize(
    ("changes", "count", "role"),
    [
        ({}, {}, "counts"),
        ({"status": "experimental"}, {}, "counts"),
        ({"score": 1}, {}, "acts"),
        ({"verdict": "allow"}, {}, "acts"),
        ({"score": 1, "status": "experimental"}, {}, "shadow"),
        ({}, {"generate": True}, "acts"),
        ({}, {"status": "deprecated"}, "counts"),
        ({}, {"rules": ("other",)}, "acts"),
        ({"status": "deprecated"}, {}, "off"),
        ({"status": "unsupported"}, {}, "off"),
    ],
)
def test_roles_of_rules(changes: dict[str, Any], count: dict[str, Any], role: str) -> None:
    rules: list[Rule | Correlation] = [
        changed(FEEDER, **changes),
        detection("other"),
        changed(counting("count", "feeder"), **count),
    ]
    assert role == program_of(*rules).role(0)


def test_one_correlation_that_generates_is_enough_to_report_the_rule() -> None:
    counts = [counting("one", "feeder"), counting("two", "feeder", generate=True)]
    assert "acts" == program_of(FEEDER, *counts).role(0)


@pytest.mark.parametrize(
    ("status", "role"), [("stable", "acts"), ("experimental", "shadow"), ("unsupported", "off")]
)
def test_roles_of_correlations(status: str, role: str) -> None:
    assert role == program_of(FEEDER, counting("count", "feeder", status=status)).role(1)


LOUD = detection("loud", score=60, alert="default")


def alerting(template: str, record: Mapping[str, Any]) -> Alert:
    return Alert(template, f"beware of {record['calling_party_number']}")


def failing(*_: object) -> Alert:
    raise RuntimeError("no words")


def score(program: Program) -> Any:
    return program.score_event["setup"](call())


def test_a_verdict_carries_the_warning() -> None:
    verdict = score(program_of(LOUD, alerter=alerting))
    assert Alert("default", "beware of 13800138000") == verdict.alert


def test_without_an_alerter_there_is_no_warning() -> None:
    verdict = score(program_of(LOUD))
    assert (None, []) == (verdict.alert, verdict.degraded)


def test_a_warning_that_fails_costs_the_warning_only() -> None:
    verdict = score(program_of(LOUD, alerter=failing))
    expected = ("label", ["loud"], None, ["alert"])
    assert expected == (verdict.action, verdict.rules, verdict.alert, verdict.degraded)


def test_the_thresholds_are_those_given() -> None:
    program = program_of(changed(LOUD, alert=None), thresholds=Thresholds(label=10, block=60))
    assert "block" == score(program).action


def test_counters_are_those_given() -> None:
    rules: list[Rule | Correlation] = [FEEDER, counting("count", "feeder", score=60)]
    store = MemoryCounters()
    verdicts = [score(program_of(*rules, store=store)) for _ in range(2)]
    assert [[], ["count"]] == [verdict.rules for verdict in verdicts]


def test_programs_without_counters_given_do_not_share_any() -> None:
    rules: list[Rule | Correlation] = [FEEDER, counting("count", "feeder", score=60)]
    assert [[], []] == [score(program_of(*rules)).rules for _ in range(2)]
