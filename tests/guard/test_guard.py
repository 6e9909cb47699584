"""The guard as those who embed it meet it: loaded from a file, one verdict a record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.counters import MemoryCounters
from callguard.engine.verdict import Alert, Thresholds, Verdict
from callguard.errors import NumberingError, RecordError, RuleError
from callguard.guard import Guard, check, run_examples
from callguard.records import Record, validate_lenient
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import InList, Literal
from tests.made.broken_guards import BrokenCounters
from tests.made.guards import plan
from tests.made.parts import changed
from tests.made.rule_text import rule_file
from tests.made.rules import call, counting, detection, equals
from tests.strategies.rules import rule_set

ID = "3f0a8f1e-52c5-4b1e-9d35-7a8f5f9f7a{:02}"
BANK, SHOP = call(display_name="bank"), call(display_name="shop")
NAMED = detection(
    "named",
    equals("display_name", "bank"),
    id=ID.format(1),
    score=60,
    alert="default",
    matches=(BANK,),
    spares=(SHOP,),
)
LISTED = detection(
    "listed",
    Literal("calling.e164", InList("few")),
    id=ID.format(2),
    verdict="block",
    matches=(call(calling_party_number="13900139000"),),
    spares=(SHOP,),
)
AT_HOME = detection(
    "at-home", equals("calling.country", "GB"), id=ID.format(3), status="experimental"
)
LATER = {**BANK, "at": 1001.0}
COUNT = counting(
    "count",
    "named",
    id=ID.format(4),
    verdict="withhold",
    matches=((BANK, LATER),),
    spares=((BANK,),),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A rule file in a folder that has a list."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "few.txt").write_text("13900139000\n", encoding="utf-8")
    return written(tmp_path / "rules.yaml", NAMED, LISTED, AT_HOME, COUNT)


def written(path: Path, *rules: Rule | Correlation) -> Path:
    path.write_text(rule_file(rules), encoding="utf-8")
    return path


def guard_of(*rules: Rule | Correlation, **options: Any) -> Guard:
    return Guard(rule_set(rules), plan(), **options)


def test_a_record_and_its_verdict(path: Path) -> None:
    guard = Guard.load(path)
    expected = Verdict(
        call_id="c1",
        at=1000.0,
        action="label",
        score=60,
        rules=["named"],
        shadow=[],
        basis="analytic",
        alert=Alert("default", "防诈提醒：+8613800138000来电疑似诈骗，请勿转账，勿提供验证码。"),
        emergency=False,
        ruleset=guard.digest,
        degraded=[],
    )
    assert expected == guard.score(BANK)


def test_a_guard_knows_its_rules_its_plan_and_its_digest(path: Path) -> None:
    guard = Guard.load(path)
    names = [rule.name for rule in guard.rules.rules]
    assert (["named", "listed", "at-home", "count"], "CN") == (names, guard.plan.home)
    assert 64 == len(bytes.fromhex(guard.digest)) * 2


def test_lists_beside_the_rules_are_loaded(path: Path) -> None:
    verdict = Guard.load(path).score(call(calling_party_number="+8613900139000"))
    assert ("block", ["listed"]) == (verdict.action, verdict.rules)


@pytest.mark.parametrize(("home", "shadow"), [("CN", []), ("GB", ["at-home"])])
def test_numbers_are_read_from_the_home_country(
    tmp_path: Path, home: str, shadow: list[str]
) -> None:
    guard = Guard.load(written(tmp_path / "rules.yaml", AT_HOME), home=home)
    record = call(calling_party_number="02079460000", called_party_number="+442079460001")
    assert shadow == guard.score(record).shadow


@pytest.mark.parametrize(
    ("thresholds", "action"),
    [
        (None, "label"),
        ({"label": 61}, "allow"),
        ({"label": 10, "block": 60}, "block"),
        ({"label": 10, "withhold": 60, "block": 70}, "withhold"),
        (Thresholds(label=61), "allow"),
    ],
)
def test_thresholds_may_be_set(path: Path, thresholds: Any, action: str) -> None:
    assert action == Guard.load(path, thresholds=thresholds).score(BANK).action


@pytest.mark.parametrize(
    "thresholds",
    [
        {"lable": 50},
        {"label": 95},
        {"label": 0},
        {"block": 101},
        {"label": "50"},
        {"label": 60, "withhold": 55},
        {1: 50},
        [50, 90],
        50,
    ],
    ids=str,
)
def test_thresholds_that_make_no_sense_are_refused(path: Path, thresholds: Any) -> None:
    with pytest.raises(ValueError, match=r"\Athresholds .*: expected scores "):
        Guard.load(path, thresholds=thresholds)


def test_counters_may_be_shared(path: Path) -> None:
    state = MemoryCounters()
    verdicts = [Guard.load(path, state=state).score(BANK) for _ in range(2)]
    assert [["named"], ["named", "count"]] == [verdict.rules for verdict in verdicts]


def test_trying_the_examples_counts_nothing(path: Path) -> None:
    guard = Guard.load(path)
    guard.run_examples()
    assert ["named"] == guard.score(BANK).rules


def test_a_home_country_that_does_not_exist_is_refused(path: Path) -> None:
    with pytest.raises(NumberingError):
        Guard.load(path, home="XX")


def test_all_faults_come_at_once(path: Path) -> None:
    path.write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        Guard.load(path)
    assert {1, 3} <= {fault.line for fault in caught.value.faults}


def test_a_guard_is_not_made_of_rules_that_fail_their_examples(path: Path) -> None:
    written(path, changed(NAMED, matches=(BANK, SHOP), spares=(SHOP, BANK)))
    with pytest.raises(RuleError) as caught:
        Guard.load(path)
    assert ["CG601", "CG602"] == [fault.code for fault in caught.value.faults]


def test_check_gives_the_faults_that_loading_raises(path: Path) -> None:
    assert () == check(path)
    written(path, changed(NAMED, matches=(BANK, SHOP)))
    with pytest.raises(RuleError) as caught:
        Guard.load(path)
    assert caught.value.faults == check(path)


def test_examples_are_run_from_a_file_the_failing_ones_too(path: Path) -> None:
    written(path, changed(NAMED, matches=(BANK, SHOP)))
    assert [True, False, True] == [result.ok for result in run_examples(path)]


def test_the_examples_of_a_guard_come_out_as_said(path: Path) -> None:
    results = Guard.load(path).run_examples()
    assert [("named", "matches"), ("named", "spares")] == [(r.rule, r.kind) for r in results[:2]]
    assert {True} == {result.ok for result in results}


def test_explaining_names_every_rule_and_counts_nothing(path: Path) -> None:
    guard = Guard.load(path)
    explained = [[each.matched for each in guard.explain(BANK)] for _ in range(3)]
    assert [[True, False, False, False]] * 3 == explained


def test_what_is_no_record_is_scored_but_not_explained(path: Path) -> None:
    guard = Guard.load(path)
    with pytest.raises(RecordError):
        guard.explain({"event": "setup"})
    assert "allow" == guard.score({"event": "setup"}).action


def test_many_records_are_scored_one_at_a_time_as_they_are_asked_for() -> None:
    taken = []

    def records() -> Iterator[dict[str, Any]]:
        for number in range(1000):
            taken.append(number)
            yield call(call_id=str(number))

    verdicts = guard_of(NAMED).score_many(records())
    assert [] == taken
    assert ["0", "1"] == [next(verdicts).call_id for _ in range(2)]
    assert [0, 1] == taken


def test_faults_of_a_checked_record_stand_in_degraded() -> None:
    record, faults = validate_lenient({**BANK, "cause": "x", "source_ip": 5})
    assert [f"record: {fault}" for fault in faults] == guard_of(NAMED).score(record).degraded
    assert 2 == len(faults)


def test_faults_join_what_else_was_degraded() -> None:
    record, (fault,) = validate_lenient({**BANK, "cause": "x"})
    guard = guard_of(NAMED, COUNT, state=BrokenCounters())
    assert ["counters", f"record: {fault}"] == guard.score(record).degraded


def test_faults_are_named_once_each_time() -> None:
    record, _ = validate_lenient({**BANK, "cause": "x"})
    guard = guard_of(NAMED)
    assert guard.score(record) == guard.score(record)


def test_a_record_without_faults_degrades_nothing() -> None:
    assert [] == guard_of(NAMED).score(Record(BANK)).degraded


GIVEN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary()
THINGS = GIVEN | st.lists(GIVEN, max_size=2) | st.dictionaries(st.text(max_size=3), GIVEN)
KEYS = st.sampled_from(["event", "called_party_number", "display_name", "presentation", "roaming"])


@given(st.one_of(THINGS, st.dictionaries(KEYS, THINGS).map(lambda some: {**BANK, **some})))
def test_scoring_never_raises(record: Any) -> None:
    assert isinstance(GUARD.score(record), Verdict)


GUARD = guard_of(NAMED, COUNT, detection("open", equals("presentation", "allowed"), score=5))


@pytest.mark.parametrize("damage", ["withheld", 5, ["restricted"], "restricted "])
@pytest.mark.parametrize("reader", [dict, lambda given: validate_lenient(given)[0]])
def test_a_presentation_that_cannot_be_read_shows_no_number(damage: Any, reader: Any) -> None:
    alert = GUARD.score(reader({**BANK, "presentation": damage})).alert
    assert alert is not None
    assert "138" not in alert.text


def test_a_number_stays_withheld_when_something_else_was_odd_too() -> None:
    rules = detection("n", verdict="label", alert="default"), NAMED
    given_record = {**BANK, "presentation": "withheld", "display_name": "bank" * 2_000}
    record, _ = validate_lenient(given_record)
    alert = guard_of(*rules).score(record).alert
    assert alert is not None
    assert "138" not in alert.text


def test_a_guard_that_came_from_no_file_cannot_be_reloaded() -> None:
    with pytest.raises(ValueError, match="was not loaded from a file"):
        guard_of(NAMED).reload()


def test_a_reload_of_one_guard_leaves_the_counts_of_another_that_shares_them(
    path: Path, tmp_path: Path
) -> None:
    state = MemoryCounters()
    counting_guard = Guard.load(path, state=state)
    other = Guard.load(written(tmp_path / "other.yaml", NAMED), state=state)
    counting_guard.score(BANK)
    other.reload()
    assert ["named", "count"] == counting_guard.score(BANK).rules


def test_a_reload_with_counters_that_fail_takes_effect(path: Path) -> None:
    guard = Guard.load(path, state=BrokenCounters())
    written(path, changed(NAMED, score=90))
    guard.reload()
    assert "block" == guard.score(BANK).action
