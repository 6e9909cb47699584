"""Unknown is not no: what needs a subscriber at home never fires on one who may be away."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.guard import Guard
from callguard.rules.predicates import Equals, Literal, Matches, StartsWith, Test, Wildcard
from tests.made import parts
from tests.made.guards import guard_of
from tests.strategies.rules import rule_set

AT_HOME: dict[str, Test] = {
    "equal": Equals(("no",)),
    "equal to one of": Equals(("no", "nowhere")),
    "cased": Equals(("no",), cased=True),
    "upper case": Equals(("NO",)),
    "wildcard": Wildcard(("n?",)),
    "prefix": StartsWith(("n",)),
    "regex": Matches(("^no$",)),
}
NOT_KNOWN: dict[str, dict[str, object]] = {
    "absent": {},
    "null": {"roaming": None},
    "unknown": {"roaming": "unknown"},
    "UNKNOWN": {"roaming": "UNKNOWN"},
    "yes": {"roaming": "yes"},
    "empty": {"roaming": ""},
    "a word": {"roaming": "maybe"},
    "no answer": {"roaming": "no answer"},
    "spaces": {"roaming": " no "},
    "full-width": {"roaming": "ｎｏ"},
    "false": {"roaming": False},
    "zero": {"roaming": 0},
    "bytes": {"roaming": b"no"},
    "list": {"roaming": ["no"]},
    "mapping": {"roaming": {"no": "no"}},
    "error": {"roaming": "error: timeout"},
}
CALL = {
    "event": "setup",
    "at": 1_700_000_000,
    "calling_party_number": "+8613800138000",
    "called_party_number": "01069445566",
    "ingress": "international",
}
RULE = """\
title: Home number from abroad
id: 3f0a8f1e-52c5-4b1e-9d35-7a8f5f9f7a11
name: home-from-abroad
status: stable
description: A subscriber who is at home cannot call from abroad.
logsource: {product: telecom, category: call_setup}
detection:
  sel:
    ingress: international
    calling.country|expand: '%home%'
    roaming: 'no'
  condition: sel
level: high
callguard:
  verdict: block
  basis: deterministic
  examples:
    matches:
      - {event: setup, at: 0, calling_party_number: '+8613800138000',
         called_party_number: '01069445566', ingress: international, roaming: 'no'}
    spares:
      - {event: setup, at: 0, calling_party_number: '+8613800138000',
         called_party_number: '01069445566', ingress: international}
"""


def needing(test: Test) -> Guard:
    literal = Literal("roaming", test)
    acting = parts.rule(
        "at-home",
        ((literal,),),
        verdict="block",
    )
    return guard_of(rule_set([acting]))


@pytest.mark.parametrize("written", AT_HOME)
def test_a_rule_that_needs_a_subscriber_at_home_fires_on_no(written: str) -> None:
    guard = needing(AT_HOME[written])
    assert guard.score({**CALL, "roaming": "no"}).rules == ["at-home"]


@pytest.mark.parametrize("state", NOT_KNOWN)
@pytest.mark.parametrize("written", AT_HOME)
def test_it_does_not_fire_on_anything_else(written: str, state: str) -> None:
    verdict = needing(AT_HOME[written]).score({**CALL, **NOT_KNOWN[state]})
    assert ("allow", []) == (verdict.action, verdict.rules)


@pytest.mark.parametrize("state", NOT_KNOWN)
def test_neither_does_one_from_a_rule_file(state: str, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULE, encoding="utf-8")
    guard = Guard.load(path)
    assert guard.score({**CALL, "roaming": "no"}).action == "block"
    verdict = guard.score({**CALL, **NOT_KNOWN[state]})
    assert ("allow", []) == (verdict.action, verdict.rules)


@pytest.mark.parametrize("state", NOT_KNOWN)
def test_whoever_is_not_known_to_be_at_home_is_not_known_to_be_away_either(state: str) -> None:
    verdict = needing(Equals(("yes",))).score({**CALL, **NOT_KNOWN[state]})
    assert (["at-home"] if state == "yes" else []) == verdict.rules
