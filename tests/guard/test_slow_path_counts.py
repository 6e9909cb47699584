"""Records that take the slow path are counted, and no well-formed record is among them."""

from __future__ import annotations

import logging
from collections import UserDict
from collections.abc import Callable, Mapping
from threading import Thread
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.demo import generate_day
from callguard.engine.columns import Lists
from callguard.engine.slow_path import is_well_formed
from callguard.guard import Guard
from callguard.records import Record, validate_lenient
from callguard.rules.model import RuleSet
from callguard.rules.predicates import InList, Literal
from tests.made import rule_pack as pack
from tests.made.broken_guards import BrokenList, fail
from tests.made.guards import guard_of, plan
from tests.made.rules import call, detection, equals
from tests.strategies.records import STRANGERS, records
from tests.strategies.rules import correlated_sets, rule_set, rule_sets
from tests.strategies.well_formed import well_formed_records

NONE = {"record": 0, "fault": 0}
FORMS: list[Callable[[dict[str, Any]], Mapping[str, Any]]] = [
    dict,
    Record,
    UserDict,
    MappingProxyType,
    lambda record: validate_lenient(record)[0],
]


@given(rule_sets() | correlated_sets(), st.lists(well_formed_records(), min_size=1, max_size=4))
def test_no_well_formed_record_takes_the_slow_path(
    ruleset: RuleSet, some: list[dict[str, Any]]
) -> None:
    guard = guard_of(ruleset)
    for record in some:
        for form in FORMS:
            guard.score(form(record))
            guard.begin(form(record))
    assert guard.slow_path_total == NONE


@pytest.mark.parametrize("home", ["CN", "GB"])
@given(record=well_formed_records())
def test_no_well_formed_record_takes_the_slow_path_of_the_shipped_rules(
    home: str, record: dict[str, Any]
) -> None:
    guard = pack.guard_of(home)
    before = guard.slow_path_total
    guard.score(record)
    guard.begin(record)
    assert guard.slow_path_total == before


@pytest.mark.parametrize("home", ["CN", "GB"])
def test_no_record_of_the_generated_day_takes_the_slow_path(home: str) -> None:
    guard = pack.guard_of(home)
    before = guard.slow_path_total
    for labelled in generate_day(home=home, calls=2_000):
        guard.score(labelled.record)
        guard.begin(labelled.record)
    assert guard.slow_path_total == before


@given(rule_sets(most=3), records())
def test_an_odd_record_is_no_fault(ruleset: RuleSet, record: dict[str, object]) -> None:
    guard = guard_of(ruleset)
    guard.score(record)
    assert guard.slow_path_total["fault"] == 0
    assert guard.slow_path_total["record"] <= (not is_well_formed(record))


@given(well_formed_records(), STRANGERS)
def test_keys_that_no_rule_may_name_do_not_make_a_record_odd(
    record: dict[str, Any], strangers: dict[str, object]
) -> None:
    assert is_well_formed(record | strangers)


class Text(str):
    """Text of another class, which the fast path does not take for text."""

    __slots__ = ()


ODD: list[Any] = [
    None,
    "setup",
    {},
    call(at="yesterday"),
    call(event="Setup"),
    call(called_party_number=Text("01069445566")),
    call(display_name="\ud800"),
    call(display_name="x" * 4097),
    call(display_name=5),
]


@pytest.mark.parametrize("record", ODD, ids=lambda record: ascii(record)[-40:])
def test_an_odd_record_is_counted_each_time_and_never_logged(
    record: Any, caplog: pytest.LogCaptureFixture
) -> None:
    guard = guard_of(rule_set([detection("named", equals("display_name", "bank"))]))
    for _ in range(2):
        guard.score(record)
    guard.begin(record)
    assert guard.slow_path_total == {"record": 3, "fault": 0}
    assert [] == caplog.records


def broken_guard() -> Guard:
    """A guard whose scoring function meets an unexpected fault."""
    guard = guard_of(rule_set([detection("named", equals("display_name", "bank"))]))
    broken = dict.fromkeys(guard._program.score_event, fail)
    object.__setattr__(guard._program, "score_event", broken)
    return guard


def test_a_fault_is_counted_each_time_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    guard = broken_guard()
    verdicts = [guard.score(call(display_name="bank")) for _ in range(3)]
    assert [(["named"], [])] * 3 == [(verdict.rules, verdict.degraded) for verdict in verdicts]
    assert guard.slow_path_total == {"record": 0, "fault": 3}
    (logged,) = caplog.records
    assert logged.levelno == logging.ERROR
    assert logged.exc_info is not None
    assert "BrokenError" in caplog.text
    assert guard.digest[:12] in caplog.text


def test_an_odd_record_that_meets_a_fault_is_still_odd() -> None:
    guard = broken_guard()
    guard.score(call(display_name=5))
    assert guard.slow_path_total == {"record": 1, "fault": 0}


def test_a_list_that_fails_is_a_fault() -> None:
    rule = detection("listed", Literal("calling.e164", InList("few")), verdict="block")
    guard = Guard(rule_set([rule]), plan(), Lists({"few": BrokenList()}))
    assert ["list few"] == guard.score(call()).degraded
    assert guard.slow_path_total == {"record": 0, "fault": 1}


def test_the_figures_handed_out_are_a_copy() -> None:
    guard = guard_of(rule_set([detection("any")]))
    before = guard.slow_path_total
    guard.score(None)  # type: ignore[arg-type]
    assert (NONE, {"record": 1, "fault": 0}) == (before, guard.slow_path_total)


def test_threads_lose_no_count() -> None:
    guard = guard_of(rule_set([detection("any")]))

    def work() -> None:
        for _ in range(2_000):
            guard.score({})

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert guard.slow_path_total == {"record": 8_000, "fault": 0}
