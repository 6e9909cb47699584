from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bench.ready import Ready
from bench.recordgen import PROFILES, RecordMaker
from bench.rulegen import FAMILIES, BenchRule, Family, campaign, make_rules

READY = Ready()


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> Family:
    found: Family = request.param
    return found


@pytest.fixture(scope="module")
def rules(family: Family) -> list[BenchRule]:
    return make_rules(60, family, READY)


def test_every_rule_matches_its_case_and_spares_its_spare(rules: list[BenchRule]) -> None:
    for rule in rules:
        assert rule.holds(READY.fields(dict(rule.case)))
        assert not rule.holds(READY.fields(dict(rule.spare)))


def test_rules_have_two_to_four_conditions_on_different_fields(rules: list[BenchRule]) -> None:
    for rule in rules:
        fields = {condition.field.removesuffix("_raw") for condition in rule.conditions}
        assert len(rule.conditions) == len(fields)
        assert 2 <= len(fields) <= 4


def test_the_same_seed_gives_the_same_rules(rules: list[BenchRule], family: Family) -> None:
    assert rules == make_rules(60, family, READY)
    assert rules != make_rules(60, family, READY, seed=2)


def test_only_the_regex_family_has_regular_expressions(
    rules: list[BenchRule], family: Family
) -> None:
    with_regex = sum(any(item.op == "re" for item in rule.conditions) for rule in rules)
    assert (family == "regex") == (with_regex > 0)


def test_records_match_some_rules_but_few(rules: list[BenchRule]) -> None:
    records = campaign(rules, RecordMaker("few"), 500, Random(1))
    matches = Counter(
        sum(rule.holds(fields) for rule in rules) for fields in map(READY.fields, records)
    )
    assert 0 < matches[1] < 400
    assert max(matches) <= 5


def test_records_bent_to_a_rule_match_it(rules: list[BenchRule]) -> None:
    maker = RecordMaker("bent")
    matched = 0
    for rule in rules:
        records = campaign([rule], maker, 30, Random(rule.number))
        matched += any(rule.holds(READY.fields(record)) for record in records)
    assert matched > 0.9 * len(rules)


@pytest.mark.parametrize("profile", PROFILES)
def test_no_number_comes_twice(profile: str) -> None:
    maker = RecordMaker("numbers")
    records = [record for known in PROFILES for record in maker.make(400, known)]
    for party in ("calling", "called"):
        numbers = [str(record[f"{party}_party_number"])[-9:] for record in records]
        assert len(numbers) == len(set(numbers))


def test_attacks_bring_texts_that_nobody_has_seen() -> None:
    maker = RecordMaker("texts")
    known = {record["display_name"] for record in maker.make(2_000)}
    for profile in ("text attack", "full attack"):
        new = [record["display_name"] for record in maker.make(500, profile)]
        assert len(new) == len({*new} - known)
