"""What the warnings of the shipped rules say, on every ingress and about every event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import phonenumbers
import pytest

from callguard.rules.model import Rule
from tests.made.rule_pack import HOMES, guard_of
from tests.rule_pack.allocated_numbers import INGRESSES

ABROAD = ("from abroad", "境外")
CALL = ("the call from", "来电")
MESSAGE = ("the message from", "短信")


def records(home: str) -> Iterator[dict[str, Any]]:
    """Every call and message that a rule catches, on every ingress."""
    for rule in guard_of(home).rules.rules:
        if isinstance(rule, Rule):
            for example in rule.examples.matches:
                for ingress in INGRESSES:
                    yield {**example, "ingress": ingress}


@pytest.mark.parametrize("home", HOMES)
def test_no_warning_says_more_than_its_record(home: str) -> None:
    warned = 0
    for record in records(home):
        alert = guard_of(home).score(record).alert
        if alert is not None:
            warned += 1
            wrong: tuple[str, ...] = MESSAGE if record["event"] != "sms" else CALL
            wrong += () if record["ingress"] == "international" else ABROAD
            assert not any(words in alert.text for words in wrong), (record, alert)
    assert warned > 50


@pytest.mark.parametrize("home", HOMES)
def test_no_warning_shows_a_number_that_was_not_signalled(home: str) -> None:
    for record in records(home):
        alert = guard_of(home).score(record).alert
        for number in re.findall(r"\+?\d{3,}", alert.text if alert else ""):
            signalled = re.sub(r"[^+\d]", "", record["calling_party_number"])
            assert number == signalled or (
                number.startswith("+") and phonenumbers.is_valid_number(phonenumbers.parse(number))
            ), (record, alert)
