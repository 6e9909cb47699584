"""Numbers that can be read in one way only, and those that cannot."""

from __future__ import annotations

from functools import cache

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.numbering import NumberingPlan
from callguard.numbering.open_plans import OPEN
from tests.oracles.numbering import reference

HOMES = ("CN", "DE", "US", "GB", "AU", "AT", "IT", "RU", "SG", "CO")

# They have no international form.
CODES = ("emergency", "short_code", "service")

plan_of = cache(NumberingPlan)


def certain(home: str, raw: str, nature: str | None = None) -> bool | None:
    plan = plan_of(home)
    return plan.is_certain(raw, nature, *plan.classify(raw, nature))


ONE_READING = [
    ("CN", "+8613812345678", None),
    ("CN", "13812345678", None),
    ("CN", "02161234567", None),
    ("CN", "8613812345678", None),
    ("CN", "+8612012345678", None),
    ("CN", "138123456789", None),
    ("CN", "0101234", None),
    ("CN", "110", None),
    ("CN", "95588", None),
    ("CN", "00442079460123", None),
    ("CN", "13055551234", "international"),
    ("CN", "tel:+12025550123", None),
    ("US", "911", None),
    ("US", "2025550123", None),
    ("DE", "+49151123456789", None),
    ("DE", "+4912012345678", None),
    ("DE", "030123456", None),
    ("AU", "1300123456", None),
    ("CN", "4008123456", "subscriber"),
    ("CN", "138123456789", "subscriber"),
    ("AT", "+4311234567", None),
]
OTHER_READINGS = [
    ("DE", "12025550123", None),  # Washington
    ("DE", "12025550123", "unknown"),
    ("DE", "12025550123", "national"),
    ("DE", "447700900123", None),  # possible in Britain, and anything is in Germany
    ("CN", "13055551234", None),  # a mobile of Shanghai, or Florida
    ("CN", "80012345678", None),  # global free-phone
    ("CN", "sip:12025550123@gw.example", None),
    ("CN", "1-202-555-0123", None),
    ("US", "911123456789", None),  # Delhi
    ("AU", "13055551234", None),
    ("DE", "3012345678", "international"),  # Berlin, wrongly marked
    ("CO", "03211234567", None),  # a mobile behind a trunk prefix, or behind a carrier's 03
    ("CN", "61234567", "subscriber"),  # a line of some city
    ("US", "5550123", "subscriber"),
    ("DE", "+498912", None),  # root numbers
    ("AT", "+431234", None),
    ("FI", "+3589424", None),
]


@pytest.mark.parametrize(("home", "number", "nature"), ONE_READING)
def test_one_reading(home: str, number: str, nature: str | None) -> None:
    assert certain(home, number, nature) is True


@pytest.mark.parametrize(("home", "number", "nature"), OTHER_READINGS)
def test_another_reading(home: str, number: str, nature: str | None) -> None:
    assert certain(home, number, nature) is False


@pytest.mark.parametrize("raw", ["", "anonymous", "x", "sip:gw.example", "+999123456"])
def test_what_is_no_number_is_neither(raw: str) -> None:
    assert certain("CN", raw) is None


def test_plans_are_open_by_their_calling_codes() -> None:
    known = {
        str(phonenumbers.country_code_for_region(home)) for home in phonenumbers.SUPPORTED_REGIONS
    }
    assert known >= OPEN


digits = st.text("0123456789", min_size=4, max_size=15)


@given(st.sampled_from(HOMES), digits, st.sampled_from([None, "unknown", "national"]))
def test_digits_that_are_a_foreign_number_behind_a_plus_are_not_certain(
    home: str, raw: str, nature: str | None
) -> None:
    e164, _ = plan_of(home).classify(raw, nature)
    other = reference(f"+{raw}")
    if other.number_class.valid and other.number_class.kind not in CODES and e164 is not None:
        assert certain(home, raw, nature) is (other.e164 == e164)


@given(st.sampled_from(HOMES), digits)
def test_a_valid_number_behind_a_plus_is_certain(home: str, raw: str) -> None:
    _, meaning = plan_of(home).classify(f"+{raw}")
    if meaning.valid:
        assert certain(home, f"+{raw}") is True


@given(st.sampled_from(HOMES), st.text(max_size=20), st.sampled_from([None, "international"]))
def test_any_text_is_answered(home: str, raw: str, nature: str | None) -> None:
    e164, _ = plan_of(home).classify(raw, nature)
    assert (certain(home, raw, nature) is None) is (e164 is None)
