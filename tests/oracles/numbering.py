"""What ``phonenumbers`` says of a number, in the words of this project."""

from __future__ import annotations

from typing import NamedTuple

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult, re_util

from callguard.numbering import NumberClass
from callguard.numbering.table import shipped_table

KINDS = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "service",
    PhoneNumberType.PAGER: "service",
    PhoneNumberType.UAN: "service",
    PhoneNumberType.VOICEMAIL: "service",
}

NOTHING = (None, NumberClass(None, "invalid", False))

# Without it, phonenumbers compiles the patterns of 245 regions over and over.
re_util.enable_pattern_cache()


class Reference(NamedTuple):
    """The answer, and the number object behind it (None if nothing could be parsed)."""

    e164: str | None
    number_class: NumberClass
    number: PhoneNumber | None


def reference(raw: str, home: str | None = None) -> Reference:
    """Country, kind and validity by ``parse``, ``is_valid_number``, ``region_code_for_number``.

    Short codes and emergency numbers come from its short-number metadata.
    """
    try:
        number = phonenumbers.parse(raw, home)
    except phonenumbers.NumberParseException:
        return Reference(*NOTHING, None)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Reference(e164, _class(number, home), number)


def _class(number: PhoneNumber, home: str | None) -> NumberClass:
    region = _country(phonenumbers.region_code_for_number(number))
    if phonenumbers.is_valid_number(number):
        return NumberClass(region, KINDS[phonenumbers.number_type(number)], True)
    short = _short(number, home)
    if short is not None:
        return short
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return NumberClass(region, "unallocated" if possible else "invalid", False)


def _short(number: PhoneNumber, home: str | None) -> NumberClass | None:
    national = phonenumbers.national_significant_number(number)
    regions = [
        region
        for region in phonenumbers.region_codes_for_country_code(number.country_code or 0)
        if region != "001"
    ]
    if home is not None and home in regions:
        if phonenumbers.is_emergency_number(national, home):
            return NumberClass(home, "emergency", True)
        if phonenumbers.is_valid_short_number_for_region(number, home):
            return _short_code(home)
    for region in regions:
        if phonenumbers.is_emergency_number(national, region):
            return NumberClass(region, "emergency", True)
    for region in regions:
        if phonenumbers.is_valid_short_number_for_region(number, region):
            return _short_code(region)
    return None


def _short_code(region: str) -> NumberClass:
    return NumberClass(region, "service" if region == "CN" else "short_code", True)


def _country(region: str | None) -> str | None:
    return None if region == "001" else region


needs_shipped_version = pytest.mark.skipif(
    f"phonenumbers {phonenumbers.__version__}, " not in shipped_table().version,
    reason=f"the shipped table is of {shipped_table().version}, the installed phonenumbers "
    f"{phonenumbers.__version__}; install that version or run make table",
)
