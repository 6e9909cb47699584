"""The compiled engine against the plain judge, over random rules and records."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from callguard.engine.columns import LONGEST_TEXT
from callguard.errors import RecordError, RuleError
from callguard.guard import Guard
from callguard.records import Record, validate_lenient
from callguard.records.names import FOLDED
from callguard.rules.codes import Code
from callguard.rules.model import Rule, RuleSet
from callguard.rules.predicates import Absent, Contains, Equals, Literal, Matches, SameAs, Test
from tests.made import parts
from tests.made.guards import guard_of, oracle_of, said, write_lists
from tests.made.read_results import or_refusal
from tests.made.rule_text import rule_file
from tests.strategies.fuzzed_records import KEYS, MAKERS
from tests.strategies.records import records
from tests.strategies.rules import detections, rule_set, rule_sets
from tests.strategies.vocabulary import WORDS

SOME_RECORDS = st.lists(records(), min_size=1, max_size=8)


@given(rule_sets(), SOME_RECORDS)
def test_verdicts_are_those_of_the_plain_judge(
    ruleset: RuleSet, some: list[dict[str, object]]
) -> None:
    guard, oracle = guard_of(ruleset), oracle_of(ruleset)
    for record in some:
        verdict = guard.score(record)
        assert oracle.judge(record) == said(verdict)
        assert oracle.no_ingress == ("no ingress" in verdict.degraded)
    assert guard.slow_path_total["fault"] == 0


@given(rule_sets(most=2), records())
def test_a_verdict_carries_the_call_the_time_and_the_rule_set(
    ruleset: RuleSet, record: dict[str, object]
) -> None:
    guard = guard_of(ruleset)
    verdict = guard.score(record)
    assert guard.digest == verdict.ruleset
    try:
        checked, faults = validate_lenient(record)
    except RecordError:
        assert verdict.degraded
        return
    assert (checked.get("call_id"), checked["at"]) == (verdict.call_id, verdict.at)
    too_long = any(isinstance(text, str) and len(text) > LONGEST_TEXT for text in checked.values())
    if not faults and not too_long:
        assert verdict.degraded in ([], ["no ingress"])


@given(rule_sets(), SOME_RECORDS, st.integers(0, 63))
def test_rules_match_alike_whatever_other_rules_stand_beside_them(
    ruleset: RuleSet, some: list[dict[str, object]], chosen: int
) -> None:
    whole = guard_of(ruleset)
    parts = [
        guard_of(rule_set([r for n, r in enumerate(ruleset.rules) if (chosen >> n & 1) == side]))
        for side in (0, 1)
    ]
    order = [rule.name for rule in ruleset.rules]
    for record in some:
        verdict = whole.score(record)
        first, second = (part.score(record) for part in parts)
        assert sorted(first.rules + second.rules, key=order.index) == verdict.rules
        assert sorted(first.shadow + second.shadow, key=order.index) == verdict.shadow


FORMS: dict[str, Callable[[dict[str, Any]], Mapping[str, Any]]] = {
    "read-only": MappingProxyType,
    "UserDict": UserDict,
    "Record": Record,
    "subclass": type("Special", (dict,), {}),
    "reversed": lambda record: dict(reversed(record.items())),
}


@given(rule_sets(most=3), SOME_RECORDS)
def test_the_same_record_gets_the_same_verdict_however_it_is_handed_over(
    ruleset: RuleSet, some: list[dict[str, object]]
) -> None:
    guard = guard_of(ruleset)
    before = repr(some)
    verdicts = [guard.score(record) for record in some]
    assert verdicts == list(guard.score_many(iter(some)))
    for name, form in FORMS.items():
        assert verdicts == [guard.score(form(record)) for record in some], name
    assert before == repr(some)
    for record, verdict in zip(some, verdicts, strict=True):
        checked = or_refusal(validate_lenient, record)
        if isinstance(checked, RecordError):
            assert verdict.degraded
        else:
            assert said(verdict) == said(guard.score(checked[0]))


@given(detections("rule-0", ["experimental"]), SOME_RECORDS)
def test_a_rule_means_in_yaml_what_its_clauses_mean(
    rule: Rule, some: list[dict[str, object]]
) -> None:
    # What loading makes of values on folded fields is tested in tests/rules/test_folding.py.
    folded = (one.test for clause in rule.clauses for one in clause if one.field in FOLDED)
    assume(not any(hasattr(test, "values") for test in folded))
    written = parts.changed(rule, score=0, verdict=None, alert=None)
    oracle = oracle_of(rule_set([written]))
    with TemporaryDirectory() as folder:
        write_lists(Path(folder))
        path = Path(folder, "rules.yaml")
        path.write_text(rule_file([written]), encoding="utf-8")
        try:
            guard = Guard.load(path)
        except RuleError as error:
            if {fault.code for fault in error.faults} == {Code.NEVER_TRUE}:
                assert not any(oracle.judge(record).shadow for record in some)
            # Others are refused because they do nothing useful; what they mean is left open.
            assume(False)
    for record in some:
        assert oracle.judge(record) == said(guard.score(record))


def rule_on(name: str, field: str, test: Test, *, negated: bool = False) -> Rule:
    literal = Literal(field, test, negated)
    return parts.rule(name, ((literal,),), score=1)


@given(st.sampled_from(WORDS), st.sampled_from([str, str.upper, str.lower, str.swapcase]))
def test_two_fields_are_the_same_in_any_case_unless_case_matters(
    word: str, change: Callable[[str], str]
) -> None:
    ruleset = rule_set(
        [
            rule_on("any-case", "display_name", SameAs("user_agent")),
            rule_on("cased", "display_name", SameAs("user_agent", cased=True)),
            rule_on("differs", "display_name", SameAs("user_agent"), negated=True),
        ]
    )
    call = {"event": "setup", "at": 1, "called_party_number": "01069445566"}
    record = {**call, "display_name": word, "user_agent": change(word)}
    verdict = guard_of(ruleset).score(record)
    assert oracle_of(ruleset).judge(record) == said(verdict)
    assert (word.lower() == change(word).lower()) == ("any-case" in verdict.rules)
    assert (word == change(word)) == ("cased" in verdict.rules)


TEXT_FIELDS = ("display_name", "user_agent", "trunk_group", "origid", "call_id", "text")


def test_remembering_more_values_than_there_is_room_for_changes_no_verdict() -> None:
    tests: list[Test] = [
        Equals(("x7", "x4999")),
        Contains(("99",)),
        Matches(("^x1.*3$",)),
        Absent(),
    ]
    ruleset = rule_set(
        [
            rule_on(f"{field.replace('_', '-')}-{number}", field, test)
            for field in TEXT_FIELDS
            for number, test in enumerate(tests)
        ]
    )
    guard, oracle = guard_of(ruleset), oracle_of(ruleset)
    bare = {"event": "setup", "at": 1000, "called_party_number": "01069445566"}
    calls = [
        {**bare, field: f"x{number}"}
        for number in range(5_000)
        for field in (TEXT_FIELDS[number % 6],)
    ]
    first = [guard.score(call) for call in calls]
    oracle_says = [oracle.judge(call) for call in calls]
    oracle.counted.clear()
    assert oracle_says == [said(verdict) for verdict in first]
    assert first == [guard.score(call) for call in calls]
    assert guard.slow_path_total == {"record": 0, "fault": 0}


def test_thousands_of_random_calls_get_the_verdicts_of_the_plain_judge() -> None:
    rng = Random(20_240_501)
    ruleset = rule_set(
        [
            rule_on(f"rule-{field.replace('_', '-')}-{n}", field, test, negated=n % 3 == 2)
            for field in KEYS
            if field not in ("event", "at", "cause", "duration_s", "ring_s")
            for n, test in enumerate(
                Equals(tuple(str(MAKERS[field](rng)) for _ in range(3))) for _ in range(4)
            )
        ]
    )
    guard, oracle = guard_of(ruleset), oracle_of(ruleset)
    for _ in range(2_000):
        record = {key: MAKERS[key](rng) for key in KEYS if rng.random() < 0.7}
        assert oracle.judge(record) == said(guard.score(record))
    assert guard.slow_path_total["fault"] == 0
