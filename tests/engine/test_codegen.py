"""The scoring function that is written for an event, step by step of its walk."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given

from callguard.engine.call_backs import CallBacks
from callguard.engine.codegen import write_score
from callguard.engine.columns import (
    ListColumn,
    Lists,
    Scanners,
    Use,
    build_columns,
    evaluate,
    look_up_of,
)
from callguard.engine.layout import Layout
from callguard.engine.slow_path import is_well_formed
from callguard.engine.verdict import Verdict
from callguard.records import REQUIRED
from callguard.records.fields import CHOICES, FIELDS, PARTIES, RAW_FIELDS, FieldType
from callguard.records.values import NUMERIC_KEYS
from callguard.rules.predicates import Absent, Compare, InList, Literal, StartsWith, Test
from callguard.times import LATEST_AT
from tests.made.guards import plan
from tests.made.rules import call, equals, refuse
from tests.made.traced_scoring import QUIET, Walk
from tests.oracles.verdicts import calls_emergency, visible
from tests.strategies.records import records
from tests.strategies.well_formed import well_formed_records

GROUPS = [name for name in FIELDS if name != "at"]


def seen(record: dict[str, Any], walk: Walk) -> list[tuple[Any, ...]]:
    """What the function has to hand to the counters: nothing of an emergency call."""
    fields = visible(record, plan())
    if fields is None or calls_emergency(record, plan()):
        return []
    return [(fields["at"], *(fields.get(name) for name in walk.fields))]


@given(well_formed_records())
def test_every_field_is_seen_as_validation_and_derivation_leave_it(record: dict[str, Any]) -> None:
    walk = Walk(group_fields=GROUPS)
    record["event"] = "setup"
    walk.score(record)
    assert seen(record, walk) == walk.groups


@given(records())
def test_only_what_is_odd_raises_and_all_else_is_seen_as_validation_leaves_it(
    record: dict[str, Any],
) -> None:
    walk = Walk(group_fields=GROUPS)
    record["event"] = "setup"
    try:
        walk.score(record)
    except (ValueError, TypeError, KeyError):
        assert not is_well_formed(record)
    else:
        assert seen(record, walk) == walk.groups


@pytest.mark.parametrize("field", [name for name in RAW_FIELDS if name != "event"])
@pytest.mark.parametrize("value", [b"x", ["x"], {}, True, -1], ids=ascii)
def test_what_a_field_cannot_hold_raises(field: str, value: object) -> None:
    walk = Walk(group_fields=GROUPS)
    with pytest.raises((ValueError, TypeError)):
        walk.score({**call(), field: value})


CHOICE_FIELDS = [name for name in CHOICES if name in RAW_FIELDS and name != "event"]


@pytest.mark.parametrize("field", CHOICE_FIELDS)
def test_a_word_that_is_no_choice_counts_as_absent_and_is_named(field: str) -> None:
    word = CHOICES[field][0]
    walk = Walk(equals(field, word), equals(field, word, negated=True))
    verdict = walk.score(call(**{field: "odd"}))
    said = f"record: {field}: found 'odd', expected one of {', '.join(CHOICES[field])}"
    assert ([0b10], [said]) == (walk.masks, verdict.degraded)


@pytest.mark.parametrize("field", CHOICE_FIELDS)
def test_a_choice_is_read_however_it_is_spelled(field: str) -> None:
    word = CHOICES[field][0]
    walk = Walk(equals(field, word), equals(field, word, negated=True), group_fields=[field])
    verdict = walk.score(call(**{field: word.swapcase()}))
    assert ([0b01], [(1000.0, word)], []) == (walk.masks, walk.groups, verdict.degraded)


ALL_KINDS: dict[FieldType, Test] = {
    FieldType.TEXT: StartsWith(("a",)),
    FieldType.NUMBER_TEXT: StartsWith(("+86",)),
    FieldType.ADDRESS: StartsWith(("192.",)),
    FieldType.NUMERIC: Compare("gte", 5),
}
TEXTS = [name for name in RAW_FIELDS if FIELDS[name] in ALL_KINDS and name not in NUMERIC_KEYS]


@pytest.mark.parametrize("field", [name for name in TEXTS if name != "call_id"])
def test_text_that_is_too_long_to_count_by_raises(field: str) -> None:
    walk = Walk(group_fields=[field])
    walk.score(call(**{field: "x" * 4096}))
    with pytest.raises((ValueError, TypeError)):
        walk.score(call(**{field: "x" * 4097}))


@pytest.mark.parametrize("field", TEXTS)
def test_text_that_no_encoding_can_carry_raises(field: str) -> None:
    with pytest.raises(UnicodeEncodeError):
        Walk(group_fields=[field]).score(call(**{field: "a\ud800"}))


@pytest.mark.parametrize("field", [name for name in RAW_FIELDS if name not in REQUIRED])
def test_an_optional_field_may_be_null_or_missing(field: str) -> None:
    walk = Walk(group_fields=GROUPS)
    walk.score({**call(), field: None})
    walk.score({key: value for key, value in call().items() if key != field})
    assert walk.groups[0] == walk.groups[1]


ODD: dict[str, dict[str, Any]] = {
    "no time": {"at": None},
    "wrong time": {"at": "yesterday"},
    "negative time": {"at": -1.0},
    "endless time": {"at": float("inf")},
    "no time at all": {"at": float("nan")},
    "time beyond the calendar": {"at": 1e15},
    "truth for time": {"at": True},
    "no called number": {"called_party_number": None},
    "called number of another type": {"called_party_number": 1069445566},
    "call id of another type": {"call_id": 5},
}


@pytest.mark.parametrize("odd", ODD)
def test_a_record_without_what_every_record_has_raises(odd: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        Walk().score({**call(), **ODD[odd]})


@pytest.mark.parametrize("number", ["110", "+86119", "0086 120", "12110"])
def test_an_emergency_call_is_allowed_before_anything_is_looked_up(number: str) -> None:
    column = ListColumn("list few", "text", "few", 1, 1, 0, limited=True)
    names: dict[str, Any] = dict.fromkeys(("outcome", "finish"), refuse)
    names |= {"classify": plan().classify, "Verdict": Verdict, "digest": "d"}
    names["is_call_back"] = CallBacks(plan(), None)
    functions = write_score(Layout("setup"), [column], lambda _: refuse, [], GROUPS, names)
    expected = Verdict("c1", 1000.0, "allow", 0, [], [], None, None, True, "d", [])
    record = call(called_party_number=number, text="x", cause="odd")
    assert [expected, expected] == [function(record) for function in functions]


def test_times_come_out_as_float_seconds() -> None:
    times = [1000, 1000.5, "1970-01-01T00:16:40Z"]
    assert [1000.0, 1000.5, 1000.0] == [Walk().score(call(at=at)).at for at in times]


@pytest.mark.parametrize("at", [0.0, LATEST_AT])
def test_the_first_and_the_last_time_are_times(at: float) -> None:
    assert at == Walk().score(call(at=at)).at


def test_only_numbers_that_rules_want_are_classified() -> None:
    walk = Walk(equals("text", "x"))
    walk.score(call(asserted_identity="13900139000"))
    assert [("01069445566", None)] == walk.classified


@pytest.mark.parametrize("party", PARTIES)
@pytest.mark.parametrize("part", ["e164", "country", "kind", "valid", "certain"])
def test_a_number_is_classified_once_however_many_of_its_parts_are_wanted(
    party: str, part: str
) -> None:
    wanted = [Literal(f"{party}.{part}", Absent()), Literal(PARTIES[party], Absent(), negated=True)]
    walk = Walk(*wanted, group_fields=[f"{party}.kind", f"{party}.e164"])
    walk.score(call(**{PARTIES[party]: "13900139000"}))
    assert 1 == len([raw for raw, _ in walk.classified if raw == "13900139000"])


@pytest.mark.parametrize("field", ["shared_prefix", "self_call", "redirected"])
def test_fields_of_a_pair_of_numbers_have_both_classified(field: str) -> None:
    walk = Walk(Literal(field, Absent(), negated=True))
    walk.score(call())
    assert {"13800138000", "01069445566"} == {raw for raw, _ in walk.classified}


def test_the_nature_of_address_is_that_of_the_calling_number_alone() -> None:
    parties = [Literal(f"{party}.kind", Absent()) for party in PARTIES]
    numbers = dict.fromkeys(PARTIES.values(), "442079460000")
    walk = Walk(*parties)
    walk.score(call(**numbers, nature_of_address="INTERNATIONAL"))
    natures = [nature for _, nature in walk.classified]
    assert [None, "international", None, None] == natures


class AskedList:
    """A list that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def __contains__(self, value: object) -> bool:
        self.asked.append(value)
        return False


def test_a_list_is_not_asked_once_its_clauses_are_refuted() -> None:
    shelf = AskedList()
    uses: dict[str, list[Use]] = {
        "ingress": [(0, equals("ingress", "international"))],
        "calling.e164": [(0, Literal("calling.e164", InList("few")))],
    }
    columns = build_columns(uses, 1)
    look_up = partial(look_up_of, lists=Lists({"few": shelf}), scanners=Scanners())
    names: dict[str, Any] = {"classify": plan().classify, "Verdict": Verdict, "digest": "d"}
    names |= {"finish": refuse, "outcome": lambda _: QUIET}
    names["is_call_back"] = CallBacks(plan(), None)
    layout = Layout("setup", clauses=[()])
    score, _ = write_score(layout, columns, look_up, (), (), names)
    score(call(ingress="on_net"))
    assert [] == shelf.asked
    score(call(ingress="international"))
    assert ["+8613800138000"] == shelf.asked


# Set-ups, which the walk is about, have no sender.
LOOKED_UP = [
    name
    for name in FIELDS
    if FIELDS[name] in ALL_KINDS and name != "sender.folded" and not name.endswith(".repaired")
]


@pytest.mark.parametrize(("party", "key"), PARTIES.items())
def test_repaired_characters_are_looked_up(party: str, key: str) -> None:
    field = f"{party}.repaired"
    walk = Walk(equals(field, "U+002C"), Literal(field, Absent()))
    for number in ("+8613900139000,", "+8613900139000"):
        walk.score(call(**{key: number}))
    assert [0b01, 0b10] == walk.masks


@pytest.mark.parametrize("field", LOOKED_UP)
def test_every_field_has_its_column_looked_up(field: str) -> None:
    literal = Literal(field, ALL_KINDS[FIELDS[field]])
    walk = Walk(literal, Literal(literal.field, literal.test, negated=True))
    some = [
        call(),
        call(calling_party_number="+442079460000", called_party_number="+442079460001"),
        call(**dict.fromkeys(("text", "trunk_group", "origid", "call_id", "priority"), "abc")),
        call(**dict.fromkeys(("display_name", "user_agent"), "abc"), source_ip="192.0.2.1"),
        call(cause=16, duration_s=16, ring_s=16, at=1),
        call(display_name="+8613900139000"),
        call(**dict.fromkeys(PARTIES.values(), "+8613900139000")),
    ]
    for record in some:
        walk.score(record)
    seen = [visible(record, plan()) or {} for record in some]
    expected = []
    for fields in seen:
        (column,) = walk.columns
        expected.append(evaluate(column, fields, walk.lists))
    assert expected == walk.masks
    assert 2 == len(set(walk.masks))
