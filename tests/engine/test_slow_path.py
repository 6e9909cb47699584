"""Judging what is odd: losing nothing, and saying what was lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.engine.columns import LONGEST_TEXT, Lists, Scanners
from callguard.engine.program import Program
from callguard.engine.slow_path import is_well_formed, matching, score_on_slow_path
from callguard.engine.verdict import Alert, Verdict
from callguard.records.fields import FIELDS, RAW_FIELDS
from callguard.records.names import FOLDED
from callguard.rules.predicates import Absent, Contains, InList, Literal, SameAs, StartsWith
from tests.made.broken_guards import BrokenCounters, BrokenList, PickyPlan, fail
from tests.made.parts import changed
from tests.made.rules import ALWAYS, call, counting, detection, equals, program_of
from tests.strategies.vocabulary import BROKEN_TIMES, NUMBER_LIST
from tests.strategies.well_formed import well_formed_records

BLOCKING = detection("blocking", verdict="block", score=100)
NAMED = detection("named", Literal("display_name", Contains(("bank",))), score=60)
UNNAMED = detection("unnamed", Literal("display_name", Contains(("bank",)), True), score=10)
SILENT = Verdict("c1", 1000.0, "allow", 0, [], [], None, None, False, "d", [])


def slow_path(record: object, *rules: Any, **options: Any) -> Verdict:
    return score_on_slow_path(program_of(*rules, **options), record)


def passed(**changes: Any) -> Verdict:
    return replace(SILENT, **changes)


def bare(verdict: Verdict) -> Verdict:
    """The verdict without the digest."""
    return replace(verdict, ruleset="d")


@given(well_formed_records())
def test_a_well_formed_record_gets_the_verdict_of_the_fast_path(record: dict[str, Any]) -> None:
    program = program_of(BLOCKING, NAMED, UNNAMED)
    expected = program.score_event[record["event"]](record)
    assert expected == score_on_slow_path(program, record)


@given(well_formed_records(), st.sampled_from(list(RAW_FIELDS)), st.sampled_from([b"x", {}, -1]))
def test_a_record_is_well_formed_only_without_a_value_that_its_field_cannot_hold(
    record: dict[str, Any], field: str, wrong: object
) -> None:
    assert (True, False) == (is_well_formed(record), is_well_formed({**record, field: wrong}))


things = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(["event", "at", "called_party_number", "calling_party_number", "cause", 7])


@given(things | st.dictionaries(keys, things))
def test_whatever_is_scored_there_is_a_verdict_that_json_can_carry(thing: object) -> None:
    verdict = score_on_slow_path(PROGRAM, thing)
    assert verdict.to_dict() == json.loads(json.dumps(verdict.to_dict(), allow_nan=False))


PROGRAM = program_of(NAMED, UNNAMED, counting("count", "named", group_by=("cause",)))


@pytest.mark.parametrize(
    ("thing", "kind"), [(None, "NoneType"), ("setup", "str"), ([call()], "list"), (7, "int")]
)
def test_what_is_no_mapping_passes(thing: object, kind: str) -> None:
    said = [f"record: found {kind}, expected a mapping"]
    expected = passed(call_id=None, at=None, degraded=said)
    assert expected == bare(slow_path(thing, BLOCKING))


class UnreadableMapping(dict[str, Any]):
    """A mapping that cannot be read."""

    def keys(self) -> Any:
        raise OSError

    __iter__ = keys


def test_a_mapping_that_fails_passes() -> None:
    expected = passed(call_id=None, at=None, degraded=["record: OSError while reading it"])
    assert expected == bare(slow_path(UnreadableMapping(call()), BLOCKING))


@pytest.mark.parametrize("key", ["event", "called_party_number"])
def test_a_record_without_what_it_takes_to_judge_passes_and_says_so(key: str) -> None:
    verdict = slow_path(call(**{key: None}), BLOCKING)
    assert passed(degraded=verdict.degraded) == bare(verdict)
    assert [f"record: {key}: missing"] == [said.partition(",")[0] for said in verdict.degraded]


@pytest.mark.parametrize("at", BROKEN_TIMES, ids=lambda at: str(at)[:9])
def test_a_record_without_a_time_passes_and_has_none(at: object) -> None:
    verdict = slow_path({**call(), "at": at}, BLOCKING)
    assert passed(at=None, degraded=verdict.degraded) == bare(verdict)
    assert ["record: at"] == [said.rpartition(": ")[0] for said in verdict.degraded]


@pytest.mark.parametrize(
    "change", [{"at": None}, {"event": "reboot"}, {"call_id": 5}, {"cause": "x"}]
)
def test_a_damaged_emergency_call_is_known_as_one(change: dict[str, Any]) -> None:
    verdict = slow_path({**call(called_party_number="110"), **change}, BLOCKING)
    assert (True, "allow", []) == (verdict.emergency, verdict.action, verdict.rules)
    assert len(verdict.degraded) == 1


def test_a_wrong_optional_value_is_dropped_and_named() -> None:
    verdict = slow_path(call(display_name=5), NAMED, UNNAMED)
    said = ["record: display_name: found 5, expected a string"]
    assert (["unnamed"], said) == (verdict.rules, verdict.degraded)


def test_other_spellings_of_choices_are_read() -> None:
    verdict = slow_path(call(roaming="nO"), detection("home", equals("roaming", "no")))
    assert (["home"], []) == (verdict.rules, verdict.degraded)


def test_keys_that_are_spelled_like_derived_fields_are_not_believed() -> None:
    rule = detection("spoofed", equals("calling.country", "GB"))
    assert [] == slow_path({**call(), "calling.country": "GB"}, rule).rules


LONG = "bank" + "x" * LONGEST_TEXT


def test_a_long_text_is_read_as_far_as_texts_are_read() -> None:
    verdict = slow_path(call(display_name=LONG), NAMED)
    said = ["record: display_name: only its first 4096 characters were read"]
    assert (["named"], said) == (verdict.rules, verdict.degraded)


def test_what_stands_behind_that_is_not_read() -> None:
    assert [] == slow_path(call(display_name=LONG[::-1]), NAMED).rules


def test_a_long_call_id_comes_back_whole() -> None:
    assert LONG == slow_path(call(call_id=LONG, display_name=5), NAMED).call_id


def broken_column(monkeypatch: pytest.MonkeyPatch, *rules: Any) -> Program:
    """A program whose substring look-ups fail."""
    program = program_of(*rules)
    monkeypatch.setattr(Scanners, "automaton", fail)
    return program


def test_a_broken_column_takes_its_rules_out_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    program = broken_column(monkeypatch, NAMED, UNNAMED, BLOCKING)
    verdict = score_on_slow_path(program, call(display_name="x"))
    assert (["blocking"], ["field display_name"]) == (verdict.rules, verdict.degraded)


def test_an_absent_value_asks_nothing_of_a_broken_column(monkeypatch: pytest.MonkeyPatch) -> None:
    verdict = score_on_slow_path(broken_column(monkeypatch, NAMED, UNNAMED), call())
    assert (["unnamed"], []) == (verdict.rules, verdict.degraded)


def test_a_broken_list_is_named_once_however_many_fields_ask_it() -> None:
    fields = ("calling.e164", "called.e164")
    rules = [detection(f, Literal(f, InList(NUMBER_LIST), True), score=1) for f in fields]
    broken = Lists({NUMBER_LIST: BrokenList()})
    verdict = slow_path(call(), *rules, BLOCKING, given_lists=broken)
    assert (["blocking"], [f"list {NUMBER_LIST}"]) == (verdict.rules, verdict.degraded)


def with_plan(program: Program, *readable: str) -> Program:
    return replace(program, plan=PickyPlan("CN", frozenset(readable)))


DERIVED = [
    detection("foreign", equals("calling.country", "CN", negated=True), score=1),
    detection("same", equals("self_call", True, negated=True), score=1),
    detection("near", Literal("shared_prefix", Absent()), score=1),
    detection("pair", Literal("called.e164", SameAs("calling_party_number"), True), score=1),
    detection("raw", Literal("calling_party_number", StartsWith(("138",))), score=1),
]


def test_without_derived_fields_rules_on_raw_ones_are_judged() -> None:
    program = with_plan(program_of(*DERIVED), "01069445566")
    verdict = score_on_slow_path(program, call())
    lost = ["calling.country", "self_call", "shared_prefix", "called.e164"]
    assert (["raw"], [f"field {name}" for name in lost]) == (verdict.rules, verdict.degraded)


@pytest.mark.parametrize("field", [name for name in FIELDS if name not in {*RAW_FIELDS, *FOLDED}])
def test_every_derived_field_is_lost_and_named_without_the_numbering_plan(field: str) -> None:
    absent = detection("absent", Literal(field, Absent()), score=1)
    verdict = score_on_slow_path(with_plan(program_of(absent), "01069445566"), call())
    assert ([], [f"field {field}"]) == (verdict.rules, verdict.degraded)


def test_names_are_folded_without_the_numbering_plan() -> None:
    named = detection("named", equals("display_name.folded", "bank"), score=1)
    program = with_plan(program_of(named), "01069445566")
    verdict = score_on_slow_path(program, call(display_name=" BA\u200bNK "))
    assert (["named"], []) == (verdict.rules, verdict.degraded)


def test_without_numbering_no_call_is_judged_for_it_may_be_an_emergency() -> None:
    verdict = score_on_slow_path(with_plan(program_of(BLOCKING)), call())
    assert passed(degraded=["numbering"]) == bare(verdict)


def test_without_counters_the_rules_stand() -> None:
    rules = [NAMED, counting("count", "named", score=60)]
    verdict = slow_path(call(display_name="bank"), *rules, store=BrokenCounters())
    assert (["named"], ["counters"]) == (verdict.rules, verdict.degraded)


def test_a_record_on_the_slow_path_is_counted_once_like_any_other() -> None:
    program = program_of(detection("calls"), counting("count", "calls", score=60))
    verdicts = [score_on_slow_path(program, call(cause="x")) for _ in range(2)]
    assert [[], ["count"]] == [verdict.rules for verdict in verdicts]


def test_a_warning_is_written_and_one_that_fails_is_missed_alone() -> None:
    warned = changed(NAMED, alert="default")
    record = call(display_name="bank", cause="x")
    written = slow_path(record, warned, alerter=lambda name, _: Alert(name, "beware"))
    failed = slow_path(record, warned, alerter=fail)
    assert (Alert("default", "beware"), None) == (written.alert, failed.alert)
    assert ["alert"] == failed.degraded[len(written.degraded) :]


def test_the_record_is_left_as_it_was() -> None:
    record: Mapping[str, Any] = call(display_name=5, roaming="NO", x=LONG)
    before = repr(record)
    slow_path(record, NAMED)
    assert before == repr(record)


def mask_of(lost: frozenset[str], degraded: list[str] | None) -> int:
    program = program_of(detection("a", equals("text", "a")), detection("b", ALWAYS))
    fields = {"text": "a", "called_party_number": "1"}
    return matching(program.events["setup"], fields, lost, degraded)


def test_a_lost_field_takes_its_clauses_out() -> None:
    degraded: list[str] = []
    assert [0b11, 0b10] == [mask_of(frozenset(), degraded), mask_of(frozenset({"text"}), degraded)]
    assert ["field text"] == degraded


def test_a_lost_field_is_named_only_if_somebody_wants_to_know() -> None:
    assert 0b10 == mask_of(frozenset({"text"}), None)
