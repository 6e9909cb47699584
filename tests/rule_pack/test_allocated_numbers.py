"""No rule blocks a number in use for its form, its validity or its allocation.

Every rule that blocks, or whose verdict says that a call cannot be genuine, is named here with what
it rests on. Rules that rest on a list, on codes and numbers that nobody calls from, on the roaming
look-up or on a regulator's decision may block an allocated number; no other rule may, nor may the
sum of them.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from callguard import Guard, rulepack
from callguard.rules.model import Rule
from tests.made.rule_pack import AT, HOMES, guard_of
from tests.rule_pack.allocated_numbers import (
    INGRESSES,
    REGIONS,
    Form,
    examples,
    examples_in,
    forms_at_home,
    forms_from_elsewhere,
)

# All regions at all homes: `make test-soak`.
EVERY: Final = os.environ.get("CALLGUARD_EVERY") == "1"

LISTED: Final = "a list"
CODE: Final = "a code, which is used at home only"
INBOUND: Final = "a number that is reached and does not call"
UNALLOCATED: Final = "no reading of the digits is a number in use"
ROAMING: Final = "the roaming look-up says that the subscriber is at home"
DECIDED: Final = "a regulator's decision on home numbers from abroad"

GROUNDS: Final = {
    "taken-down-number": LISTED,
    "taken-down-sender": LISTED,
    "do-not-originate": LISTED,
    "cn-authority-line-from-abroad": CODE,
    "cn-bank-code-from-abroad": CODE,
    "home-service-code-from-abroad": CODE,
    "cn-inbound-only-400-800": INBOUND,
    "au-inbound-only-13-1300-1800": INBOUND,
    "home-inbound-only-from-abroad": INBOUND,
    "unallocated-home-number-off-net": UNALLOCATED,
    "home-number-not-roaming": ROAMING,
    "sms-home-number-not-roaming": ROAMING,
    "home-fixed-line-from-abroad": DECIDED,
}
# Only these grounds hold for a number that is in use.
MAY_BLOCK: Final = {rule for rule, ground in GROUNDS.items() if ground in (INBOUND, DECIDED)}
# Numbers of that file which their plans have given up since, by the metadata of the table.
GIVEN_UP: Final = frozenset({"+22981123456", "+22985751234", "+2631312345"})
# Kinds of numbers that are reached and do not call.
REACHED: Final = frozenset({"toll_free", "shared_cost", "premium"})


def test_every_rule_that_blocks_or_excludes_names_its_ground() -> None:
    found = {
        rule.name: rule.consequence.basis
        for rule in guard_of("CN").rules.rules
        if rule.consequence.verdict == "block" or rule.consequence.basis == "deterministic"
    }
    assert set(GROUNDS) == set(found)
    analytic = {name for name, basis in found.items() if basis == "analytic"}
    assert analytic == {name for name, ground in GROUNDS.items() if ground in (ROAMING, DECIDED)}


def test_no_other_rule_reaches_a_block_by_its_score() -> None:
    scores = {
        rule.name: rule.consequence.score
        for rule in guard_of("CN").rules.rules
        if isinstance(rule, Rule) and rule.name not in GROUNDS
    }
    assert max(scores.values()) < 90


@cache
def called_at(home: str) -> str:
    """A fixed line of home that is none of the example numbers."""
    kind = phonenumbers.PhoneNumberType.FIXED_LINE
    number = phonenumbers.example_number_for_type(home, kind) or phonenumbers.example_number(home)
    assert number is not None
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{e164[:-1]}{(int(e164[-1]) + 3) % 10}"


def blocked(guard: Guard, form: Form, ingress: str) -> str | None:
    """What is wrong if the call is blocked without a ground; None if all is well."""
    record = {
        "event": "setup",
        "at": AT,
        "calling_party_number": form.number,
        "called_party_number": called_at(guard.plan.home),
        "ingress": ingress,
    }
    if form.nature is not None:
        record["nature_of_address"] = form.nature
    verdict = guard.score(record)
    if verdict.action != "block" and verdict.basis != "deterministic":
        return None
    grounds = set(verdict.rules) & set(GROUNDS)
    kind = guard.plan.classify(form.number, form.nature)[1].kind
    inbound = {name for name in grounds if GROUNDS[name] == INBOUND}
    if grounds and grounds <= MAY_BLOCK and (not inbound or kind in REACHED):
        return None
    return f"{guard.plan.home} {ingress} {form}: {verdict.action} {verdict.basis} {verdict.rules}"


def faults_of(home: str, regions: tuple[str, ...]) -> list[str]:
    """Every allocated number that this home blocks without a ground."""
    guard = guard_of(home) if home in HOMES else Guard.load(rulepack.path(), home=home)
    found = []
    for region in regions:
        for e164 in examples(region):
            forms = list(forms_from_elsewhere(e164, home))
            if region == home:
                forms += forms_at_home(e164, home)
            found += [blocked(guard, form, ingress) for form in forms for ingress in INGRESSES]
    return [fault for fault in found if fault is not None]


@pytest.mark.parametrize("home", HOMES)
def test_a_sample_of_allocated_numbers_is_not_blocked(home: str) -> None:
    neighbours = {
        region
        for region in REGIONS
        if phonenumbers.country_code_for_region(region)
        == phonenumbers.country_code_for_region(home)
    }
    sample = {*REGIONS[::30], home, "US", "DE", "IN", *sorted(neighbours)[:3]}
    assert [] == faults_of(home, tuple(sorted(sample)))


@pytest.mark.parametrize("home", HOMES)
def test_no_number_of_libphonenumbers_own_file_is_blocked(home: str, shared: Path) -> None:
    found = examples_in(shared / "data" / "libphonenumber" / "PhoneNumberMetadata.xml")
    assert len(found) >= len(REGIONS)
    guard = guard_of(home)
    wrong = [
        blocked(guard, Form(number, nature), ingress)
        for numbers in found.values()
        for e164 in numbers - GIVEN_UP
        for number, nature in ((e164, None), (e164[1:], None), (e164[1:], "international"))
        for ingress in INGRESSES[:2]
    ]
    assert [] == [fault for fault in wrong if fault is not None]


@pytest.mark.long
@pytest.mark.parametrize(("place", "home"), list(enumerate(REGIONS)))
def test_no_allocated_number_is_blocked_in_any_home(place: int, home: str) -> None:
    # A fifth of the regions at each home, each fifth in turn: all of them at all homes is an hour.
    regions = REGIONS if EVERY else (*REGIONS[place % 5 :: 5], home)
    assert [] == faults_of(home, regions)
