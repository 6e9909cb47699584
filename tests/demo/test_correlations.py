"""Which campaigns the shipped correlations see in a generated day, and whom they leave alone."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

import pytest

from callguard import Guard, rulepack
from callguard.demo import generate_day
from callguard.rules.model import Correlation

# Correlation -> the campaign that it must see, and on how many of its records at least.
SEEN = {
    "many-called-numbers": ("dialling_a_range", 0.2),
    "hundred-short-calls-an-hour": ("dialling_a_range", 0.1),
    "very-short-calls-to-many": ("dialling_a_range", 0.1),
    "sequential-dialling": ("dialling_a_range", 0.2),
    "dialling-through-a-range": ("dialling_a_range", 0.1),
    "one-ring-to-many": ("one_ring", 0.3),
    "one-caller-two-ingresses": ("two_ingresses", 0.1),
    "one-called-number-many-callers": ("flood", 0.1),
    "rotation-on-interconnect": ("number_rotation", 0.05),
    "rotation-on-origid": ("number_rotation", 0.1),
}
# People and firms that volume rules elsewhere have cut off.
INNOCENT = (
    "courier",
    "call_centre",
    "appointment_reminder",
    "new_handset",
    "public_safety_call_back",
    "relatives_ring",
    "switchboard_neighbour",
)
SEEDS = range(2017, 2021)


CALLS = 60_000


# Without defaults: the cache takes a default that is given for another question.
@cache
def day(seed: int, home: str, calls: int) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How many records each kind of traffic has, and each correlation's hits on it."""
    guard = Guard.load(rulepack.path(), home=home, clock=lambda: math.inf)
    correlations = {rule.name for rule in guard.rules.rules if isinstance(rule, Correlation)}
    records: Counter[str] = Counter()
    hits: Counter[tuple[str, str]] = Counter()
    for one in generate_day(seed, home, calls):
        records[one.label] += 1
        verdict = guard.score(one.record)
        for name in correlations.intersection([*verdict.rules, *verdict.shadow]):
            hits[name, one.label] += 1
    return records, hits


def check(seed: int, home: str, correlation: str, calls: int = CALLS) -> None:
    records, hits = day(seed, home, calls)
    campaign, share = SEEN[correlation]
    assert hits[correlation, campaign] >= share * records[campaign]
    assert {label: hits[correlation, label] for label in INNOCENT} == dict.fromkeys(INNOCENT, 0)
    assert all(records[label] for label in INNOCENT)
    # Some of those who ring a radio station at once come from networks that verify nobody.
    assert hits[correlation, "radio_contest"] <= 0.01 * records["radio_contest"]


@pytest.mark.parametrize("correlation", SEEN)
def test_a_correlation_sees_its_campaign_and_spares_the_innocent(correlation: str) -> None:
    check(2016, "CN", correlation)


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("correlation", SEEN)
def test_so_it_does_on_other_days(correlation: str, seed: int) -> None:
    check(seed, "CN", correlation)


@pytest.mark.long
@pytest.mark.parametrize("home", ["GB", "US"])
@pytest.mark.parametrize("correlation", SEEN)
def test_so_it_does_elsewhere(correlation: str, home: str) -> None:
    if (correlation, home) != ("one-caller-two-ingresses", "US"):
        check(2016, home, correlation)
        return
    # American numbers do not tell mobile telephones from fixed lines.
    _, hits = day(2016, home, CALLS)
    assert [] == [label for name, label in hits if name == correlation]


@pytest.mark.long
@pytest.mark.parametrize("correlation", SEEN)
def test_so_it_does_in_a_larger_country(correlation: str) -> None:
    check(2016, "CN", correlation, calls=240_000)


def test_the_only_acting_correlation_labels_no_innocent_caller() -> None:
    _, hits = day(2016, "CN", CALLS)
    fraud = {campaign for campaign, _ in SEEN.values()}
    labelled = {label for name, label in hits if name == "hundred-short-calls-an-hour"}
    assert labelled <= fraud
