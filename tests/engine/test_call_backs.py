"""Call-backs from public safety are judged by no rule, where they are proven."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import Lists
from callguard.guard import Guard
from callguard.numbering import NumberingPlan
from callguard.records.codecs.sip.invite import read_invite
from callguard.rules.model import PSAP_NUMBERS, RuleSet
from callguard.rules.predicates import Absent, Literal
from tests.made import blocking_rules
from tests.made.broken_guards import BrokenList
from tests.made.captures import invite
from tests.made.guards import lists, members, plan, said
from tests.made.parts import correlation, rule
from tests.oracles.verdicts import Expected, Oracle
from tests.strategies.records import records
from tests.strategies.rules import rule_set, rule_sets

DESKS = frozenset({"+865711101234", "+86120", "+85329990000"})
CALLED_BACK = Expected(call_back=True)
TRUSTED = ("on_net", "interconnect")


def hostile(desks: Any = DESKS, home: NumberingPlan | None = None) -> Guard:
    everything = blocking_rules.LISTS
    return Guard(
        rule_set(blocking_rules.rules(("call_setup", "sms"))),
        home or plan(),
        Lists({**everything.numbers, PSAP_NUMBERS: desks}, everything.texts),
        thresholds={"label": 1, "block": 1},
    )


def call(**more: object) -> dict[str, object]:
    return {
        "event": "setup",
        "at": 1_700_000_000.0,
        "calling_party_number": "05711101234",
        "called_party_number": "13912345678",
        "ingress": "interconnect",
        **more,
    }


def odd(record: dict[str, object]) -> dict[str, object]:
    """The same for the slow path: a value that no field holds."""
    return {**record, "cause": "sixteen", "display_name": 5}


@pytest.mark.parametrize("path", [dict, odd])
@pytest.mark.parametrize("ingress", [*TRUSTED, "ON_NET", "Interconnect"])
@pytest.mark.parametrize("priority", ["psap-callback", "PSAP-Callback", " psap-callback "])
@pytest.mark.parametrize("number", ["110", "05711101234", "anonymous", "", "4008123456", None])
def test_a_priority_proves_a_call_back_at_home(
    path: Any, ingress: str, priority: str, number: str | None
) -> None:
    record = call(calling_party_number=number, priority=priority, ingress=ingress)
    assert CALLED_BACK == said(hostile(frozenset()).score(path(record)))


@pytest.mark.parametrize("path", [dict, odd])
@pytest.mark.parametrize("ingress", ["international", "International", None, "elsewhere", 5])
def test_a_priority_from_abroad_or_from_nowhere_proves_nothing(path: Any, ingress: Any) -> None:
    record = call(calling_party_number="110", priority="psap-callback", ingress=ingress)
    assert "block" == hostile(frozenset()).score(path(record)).action


@pytest.mark.parametrize(
    "priority", ["emergency", "urgent", "psap", "psap-callback;x", "", None, 1]
)
def test_another_priority_proves_nothing(priority: object) -> None:
    assert "block" == hostile(frozenset()).score(call(priority=priority)).action


@pytest.mark.parametrize("path", [dict, odd])
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"ingress": "on_net"}, True),
        ({"ingress": None}, True),
        ({"calling_party_number": "+865711101234"}, True),
        ({"calling_party_number": "865711101234", "nature_of_address": "International"}, True),
        ({"calling_party_number": "120"}, True),
        ({"calling_party_number": "anonymous", "asserted_identity": "05711101234"}, True),
        ({"event": "sms", "text": "Where are you?"}, True),
        ({"calling_party_number": "05711101235"}, False),
        ({"redirecting_number": "05711101234", "calling_party_number": "110"}, False),
        # A desk at home does not call by way of a foreign gateway; one abroad does.
        ({"ingress": "international"}, False),
        ({"ingress": "international", "priority": "psap-callback"}, False),
        (
            {
                "ingress": "international",
                "calling_party_number": "anonymous",
                "asserted_identity": "120",
            },
            False,
        ),
        ({"ingress": "international", "calling_party_number": "+85329990000"}, True),
    ],
)
def test_a_listed_desk_calls_back(path: Any, more: dict[str, object], expected: bool) -> None:
    verdict = hostile().score(path(call(**more)))
    assert expected == verdict.call_back
    assert ("allow" if expected else "block") == verdict.action


def test_an_emergency_call_is_one_even_from_a_desk() -> None:
    verdict = hostile().score(call(called_party_number="119", priority="psap-callback"))
    assert Expected(emergency=True) == said(verdict)


def test_a_list_that_fails_leaves_the_call_to_the_rules() -> None:
    verdict = hostile(BrokenList()).score(call())
    assert ("block", False) == (verdict.action, verdict.call_back)
    assert hostile(BrokenList()).score(call(priority="psap-callback")).call_back


def test_the_priority_comes_from_sip() -> None:
    data = invite("Priority: psap-callback", caller="<sip:110@a.example>;tag=1", uri="sip:138@b")
    fields = read_invite(data)
    assert fields is not None
    assert "psap-callback" == fields["priority"]
    assert hostile(frozenset()).score({"at": 1, "ingress": "on_net", **fields}).call_back


def test_call_backs_are_counted_by_no_correlation() -> None:
    seen = rule("seen", ((Literal("called_party_number", Absent(), negated=True),),))
    twice = correlation("twice", ("seen",), verdict="block")
    guard = Guard(rule_set([seen, twice]), plan(), Lists({PSAP_NUMBERS: DESKS}))
    verdicts = [guard.score(call()) for _ in range(3)]
    verdicts += [guard.score(call(calling_party_number="13812345678")) for _ in range(2)]
    assert ["allow"] * 4 + ["block"] == [verdict.action for verdict in verdicts]


@given(rule_sets(), st.lists(records(), min_size=1, max_size=6), st.sampled_from(TRUSTED))
def test_verdicts_are_those_of_the_plain_judge(
    ruleset: RuleSet, some: list[dict[str, object]], ingress: str
) -> None:
    desks = frozenset({"+8613900139000", "+14155550100"})
    known = Lists({**lists().numbers, PSAP_NUMBERS: desks}, lists().texts)
    guard = Guard(ruleset, plan(), known)
    oracle = Oracle(ruleset, plan(), {**members(), PSAP_NUMBERS: desks})
    for record in some:
        for one in (record, {**record, "ingress": ingress}):
            assert oracle.judge(one) == said(guard.score(one))
