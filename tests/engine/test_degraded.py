"""The words of ``degraded``: each is said, none else is, and the documents list them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from callguard.engine.columns import Lists
from callguard.engine.degraded import MEANINGS, word_of
from callguard.guard import Guard
from callguard.rules.model import RuleSet
from callguard.rules.predicates import Literal, Matches
from tests.conftest import ROOT
from tests.made.broken_guards import BrokenCounters, BrokenList, PickyPlan, fail
from tests.made.parts import rule

RULES = """\
title: Listed
id: 7d2f6b0c-6a1e-4c59-9f0b-000000000001
name: listed
status: experimental
description: A listed number.
level: high
logsource: {product: telecom, category: call_setup}
detection: {it: {calling.e164|expand: '%numbers%'}, condition: it}
callguard: {score: 10}
---
title: From abroad
id: 7d2f6b0c-6a1e-4c59-9f0b-000000000002
name: abroad
status: stable
description: A number from abroad.
level: high
logsource: {product: telecom, category: call_setup}
detection: {it: {calling.country: GB}, condition: it}
callguard:
  verdict: label
  alert: default
  examples:
    matches: [{event: setup, at: 1, calling_party_number: "+442071234567",
               called_party_number: "+8613800138000"}]
    spares: [{event: setup, at: 1, calling_party_number: "+8613800138001",
              called_party_number: "+8613800138000"}]
---
title: From another network
id: 7d2f6b0c-6a1e-4c59-9f0b-000000000004
name: interconnect
status: experimental
description: A call of a trunk from another network.
level: high
logsource: {product: telecom, category: call_setup}
detection: {it: {ingress: interconnect, trunk_group: other}, condition: it}
callguard: {score: 10}
---
title: Many
id: 7d2f6b0c-6a1e-4c59-9f0b-000000000003
name: many
status: experimental
description: Many calls.
level: high
correlation:
  {type: event_count, rules: [abroad], group-by: [trunk_group], timespan: 1h, condition: {gt: 3}}
callguard: {score: 10}
"""
CALL: dict[str, Any] = {
    "event": "setup",
    "at": 1_700_000_000.0,
    "calling_party_number": "+442071234567",
    "called_party_number": "+8613800138000",
    "trunk_group": "t",
}
LIST = "+442071234568\n"


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "numbers.txt").write_text(LIST, encoding="utf-8")
    path = tmp_path / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    return Guard.load(path, clock=lambda: CALL["at"])


def test_each_word_is_said_for_its_reason(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: Any = guard.plan, lists: Any = None, **more: Any) -> list[str]:
        made = Guard(guard.rules, plan, lists or Lists({"numbers": {"+442071234568"}}), **more)
        return made.score(CALL).degraded

    assert [] == guard.score(CALL).degraded == broken()
    said = {
        "no": guard.score({**CALL, "trunk_group": "other"}).degraded,
        "early": guard.score({**CALL, "at": CALL["at"] + 3_600}).degraded,
        "record": guard.score({**CALL, "trunk_group": 5}).degraded,
        "counters": broken(state=BrokenCounters()),
        "list": broken(lists=Lists({"numbers": BrokenList()})),
        "numbering": broken(PickyPlan("CN")),
        "field": broken(PickyPlan("CN", frozenset({CALL["called_party_number"]}))),
    }
    monkeypatch.setattr("callguard.guard.guard.render", fail)
    costly = [rule("costly", [(Literal("user_agent", Matches(("[a-z]+[a-z0-9]{1,400}x",))),)])]
    judged = Guard(RuleSet("rules.yaml", tuple(costly), {}, ""), guard.plan)
    said["cost"] = judged.score({**CALL, "user_agent": "a"}).degraded
    said["alert"] = broken()
    assert {*MEANINGS} == {*said}
    assert ["no ingress"] == said["no"]
    assert {"list numbers"} == {*said["list"]}
    assert "field calling.country" in said["field"]
    for word, entries in said.items():
        # A field that is lost takes with it what lists and counters are asked by.
        allowed = {"field", "list"} if word == "field" else {word}
        assert {word} <= {*map(word_of, entries)} <= allowed


def test_the_document_lists_the_words_and_their_meanings() -> None:
    text = (ROOT / "docs" / "embedding.md").read_text("utf-8")
    section = text.split("\n## When something is wrong\n")[1].split("\n## ")[0]
    table = section.split("| entry | what it says |\n")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", table, re.MULTILINE)
    assert dict(MEANINGS) == {word_of(entry): meaning for entry, meaning in rows}
