"""Fuzzed records through the whole path: nothing raises, and every verdict holds together.

A few thousand normally; a million with ``CALLGUARD_LONG=1``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from callguard import rulepack
from callguard.engine.degraded import MEANINGS, word_of
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.rules.model import ACTIONS
from tests.made.emergency_numbers import by_region, forms
from tests.made.guards import through_json
from tests.strategies.fuzzed_records import fuzzed

BATCH = 5_000
BATCHES = 200 if os.environ.get("CALLGUARD_LONG") == "1" else 4
EMERGENCIES = frozenset(
    form for digits in by_region()["CN"] for form in forms(digits, "CN").values()
)


@cache
def guard() -> Guard:
    return Guard.load(rulepack.path())


@cache
def names() -> dict[str, bool]:
    """Each rule's name -> whether it acts."""
    return {rule.name: rule.acts for rule in guard().rules.rules if rule.on}


def reached(score: int) -> str:
    return "block" if score >= 90 else "label" if score >= 50 else "allow"


def readable(call_id: object) -> str | None:
    """The call id as a verdict gives it back: what UTF-8 cannot carry is U+FFFD."""
    if not isinstance(call_id, str):
        return None
    return call_id.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def check(record: Mapping[Any, Any], verdict: Verdict) -> None:
    """Everything that must be true of a verdict, whatever the record was."""
    order = list(names())
    assert type(verdict.score) is int
    assert 0 <= verdict.score <= 100
    assert ACTIONS.index(verdict.action) >= ACTIONS.index(reached(verdict.score)), verdict
    assert (verdict.basis is None) == (verdict.action == "allow"), verdict
    assert verdict.basis in (None, "deterministic", "analytic")
    assert verdict.rules == [name for name in order if name in verdict.rules]
    assert verdict.shadow == [name for name in order if name in verdict.shadow]
    assert all(names()[name] for name in verdict.rules)
    assert not any(names()[name] for name in verdict.shadow)
    assert verdict.rules or (verdict.action, verdict.score) == ("allow", 0), verdict
    assert verdict.alert is None or verdict.action != "allow", verdict
    assert verdict.call_id == readable(record.get("call_id"))
    assert verdict.ruleset == guard().digest
    assert {*map(word_of, verdict.degraded)} <= {*MEANINGS}, verdict
    if verdict.emergency:
        assert (verdict.action, verdict.score, verdict.rules) == ("allow", 0, [])
    called = record.get("called_party_number")
    if isinstance(called, str) and called in EMERGENCIES:
        assert verdict.emergency, record
    assert verdict.to_dict() == through_json(verdict)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_record_breaks_scoring_and_every_verdict_holds_together(batch: int) -> None:
    score = guard().score
    seen: Counter[str] = Counter()
    for record in fuzzed(batch, BATCH):
        verdict = score(record)  # type: ignore[arg-type]
        check(record, verdict)
        seen[verdict.action] += 1
        seen["clean"] += not verdict.degraded
        seen["emergency"] += verdict.emergency
    # Fuzz that only ever meets one side of the rules would prove nothing.
    assert {"allow", "label", "block", "clean", "emergency"} <= {*seen}
    assert BATCH / 2 < seen["clean"] < BATCH
