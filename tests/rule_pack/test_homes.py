"""The same rules in other countries, judged on calls written by hand."""

from __future__ import annotations

import pytest

from callguard.rules.model import Rule
from tests.made.rule_pack import HOMES, call, from_abroad, guard_of, sms

# home, mobile, another mobile, fixed line, an impossible number, free-phone number, emergency
NUMBERS = {
    "CN": ("+8613812345678", "+8613987654321", "+862161234567", "+8612012345678", "110"),
    "GB": ("+447400654321", "+447833123456", "+442079460123", "+4465512345678", "999"),
    "IN": ("+919812345678", "+918105123456", "+911123345678", "+910012345678", "112"),
    "SG": ("+6581234567", "+6596123456", "+6562123456", "+6512123456", "995"),
    "AU": ("+61412345678", "+61438123456", "+61280012345", "+61112345678", "000"),
    "FI": ("+358501234567", "+358401234567", "+35894241000", "+35800012345", "112"),
    "US": ("+12127364321", "+13038374321", "+12024561234", "+10991234567", "911"),
}
PREFIX_HOME = {"cn": "CN", "au": "AU", "uk": "GB", "fi": "FI", "in": "IN", "sg": "SG"}
FOREIGN = {home: "+442079460123" if home != "GB" else "+33612345678" for home in HOMES}


@pytest.mark.parametrize("home", HOMES)
def test_an_ordinary_call_is_allowed(home: str) -> None:
    mobile, other, fixed, *_ = NUMBERS[home]
    for calling in (mobile, fixed):
        for ingress in ("on_net", "interconnect"):
            verdict = call(home, calling, other, ingress=ingress, screening="network")
            assert ("allow", []) == (verdict.action, verdict.rules)


@pytest.mark.parametrize("home", HOMES)
def test_a_home_number_that_does_not_roam_is_blocked(home: str) -> None:
    mobile, other, *_ = NUMBERS[home]
    verdict = from_abroad(home, mobile, other, roaming="no")
    assert ("block", "analytic") == (verdict.action, verdict.basis)
    assert "home-number-not-roaming" in verdict.rules


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("roaming", ["unknown", None])
def test_unknown_is_not_no(home: str, roaming: str | None) -> None:
    mobile, other, *_ = NUMBERS[home]
    verdict = from_abroad(home, mobile, other, roaming=roaming)
    assert ("withhold" if home == "GB" else "label") == verdict.action
    assert "home-number-not-roaming" not in verdict.rules


@pytest.mark.parametrize("home", HOMES)
def test_a_roaming_subscriber_is_not_accused(home: str) -> None:
    mobile, other, *_ = NUMBERS[home]
    verdict = from_abroad(home, mobile, other, roaming="yes")
    # Singapore marks every call from abroad.
    expected = ("label", ["sg-call-from-abroad"]) if home == "SG" else ("allow", [])
    assert expected == (verdict.action, verdict.rules)


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("ingress", ["international", "interconnect"])
def test_an_impossible_home_number_is_blocked(home: str, ingress: str) -> None:
    _, other, _, impossible, _ = NUMBERS[home]
    verdict = call(home, impossible, other, ingress=ingress)
    assert ("block", "deterministic") == (verdict.action, verdict.basis)
    assert "unallocated-home-number-off-net" in verdict.rules


@pytest.mark.parametrize("home", HOMES)
def test_an_emergency_number_from_abroad_is_blocked(home: str) -> None:
    *_, emergency = NUMBERS[home]
    _, other, *_ = NUMBERS[home]
    verdict = from_abroad(home, emergency, other)
    assert ("block", "deterministic") == (verdict.action, verdict.basis)


@pytest.mark.parametrize("home", HOMES)
def test_a_foreign_caller_is_at_most_marked(home: str) -> None:
    _, other, *_ = NUMBERS[home]
    verdict = from_abroad(home, FOREIGN[home], other)
    expected = "label" if home in ("IN", "SG") else "allow"
    assert expected == verdict.action


@pytest.mark.parametrize("home", HOMES)
def test_a_call_for_help_is_allowed_whoever_calls(home: str) -> None:
    *_, emergency = NUMBERS[home]
    mobile, _, fixed, impossible, _ = NUMBERS[home]
    for calling in (mobile, fixed, impossible, emergency, "", None, "anonymous", "+447700900999"):
        verdict = from_abroad(home, calling, emergency, roaming="no", display_name="Police")
        assert ("allow", True, []) == (verdict.action, verdict.emergency, verdict.rules)


@pytest.mark.parametrize("home", HOMES)
def test_rules_of_one_country_are_silent_in_every_other(home: str) -> None:
    """Every example that a country's rule catches, seen by another home's guard."""
    for home_of_rule in HOMES:
        for rule in guard_of(home_of_rule).rules.rules:
            only = PREFIX_HOME.get(rule.name.partition("-")[0])
            if only != home_of_rule or only == home or not isinstance(rule, Rule):
                continue
            for example in rule.examples.matches:
                verdict = guard_of(home).score(example)
                assert rule.name not in verdict.rules, (rule.name, home)


def test_an_american_company_may_show_its_toll_free_number_from_abroad() -> None:
    assert "allow" == from_abroad("US", "+18005551212", "+12127364321", attestation="B").action


def test_an_unsigned_american_number_from_abroad_is_a_signal_where_calls_are_signed() -> None:
    name = "unsigned-home-number-from-abroad"
    assert name in from_abroad("US", "+12127364321", "+13038374321").rules
    assert name not in from_abroad("US", "+12127364321", "+13038374321", attestation="B").rules
    assert name not in from_abroad("CN", "+8613812345678", "13912345678").rules


def test_a_passed_full_attestation_proves_nothing() -> None:
    signed = {"attestation": "A", "verstat": "TN-Validation-Passed", "roaming": "no"}
    assert "block" == from_abroad("US", "+12127364321", "+13038374321", **signed).action


def test_a_failed_verification_is_labelled_in_every_home() -> None:
    for home in HOMES:
        mobile, other, *_ = NUMBERS[home]
        verdict = call(home, mobile, other, ingress="interconnect", verstat="TN-Validation-Failed")
        assert "label" == verdict.action
        assert verdict.alert is not None
        assert "unverified_caller" == verdict.alert.template


def test_a_message_under_a_banks_name_from_abroad_is_labelled_in_every_home() -> None:
    for home in HOMES:
        _, other, *_ = NUMBERS[home]
        verdict = sms(home, "BANK", other, "Your card is locked", ingress="international")
        assert "label" == verdict.action
