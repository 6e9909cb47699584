from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from callguard.numbering import NumberingPlan
from callguard.records import derive
from tests.made.read_results import LEAST


@pytest.fixture(scope="module")
def plan() -> NumberingPlan:
    return NumberingPlan("CN")


def test_each_party_gets_its_fields(plan: NumberingPlan) -> None:
    record = {
        **LEAST,
        "calling_party_number": "+8613800138000",
        "called_party_number": "110",
        "asserted_identity": "+442079460000",
        "redirecting_number": "",
    }
    assert {
        "calling.e164": "+8613800138000",
        "calling.prefix": "+861380013",
        "calling.country": "CN",
        "calling.kind": "mobile",
        "calling.valid": True,
        "calling.certain": True,
        "called.e164": "+86110",
        "called.country": "CN",
        "called.kind": "emergency",
        "called.valid": True,
        "called.certain": True,
        "asserted.e164": "+442079460000",
        "asserted.prefix": "+44207946",
        "asserted.country": "GB",
        "asserted.kind": "fixed",
        "asserted.valid": True,
        "asserted.certain": True,
        "redirecting.kind": "unknown",
        "redirecting.valid": False,
        "shared_prefix": 3,
        "self_call": False,
        "redirected": False,
    } == derive(record, plan)


@pytest.mark.parametrize(
    ("number", "prefix"),
    [
        ("+8613800138000", "+861380013"),
        ("95588", None),
        ("4001234567", "+86400123"),
        ("+37255512", None),
        ("+290512345", "+29051"),
    ],
)
def test_a_prefix_is_a_block_of_ten_thousand_numbers(
    number: str, prefix: str | None, plan: NumberingPlan
) -> None:
    found = derive({**LEAST, "called_party_number": number}, plan)
    assert prefix == found.get("called.prefix")


@pytest.mark.parametrize("number", ["", "anonymous"])
def test_a_hidden_number_is_present_and_unknown(number: str, plan: NumberingPlan) -> None:
    fields = derive({**LEAST, "calling_party_number": number}, plan)
    assert {"calling.kind": "unknown", "calling.valid": False} == {
        key: value for key, value in fields.items() if not key.startswith("called.")
    }


@pytest.mark.parametrize("number", [None, 5])
def test_an_absent_number_has_no_fields(number: object, plan: NumberingPlan) -> None:
    fields = derive({**LEAST, "calling_party_number": number}, plan)
    parts = ("e164", "country", "kind", "valid", "certain")
    assert {f"called.{part}" for part in parts} == set(fields)


def test_a_call_to_oneself(plan: NumberingPlan) -> None:
    record = {**LEAST, "calling_party_number": "+86138 0013 8000"}
    record["called_party_number"] = "13800138000"
    fields = derive(record, plan)
    assert (True, 13) == (fields["self_call"], fields["shared_prefix"])


@dataclass
class _Class:
    kind: str = "mobile"
    valid: bool = True
    country: str | None = None


class _Asked:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []

    def classify(self, raw: str, nature: str | None = None) -> tuple[str, _Class]:
        self.asked.append((raw, nature))
        return raw, _Class()

    def is_certain(self, *_: object) -> bool:
        return True

    def may_redirect(self, *_: object) -> bool:
        return True


def test_nature_of_address_is_that_of_the_calling_number_only() -> None:
    asked: Any = _Asked()
    record = {
        "calling_party_number": "+1",
        "called_party_number": "+2",
        "asserted_identity": "+3",
        "redirecting_number": "+4",
        "nature_of_address": "national",
    }
    derive(record, asked)
    expected = {("+1", "national"), ("+2", None), ("+3", None), ("+4", None)}
    assert expected == set(asked.asked)


@pytest.mark.parametrize(
    ("calling", "called", "shared"),
    [("+1", "+2", 0), ("+12", "+12", 2), ("+123", "+12", 2), ("+8613800", "+8613811", 5)],
)
def test_shared_digits_do_not_count_the_plus(calling: str, called: str, shared: int) -> None:
    asked: Any = _Asked()
    fields = derive({"calling_party_number": calling, "called_party_number": called}, asked)
    assert (shared, calling == called) == (fields["shared_prefix"], fields["self_call"])


@pytest.mark.parametrize(
    ("number", "characters"),
    [
        ("+8613800138000", None),
        ("+86 138-0013.8000", None),
        ("tel:+86-138-0013-8000;ext=1", None),
        ("+86\ufe0f138001\u041e8000", "U+FE0F U+041E"),
        ("13800138000,", "U+002C"),
        ("１３８００１３８０００", "U+FF11 U+FF13 U+FF18 U+FF10"),
        ("公安局", None),
        ("anony\u200bmous", None),
        ("", None),
    ],
)
def test_characters_that_do_not_belong_in_a_number_are_named(
    number: str, characters: str | None
) -> None:
    fields = derive({"calling_party_number": number}, NumberingPlan("CN"))
    assert characters == fields.get("calling.repaired")
