"""A call to an emergency number is allowed, whatever the rules say and whatever breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from callguard.engine.columns import Lists
from callguard.guard import Guard
from callguard.numbering import NumberingPlan
from callguard.rules.model import CATEGORY_EVENT, Category, Rule
from tests.conftest import LONG
from tests.made import blocking_rules, emergency_numbers
from tests.made.broken_guards import (
    Breaker,
    BrokenCounters,
    BrokenList,
    HalfBrokenMapping,
    PickyPlan,
    fail,
)
from tests.made.guards import plan, said
from tests.made.parts import changed
from tests.made.rule_text import rule_file
from tests.oracles.verdicts import Expected
from tests.strategies.rules import rule_set

Record = Mapping[str, Any]
REGIONS = tuple(emergency_numbers.by_region())
ALLOWED = Expected(action="allow", emergency=True)
ORDINARY = "01069445566"
# The means of the hostile rules that a rule file may use: the loader refuses some as pointless.
ON_DISK = ("suffix", "substring", "not", "time", "nameless", "caller")


def call(called: object, **more: object) -> dict[str, Any]:
    return {
        "event": "setup",
        "at": 1_700_000_000.0,
        "call_id": "c1",
        "calling_party_number": "13800138000",
        "called_party_number": called,
        "display_name": "anybody",
        **more,
    }


def dialled(region: str) -> Iterator[tuple[str, str]]:
    """(form's name, number as signalled) for every emergency number of the region."""
    for digits in emergency_numbers.by_region()[region]:
        yield from emergency_numbers.forms(digits, region).items()


@dataclass
class Parts:
    """What a hostile guard is made of; a failure mode replaces some of it."""

    plan: NumberingPlan
    lists: Lists = blocking_rules.LISTS
    state: Any = None
    breaker: Breaker | None = None
    categories: tuple[Category, ...] = tuple(CATEGORY_EVENT)

    def guard(self) -> Guard:
        guard = Guard(
            rule_set(blocking_rules.rules(self.categories)),
            self.plan,
            self.lists,
            state=self.state,
            thresholds={"label": 1, "block": 1},
        )
        if self.breaker is not None:
            self.breaker.armed = True
        return guard


def without_lists(_: pytest.MonkeyPatch, parts: Parts) -> None:
    parts.lists = Lists(
        {blocking_rules.EVERYTHING: BrokenList()}, {blocking_rules.EVERYTHING: BrokenList()}
    )


def without_counters(_: pytest.MonkeyPatch, parts: Parts) -> None:
    parts.state = BrokenCounters()


def without_columns(monkeypatch: pytest.MonkeyPatch, parts: Parts) -> None:
    parts.breaker = Breaker(monkeypatch)


def without_alerts(monkeypatch: pytest.MonkeyPatch, _: Parts) -> None:
    monkeypatch.setattr("callguard.guard.guard.render", fail)


def without_other_numbers(_: pytest.MonkeyPatch, parts: Parts) -> None:
    region = parts.plan.home
    parts.plan = PickyPlan(region, frozenset(number for _, number in dialled(region)))


def without_anything(monkeypatch: pytest.MonkeyPatch, parts: Parts) -> None:
    for mode in (without_lists, without_counters, without_columns, without_alerts):
        mode(monkeypatch, parts)
    without_other_numbers(monkeypatch, parts)


FAILURES: dict[str, Callable[[pytest.MonkeyPatch, Parts], None]] = {
    "nothing fails": lambda *_: None,
    "lists fail": without_lists,
    "counters fail": without_counters,
    "columns fail": without_columns,
    "alerts fail": without_alerts,
    "numbering fails for other numbers": without_other_numbers,
    "everything fails": without_anything,
}
# What a decoder, or whoever fills the record, may get wrong around the called number.
DAMAGE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no time": lambda record: {**record, "at": None},
    "wrong time": lambda record: {**record, "at": "yesterday"},
    "endless time": lambda record: {**record, "at": float("nan")},
    "no event": lambda record: {key: record[key] for key in record if key != "event"},
    "unknown event": lambda record: {**record, "event": "reboot"},
    "event of another type": lambda record: {**record, "event": ["setup"]},
    "caller of another type": lambda record: {**record, "calling_party_number": {"a": 1}},
    "name of another type": lambda record: {**record, "display_name": b"\xff"},
    "call id of another type": lambda record: {**record, "call_id": object()},
    "long name": lambda record: {**record, "display_name": "x" * 100_000},
    "odd keys": lambda record: {**record, None: 1, ("a",): 2, "called.kind": "mobile"},
    "read-only": MappingProxyType,
    "a mapping that fails elsewhere": HalfBrokenMapping,
}


@pytest.mark.parametrize("failure", FAILURES)
def test_every_emergency_number_of_every_region_is_allowed(
    failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = []
    # All regions where nothing or everything fails; every fourth in between, but in the long run.
    some = (
        slice(None)
        if LONG or failure in ("nothing fails", "everything fails")
        else slice(None, None, 4)
    )
    for region in REGIONS[some]:
        with monkeypatch.context() as patch:
            parts = Parts(plan(region), categories=("call_setup",))
            FAILURES[failure](patch, parts)
            guard = parts.guard()
            for form, number in dialled(region):
                verdict = guard.score(call(number))
                if said(verdict) != ALLOWED:
                    lost.append((region, form, number, verdict))
    assert lost == []


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("failure", FAILURES)
def test_a_damaged_record_of_an_emergency_call_is_allowed_and_known_as_one(
    failure: str, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(plan("CN"))
    FAILURES[failure](monkeypatch, parts)
    guard = parts.guard()
    verdicts = {
        number: said(guard.score(DAMAGE[damage](call(number)))) for _, number in dialled("CN")
    }
    assert dict.fromkeys(verdicts, ALLOWED) == verdicts


@pytest.mark.parametrize("event", ["setup", "answer", "release", "sms"])
def test_every_event_of_an_emergency_call_is_allowed(event: str) -> None:
    guard = Parts(plan("CN")).guard()
    verdicts = {number: said(guard.score(call(number, event=event))) for _, number in dialled("CN")}
    assert dict.fromkeys(verdicts, ALLOWED) == verdicts


@pytest.mark.parametrize("event", ["setup", "release", "sms"])
def test_the_hostile_rules_block_all_other_calls(event: str) -> None:
    verdict = Parts(plan("CN")).guard().score(call(ORDINARY, event=event))
    assert ("block", 100, False) == (verdict.action, verdict.score, verdict.emergency)


@pytest.mark.parametrize("called", ["119", "+86110", "12110", "96110", "122"])
def test_who_calls_from_an_emergency_number_is_judged_like_anybody(called: str) -> None:
    verdict = Parts(plan("CN")).guard().score(call(ORDINARY, calling_party_number=called))
    assert ("block", False) == (verdict.action, verdict.emergency)


def test_a_hostile_rule_file_from_disk_allows_emergency_calls(tmp_path: Path) -> None:
    other = {"setup": "sms", "answer": "sms", "release": "setup", "sms": "setup"}
    written = [
        changed(
            rule, matches=(call(ORDINARY, event=event),), spares=(call("", event=other[event]),)
        )
        for rule in blocking_rules.rules()
        if isinstance(rule, Rule) and rule.name.startswith(ON_DISK)
        for event in [CATEGORY_EVENT[rule.category]]
    ]
    path = tmp_path / "rules.yaml"
    path.write_text(rule_file(written), encoding="utf-8")
    guard = Guard.load(path)
    assert [rule.name for rule in written] == [rule.name for rule in guard.rules.rules]
    assert guard.score(call(ORDINARY)).action == "block"
    verdicts = {number: said(guard.score(call(number))) for _, number in dialled("CN")}
    assert dict.fromkeys(verdicts, ALLOWED) == verdicts
