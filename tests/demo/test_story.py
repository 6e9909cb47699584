"""What the demo counts, on a handful of records by hand and on a generated day."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random

import pytest

from callguard import Guard, rulepack
from callguard.demo import DemoResult, LabelledRecord, generate_day, run_demo
from callguard.demo.campaigns import campaign_sources
from callguard.demo.causes import CAUSES
from callguard.demo.homes import HOMES, draw
from callguard.demo.pack import carriers_pack
from callguard.demo.result import Actions, FalsePositives, Kind, RuleHits
from callguard.demo.world import World
from callguard.numbering import NumberingPlan, NumberList
from tests.made.rule_pack import AT

RULES = """\
title: Every call from abroad
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a001
name: from-abroad
status: stable
description: Blocks calls from abroad.
logsource: {product: telecom, category: call_setup}
detection:
  abroad: {ingress: international}
  condition: abroad
level: high
callguard:
  verdict: block
  alert: default
  examples:
    matches: [{event: setup, at: 1, called_party_number: '13912345678', ingress: international}]
    spares: [{event: setup, at: 1, called_party_number: '13912345678', ingress: on_net}]
---
title: Call by interconnection
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a002
name: by-interconnection
status: stable
description: Says that a call came from another network.
logsource: {product: telecom, category: call_setup}
detection:
  off_net: {ingress: interconnect}
  condition: off_net
level: informational
callguard:
  verdict: label
  examples:
    matches: [{event: setup, at: 1, called_party_number: '13912345678', ingress: interconnect}]
    spares: [{event: setup, at: 1, called_party_number: '13912345678', ingress: on_net}]
---
title: Any message
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a003
name: any-message
status: experimental
description: Reports messages.
logsource: {product: telecom, category: sms}
detection:
  text: {event: sms}
  condition: text
level: low
callguard: {score: 90}
"""


def one(label: str, fraud: bool, event: str, called: str, ingress: str) -> LabelledRecord:
    record: dict[str, object] = {
        "event": event,
        "at": 1.0,
        "calling_party_number": "+8613812345678",
        "called_party_number": called,
        "ingress": ingress,
    }
    return LabelledRecord(record, label, fraud)


def test_counts_of_a_few_records(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    guard = Guard.load(tmp_path / "rules.yaml")
    records = [
        one("scam", True, "setup", "13912345678", "international"),
        one("scam", True, "release", "13912345678", "international"),
        one("scam", True, "setup", "13912345678", "on_net"),
        one("roamer", False, "setup", "13912345678", "international"),
        one("caller", False, "setup", "13912345678", "interconnect"),
        one("caller", False, "setup", "13912345678", "on_net"),
        one("writer", False, "sms", "13912345678", "on_net"),
        one("help", False, "setup", "110", "international"),
        LabelledRecord({"event": "setup", "called_party_number": "139"}, "caller", False),
    ]
    found = run_demo(guard, records)
    assert (9, 7, 1) == (found.records, found.calls, found.messages)
    assert Actions(allow=1, block=1) == found.fraud
    assert Actions(allow=4, inform=1, block=1) == found.legitimate
    assert (Kind("scam", Actions(allow=1, block=1)),) == found.campaigns
    assert (
        Kind("caller", Actions(allow=2, inform=1)),
        Kind("help", Actions(allow=1)),
        Kind("roamer", Actions(block=1)),
        Kind("writer", Actions(allow=1)),
    ) == found.kinds
    assert (
        RuleHits("from-abroad", shadow=False, fraud=1, legitimate=1),
        RuleHits("any-message", shadow=True, fraud=0, legitimate=1),
        RuleHits("by-interconnection", shadow=False, fraud=0, legitimate=1),
    ) == found.rules
    assert (1, 1) == (found.emergency_calls, found.emergency_allowed)
    assert 1 == found.degraded
    assert (FalsePositives("roamer", CAUSES["roamer"], 1, 0, 0, ("from-abroad",)),) == (
        found.false_positives
    )
    assert (0.5, 1 / 6, 1 / 6) == (
        found.recall,
        found.false_positive_rate,
        found.wrongly_blocked_rate,
    )
    assert ["block", "label"] == [example.verdict["action"] for example in found.examples]
    assert guard.digest == found.ruleset
    assert found.seconds > 0
    assert found.records / found.seconds == found.records_per_second


def test_no_traffic_at_all(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    found = run_demo(Guard.load(tmp_path / "rules.yaml"), [])
    assert (0, 0.0, 0.0, 0.0) == (
        found.records,
        found.recall,
        found.false_positive_rate,
        found.records_per_second,
    )


@cache
def small_day() -> DemoResult:
    return a_day(7)


def a_day(seed: int, home: str = "CN") -> DemoResult:
    with carriers_pack(rulepack.path(), home) as rules:
        guard = Guard.load(rules, home=home)
    return run_demo(guard, generate_day(seed=seed, home=home, calls=4_000))


def shares(kinds: tuple[Kind, ...]) -> dict[str, float]:
    return {kind.label: kind.actions.share_touched for kind in kinds}


def test_every_call_for_help_is_allowed() -> None:
    found = small_day()
    helped = next(kind for kind in found.kinds if kind.label == "emergency_call")
    assert helped.actions == Actions(allow=helped.actions.total)
    assert helped.actions.total == found.emergency_calls == found.emergency_allowed
    assert 0 == found.degraded


def test_fraud_that_signalling_shows_is_caught() -> None:
    recall = shares(small_day().campaigns)
    for campaign in (
        "bank_impersonation",
        "forged_forwarding",
        "home_number_from_abroad",
        "inbound_only_number",
        "police_impersonation",
    ):
        assert 1.0 == recall[campaign], campaign
    # Every second of these calls comes by an ordinary interconnection.
    assert recall["two_ingresses"] >= 0.5
    assert recall["malformed_number"] >= 0.9
    assert recall["phishing_sms"] >= 0.7


def test_fraud_that_signalling_does_not_show_passes() -> None:
    recall = shares(small_day().campaigns)
    assert 0.0 == recall["bought_card"] == recall["number_rotation"] == recall["flood"]


def test_ordinary_people_are_left_alone() -> None:
    false_positives = shares(small_day().kinds)
    for kind in (
        "anonymous",
        "bank_call",
        "call_centre",
        "courier",
        "new_handset",
        "notice_by_sms",
        "private_sms",
        "subscriber",
        "switchboard_neighbour",
    ):
        assert 0.0 == false_positives[kind], kind
    assert false_positives["roamer"] <= 0.25
    assert false_positives["foreign_caller"] <= 0.05


@pytest.mark.parametrize("home", sorted(HOMES))
def test_no_call_back_from_public_safety_is_touched(home: str) -> None:
    found = a_day(3, home)
    (desks,) = [kind.actions for kind in found.kinds if kind.label == "public_safety_call_back"]
    assert (0, desks.total) == (desks.touched, found.call_backs)
    assert desks.total > 0


def test_the_desks_stand_on_no_shipped_list() -> None:
    plan = NumberingPlan("CN")
    desks = [*HOMES["CN"].marked_desks, *HOMES["CN"].listed_desks]
    numbers = [draw(Random(place), (desk,)) for desk in desks for place in range(20)]
    for path in (rulepack.path().parent / "lists").glob("*.txt"):
        if path.stem != "taken_down":
            assert not [one for one in numbers if one in NumberList.load(path, plan)], path


def test_what_was_touched_wrongly_has_a_cause() -> None:
    found = small_day()
    touched = {kind.label: kind.actions for kind in found.kinds if kind.actions.touched}
    assert set(touched) == {one.kind for one in found.false_positives}
    for one in found.false_positives:
        did = touched[one.kind]
        assert (did.block, did.withhold, did.label) == (one.block, one.withhold, one.label)
        assert CAUSES[one.kind] == one.cause
        assert one.rules
    sizes = [one.block + one.withhold + one.label for one in found.false_positives]
    assert sorted(sizes, reverse=True) == sizes


def test_the_whole_day_in_figures() -> None:
    found = small_day()
    assert found.recall >= 0.48
    assert found.false_positive_rate <= 0.02
    assert found.wrongly_blocked_rate <= 0.003
    assert found.fraud.total + found.legitimate.total == found.calls + found.messages


def test_shadow_rules_see_the_rotation_that_no_single_call_shows() -> None:
    world = World(Random(1), HOMES["CN"], 200)
    source = next(
        source for source in campaign_sources(world, Random(2)) if source.label == "number_rotation"
    )
    rng = Random(3)
    records = [
        LabelledRecord(record, source.label, source.fraud)
        for place in range(60)
        for record in source.make(rng).records(AT + place * 10.0, f"c{place}")
    ]
    records.sort(key=lambda labelled: str(labelled.record["at"]))
    found = run_demo(Guard.load(rulepack.path()), records)
    hits = {hit.rule: hit.fraud for hit in found.rules if hit.shadow}
    # From the 30th number on, and from the 40th.
    assert (31, 21) == (hits["rotation-on-origid"], hits["rotation-on-interconnect"])
    assert 0.0 == found.recall


def test_the_result_is_ready_for_json() -> None:
    plain = json.loads(json.dumps(small_day().to_dict()))
    assert small_day().recall == plain["recall"]
    first = plain["campaigns"][0]
    assert small_day().campaigns[0].label == first["label"]
    assert small_day().campaigns[0].actions.share_blocked == first["actions"]["share_blocked"]
    assert {"label", "fraud", "record", "verdict"} == set(plain["examples"][0])
