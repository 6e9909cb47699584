"""What breaks lets the call pass, says so, and leaves the other rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import Column, Lists, short_lists
from callguard.guard import Guard
from callguard.rules.model import Rule, RuleSet
from callguard.rules.predicates import (
    Compare,
    Contains,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Wildcard,
)
from tests.made import parts
from tests.made.broken_guards import (
    Breaker,
    BrokenCounters,
    BrokenList,
    BrokenMapping,
    HalfBrokenMapping,
    PickyPlan,
    fail,
)
from tests.made.guards import guard_of, lists, oracle_of, plan, through_json
from tests.strategies.records import records
from tests.strategies.rules import rule_set, rule_sets
from tests.strategies.vocabulary import NUMBER_LIST, WORD_LIST

CALL: dict[str, Any] = {
    "event": "setup",
    "at": 1_700_000_000.0,
    "call_id": "c1",
    "calling_party_number": "+8613800138000",
    "called_party_number": "01069445566",
    "asserted_identity": "+8613900139000",
    "display_name": "中国银行",
    "user_agent": "friendly-scanner",
    "trunk_group": "bank",
    "source_ip": "192.0.2.1",
    "ingress": "international",
    "ring_s": 3,
}
# One rule a column, all of which match the call.
LITERALS = {
    "ingress": Literal("ingress", Equals(("international",))),
    "display_name": Literal("display_name", Contains(("银行",))),
    "user_agent": Literal("user_agent", Matches(("^friendly",))),
    "source_ip": Literal("source_ip", InNetwork(("192.0.2.0/24",))),
    "ring_s": Literal("ring_s", Compare("lt", 6)),
    "calling_party_number": Literal("calling_party_number", Wildcard(("+86*0",))),
    "calling.e164": Literal("calling.e164", StartsWith(("+86",))),
    "called.kind": Literal("called.kind", Equals(("mobile",)), negated=True),
    "asserted.e164": Literal("asserted.e164", SameAs("calling.e164"), negated=True),
    "origid": Literal("origid", Equals(("x",)), negated=True),
    NUMBER_LIST: Literal("calling.e164", InList(NUMBER_LIST)),
    WORD_LIST: Literal("trunk_group", InList(WORD_LIST)),
}


def rule(name: str, *clauses: tuple[Literal, ...], **changes: Any) -> Rule:
    return parts.rule(name, clauses, **{"score": 1, **changes})


RULES = rule_set([rule(name, (literal,)) for name, literal in LITERALS.items()])


def column_of(name: str, column: Column) -> bool:
    """True if it is the column that answers the rule's literal."""
    literal = LITERALS[name]
    of_list = column.name.startswith("list ")
    paired = len(column.fields) == 2
    kinds = (isinstance(literal.test, InList), isinstance(literal.test, SameAs))
    return literal.field == column.fields[0] and kinds == (of_list, paired)


def test_all_rules_match_while_nothing_is_broken() -> None:
    verdict = guard_of(RULES).score(CALL)
    assert (list(LITERALS), []) == (verdict.rules, verdict.degraded)


@pytest.mark.parametrize("broken", LITERALS)
def test_a_broken_column_takes_out_the_rules_that_need_it_and_no_other(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each list has a column of its own, as long lists have.
    monkeypatch.setattr(short_lists, "MOST_MEMBERS", -1)
    breaker = Breaker(monkeypatch, lambda _, column: column_of(broken, column))
    guard = guard_of(RULES)
    breaker.armed = True
    verdict = guard.score(CALL)
    if broken in ("origid", "ingress"):
        # Nothing is looked up: the call has no such value, or each word's answer is known.
        assert (list(LITERALS), []) == (verdict.rules, verdict.degraded)
        return
    assert [name for name in LITERALS if name != broken] == verdict.rules
    assert len(verdict.degraded) == 1
    assert broken in verdict.degraded[0]


@pytest.mark.parametrize("name", [NUMBER_LIST, WORD_LIST])
def test_a_broken_list_takes_out_the_rules_that_name_it_and_no_other(name: str) -> None:
    numbers, texts = dict(lists().numbers), dict(lists().texts)
    (numbers if name in numbers else texts)[name] = BrokenList()
    verdict = Guard(RULES, plan(), Lists(numbers, texts)).score(CALL)
    assert [other for other in LITERALS if other != name] == verdict.rules
    assert len(verdict.degraded) == 1
    assert name in verdict.degraded[0]


def test_a_rule_with_another_alternative_still_matches_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    breaker = Breaker(monkeypatch, lambda _, column: column.fields == ("ring_s",))
    either = rule("either", (LITERALS["ring_s"],), (LITERALS["ingress"],), verdict="block")
    both = rule("both", (LITERALS["ring_s"], LITERALS["ingress"]), verdict="block")
    refuted = rule("not", (Literal("ring_s", Compare("gt", 60), negated=True),), verdict="block")
    guard = guard_of(rule_set([both, refuted, either]))
    breaker.armed = True
    verdict = guard.score(CALL)
    assert (["either"], "block") == (verdict.rules, verdict.action)
    assert verdict.degraded


@given(rule_sets(), st.lists(records(), min_size=1, max_size=5), st.integers(0, 2**16 - 1))
def test_whatever_columns_break_a_call_gets_no_more_than_it_would_otherwise(
    ruleset: RuleSet, some: list[dict[str, object]], chosen: int
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        breaker = Breaker(monkeypatch, lambda number, _: bool(chosen >> number & 1))
        guard = guard_of(ruleset)
    breaker.armed = True
    oracle = oracle_of(ruleset)
    for record in some:
        expected, verdict = oracle.judge(record), guard.score(record)
        assert expected.emergency == verdict.emergency
        assert {*verdict.rules} <= {*expected.rules}
        assert {*verdict.shadow} <= {*expected.shadow}
        assert verdict.score <= expected.score
        if (*verdict.rules, *verdict.shadow) != (*expected.rules, *expected.shadow):
            assert verdict.degraded


def test_counters_that_are_down_leave_the_other_rules_alone() -> None:
    counted = rule("counted", (LITERALS["ingress"],), score=0)
    found = parts.correlation("found", ["counted"], condition=(("gte", 1),), verdict="block")
    ruleset = rule_set([counted, found, *RULES.rules])
    healthy = guard_of(ruleset).score(CALL)
    assert (["found", *LITERALS], "block") == (healthy.rules, healthy.action)
    verdict = Guard(ruleset, plan(), lists(), state=BrokenCounters()).score(CALL)
    assert (list(LITERALS), "allow") == (verdict.rules, verdict.action)
    assert verdict.degraded == ["counters"]


def test_an_alert_that_cannot_be_written_changes_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warned = rule("warned", (LITERALS["ingress"],), verdict="label", alert="default")
    guard = guard_of(rule_set([warned]))
    healthy = guard.score(CALL)
    assert healthy.alert is not None
    monkeypatch.setattr("callguard.guard.guard.render", fail)
    verdict = guard_of(rule_set([warned])).score(CALL)
    assert (["warned"], "label", None) == (verdict.rules, verdict.action, verdict.alert)
    assert verdict.degraded == ["alert"]


def test_without_numbering_the_call_passes() -> None:
    verdict = Guard(RULES, PickyPlan("CN"), lists()).score(CALL)
    assert ("allow", [], False) == (verdict.action, verdict.rules, verdict.emergency)
    assert verdict.degraded


def test_a_caller_that_numbering_fails_on_is_still_judged_by_the_rest() -> None:
    readable = frozenset({CALL["called_party_number"]})
    verdict = Guard(RULES, PickyPlan("CN", readable), lists()).score(CALL)
    for name in ("ingress", "display_name", "user_agent", "source_ip", "ring_s", WORD_LIST):
        assert name in verdict.rules
    assert verdict.degraded


LONG = "x" * 10_000_000
NESTED: dict[str, object] = {}
NESTED["itself"] = NESTED
DEEP: list[object] = []
for _ in range(100_000):
    DEEP = [DEEP]
NO_RECORDS: dict[str, object] = {
    "none": None,
    "integer": 5,
    "nan": float("nan"),
    "text": "setup",
    "bytes": b"{}",
    "list": [CALL],
    "pairs": list(CALL.items()),
    "tuple": (),
    "set": {"event"},
    "class": dict,
    "function": fail,
    "empty": {},
    "broken": BrokenMapping(),
    "half broken": HalfBrokenMapping({"event": "setup"}),
    "half broken call": HalfBrokenMapping(CALL),
}
ODD_VALUES: dict[str, object] = {
    "none": None,
    "true": True,
    "false": False,
    "integer": 10**400,
    "negative": -1,
    "nan": float("nan"),
    "inf": float("inf"),
    "long": LONG,
    "surrogates": "\ud800\udfff" * 9,
    "nul": "\0",
    "bytes": b"\xff",
    "itself": NESTED,
    "deep": DEEP,
    "object": object(),
    "class": str,
    "unhashable": {},
    "set": {1},
    "subclass": type("Text", (str,), {})("setup"),
    "hostile": type("Hostile", (str,), {"lower": fail, "__eq__": fail, "__hash__": fail})("no"),
}


@pytest.mark.parametrize("name", NO_RECORDS)
def test_what_is_no_record_passes(name: str) -> None:
    record: Any = NO_RECORDS[name]
    verdict = guard_of(RULES).score(record)
    assert ("allow", 0, False) == (verdict.action, verdict.score, verdict.emergency)
    assert verdict.degraded
    assert verdict.to_dict() == through_json(verdict)


@pytest.mark.parametrize("key", [*CALL, "text", "roaming", "unknown_key", None, ("a", "tuple")])
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_no_value_of_any_field_makes_scoring_fail(key: Any, odd: str) -> None:
    verdict = guard_of(RULES).score({**CALL, key: ODD_VALUES[odd]})
    assert verdict.to_dict() == through_json(verdict)
    assert verdict.action == "allow"


class InterruptingMapping(Mapping[str, Any]):
    """A mapping whose failure is one that scoring must not swallow."""

    def __getitem__(self, key: str) -> Any:
        raise KeyboardInterrupt

    def __iter__(self) -> Any:
        raise KeyboardInterrupt

    def __len__(self) -> int:
        return 0


def test_the_user_can_still_interrupt() -> None:
    with pytest.raises(KeyboardInterrupt):
        guard_of(RULES).score(InterruptingMapping())
