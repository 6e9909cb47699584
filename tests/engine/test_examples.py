"""Rules on their own examples."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.counters import MemoryCounters
from callguard.engine.examples import ExampleResult, run_examples
from callguard.faults import Fault
from callguard.rules.model import Correlation, Location, Rule
from tests.made.rules import call, counting, detection, equals, program_of

HERE = Location("rules.yaml", 10, 1)
GOOD, BAD = call(text="x"), call(text="y")
NO_RECORD = call(at="soon")


def rule(**changes: Any) -> Rule:
    return detection("rule", equals("text", "x"), location=HERE, **changes)


def count(**changes: Any) -> Correlation:
    return counting("count", "rule", group_by=("calling.e164",), location=HERE, **changes)


def results(*rules: Rule | Correlation, **options: Any) -> list[ExampleResult]:
    return run_examples(program_of(*rules, **options))


def locations(lines: int) -> tuple[Location, ...]:
    return tuple(Location("rules.yaml", 20 + line, 5) for line in range(lines))


def test_examples_that_come_out_as_said() -> None:
    found = results(rule(matches=(GOOD, GOOD), spares=(BAD,), locations=locations(3)))
    first, second, third = locations(3)
    assert [
        ExampleResult("rule", "matches", 0, first, True),
        ExampleResult("rule", "matches", 1, second, True),
        ExampleResult("rule", "spares", 0, third, True),
    ] == found


def test_a_match_that_misses_is_a_fault_with_its_place_and_why() -> None:
    (found,) = results(rule(matches=(BAD,), locations=locations(1)))
    reasons = ("text='y'; wanted: text is 'x'",)
    assert ExampleResult("rule", "matches", 0, locations(1)[0], False, "CG601", reasons) == found


def test_a_spare_that_matches_is_a_fault_with_its_place_and_why() -> None:
    (found,) = results(rule(spares=(GOOD,), locations=locations(1)))
    reasons = ("text is 'x' (text='x')",)
    assert ExampleResult("rule", "spares", 0, locations(1)[0], False, "CG602", reasons) == found


@pytest.mark.parametrize("kind", ["matches", "spares"])
def test_an_example_that_is_no_record_is_a_fault_either_way(kind: str) -> None:
    (found,) = results(rule(**{kind: (NO_RECORD,)}))
    assert (False, "CG603") == (found.ok, found.code)
    (reason,) = found.reasons
    assert reason.startswith("at: found 'soon', expected seconds since 1970 UTC")


def test_an_example_without_a_place_of_its_own_stands_where_its_rule_does() -> None:
    found = results(rule(matches=(GOOD,), spares=(BAD,), locations=locations(1)))
    assert [*locations(1), HERE] == [result.location for result in found]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"matches": (GOOD, BAD)},
            Fault(
                "rules.yaml", 21, 5, "CG601",
                "rule: example 2 of matches should match, but did not: "
                "text='y'; wanted: text is 'x'",
                "fix the example or the rule",
            ),
        ),
        (
            {"matches": (GOOD,), "spares": (GOOD,)},
            Fault(
                "rules.yaml", 21, 5, "CG602",
                "rule: example 1 of spares should be spared, but was not: "
                "text is 'x' (text='x')",
                "fix the example or the rule",
            ),
        ),
        (
            {"spares": (BAD, call(cause="x"))},
            Fault(
                "rules.yaml", 21, 5, "CG603",
                "rule: example 2 of spares is not a record: "
                "cause: found 'x', expected a whole number from 0 to 999",
                "fix the example or the rule",
            ),
        ),
    ],
)  # fmt: skip
def test_faults_in_words(changes: dict[str, Any], fault: Fault) -> None:
    failing = [r for r in results(rule(**changes, locations=locations(2))) if not r.ok]
    assert [fault] == [result.fault() for result in failing]


@pytest.mark.parametrize("status", ["deprecated", "unsupported"])
def test_rules_that_are_off_are_not_tried(status: str) -> None:
    one, several = rule(status=status, matches=(BAD,)), count(status=status, matches=((BAD,),))
    assert [] == results(one, several)


def test_shadows_and_feeders_are_tried() -> None:
    shadow = rule(status="experimental", matches=(GOOD,))
    assert [[True], [True]] == [
        [result.ok for result in results(*some)]
        for some in ([shadow], [rule(matches=(GOOD,)), count()])
    ]


def test_results_come_in_file_order() -> None:
    some: list[Rule | Correlation] = [
        count(spares=((BAD,),)),
        rule(matches=(GOOD,), spares=(BAD,)),
        detection("last", matches=(GOOD,)),
    ]
    expected = [("count", "spares"), ("rule", "matches"), ("rule", "spares"), ("last", "matches")]
    assert expected == [(result.rule, result.kind) for result in results(*some)]


def test_an_example_that_names_another_home_is_left_out() -> None:
    here, there = {**BAD, "home": "CN"}, {**BAD, "home": "GB"}
    found = results(rule(matches=(there, here), spares=(there,), locations=locations(3)))
    expected = [("matches", 1, locations(2)[1], False)]
    assert expected == [(r.kind, r.index, r.location, r.ok) for r in found]


def test_a_sequence_that_names_another_home_is_left_out() -> None:
    there = {**GOOD, "home": "GB"}
    assert [] == results(rule(), count(matches=((there, BAD),)))


def test_an_emergency_call_is_never_caught() -> None:
    emergency = call(text="x", called_party_number="110")
    found = results(rule(matches=(emergency,), spares=(emergency,)))
    assert [False, True] == [result.ok for result in found]
    assert ("calls to emergency numbers are judged by no rule",) == found[0].reasons


SECOND = call(text="x", at=1059.0)
LATE = call(text="x", at=1060.0)


EMERGENCY = call(text="x", called_party_number="110")
SEQUENCES: dict[str, tuple[tuple[dict[str, Any], ...], bool]] = {
    "both": ((GOOD, SECOND), True),
    "too late": ((GOOD, LATE), False),
    "one": ((GOOD,), False),
    "others in between": ((GOOD, BAD, SECOND), True),
    "the last is another": ((GOOD, SECOND, BAD), False),
    "the last has no group": ((GOOD, SECOND, call(text="x", calling_party_number=None)), False),
    "the last is an emergency": ((GOOD, SECOND, EMERGENCY), False),
    "the first is an emergency": ((EMERGENCY, SECOND), False),
}


@pytest.mark.parametrize("name", SEQUENCES)
def test_a_sequence_is_judged_by_its_last_record(name: str) -> None:
    sequence, matched = SEQUENCES[name]
    found = results(rule(), count(matches=(sequence,), spares=(sequence,)))
    assert [matched, not matched] == [result.ok for result in found]


def test_a_sequence_that_misses_says_so() -> None:
    (found,) = results(rule(), count(matches=((GOOD,),)))
    expected = ("CG601", ("its condition does not hold on the last record",))
    assert expected == (found.code, found.reasons)


def test_a_sequence_that_is_caught_and_should_not_be_says_so() -> None:
    (found,) = results(rule(), count(spares=((GOOD, SECOND),)))
    assert ("CG602", 1) == (found.code, len(found.reasons))
    assert "does not hold" not in found.reasons[0]


def test_a_sequence_with_something_that_is_no_record_is_a_fault() -> None:
    (found,) = results(rule(), count(matches=((GOOD, NO_RECORD, SECOND),)))
    assert "CG603" == found.code


def test_sequences_are_counted_apart_from_each_other_and_from_live_traffic() -> None:
    store = MemoryCounters()
    program = program_of(
        rule(), count(matches=((GOOD, SECOND),), spares=((GOOD,),) * 2), store=store
    )
    before = program.score_event["setup"](GOOD)
    assert [True] * 3 == [result.ok for result in run_examples(program)]
    after = program.score_event["setup"](call(text="x", calling_party_number="13900139000"))
    assert [[], []] == [before.rules, after.rules]
