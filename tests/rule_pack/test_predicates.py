"""Each number check that the trade knows (N1 to N21) is done by some rule, and calls show it."""

from __future__ import annotations

import pytest

from callguard import Verdict
from callguard.rules.model import ACTIONS
from tests.made.rule_pack import AT, guard_of
from tests.rule_pack.number_checks import ELSEWHERE, Check, Record, shows
from tests.rule_pack.number_checks_china import CHINA

CHECKS = (*CHINA, *ELSEWHERE)
CALLED = {
    "CN": "13912345678",
    "GB": "+447400123456",
    "FI": "+358401234567",
    "IN": "+919876543210",
    "SG": "+6591234567",
    "AU": "+61491570156",
}


def verdict(home: str, record: Record) -> Verdict:
    return guard_of(home).score(
        {"event": "setup", "at": AT, "called_party_number": CALLED[home], **record}
    )


@pytest.mark.parametrize(
    ("check", "record"), [(check, record) for check in CHECKS for record in check.caught]
)
def test_what_a_check_catches(check: Check, record: Record) -> None:
    found = verdict(check.home, record)
    assert set(check.rules) & set(found.rules)
    assert ACTIONS.index(check.least) <= ACTIONS.index(found.action)


@pytest.mark.parametrize(
    ("check", "record"), [(check, record) for check in CHECKS for record in check.spared]
)
def test_what_a_check_spares(check: Check, record: Record) -> None:
    assert not set(check.rules) & set(verdict(check.home, record).rules)


def test_every_check_has_a_rule() -> None:
    assert {f"N{number}" for number in range(1, 22)} == {check.number for check in CHECKS}
    known = {rule.name for rule in guard_of("CN").rules.rules}
    assert {name for check in CHECKS for name in check.rules} <= known


@pytest.mark.parametrize("number", ["700123456789012", "+86700123456789012"])
@pytest.mark.parametrize("ingress", ["on_net", "interconnect"])
def test_n6_privacy_relays_are_allowed(number: str, ingress: str) -> None:
    found = verdict("CN", shows(number, {"ingress": ingress}))
    assert ("allow", []) == (found.action, found.rules)
