"""Emergency numbers of every region, in every form; and subscriber numbers that never are one."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata

from callguard.numbering import NumberClass, NumberingPlan
from callguard.numbering.table import shipped_table
from tests.conftest import LONG
from tests.made import emergency_numbers
from tests.oracles.numbering import needs_shipped_version
from tests.strategies.numbers import draw
from tools.numbering_table.regex import parse

REGIONS = tuple(emergency_numbers.by_region())
HOMES = tuple(sorted(shipped_table().homes))
CN_CODES = ("110", "119", "120", "122", "12110", "96110")


@pytest.mark.parametrize("region", [region for region in REGIONS if region in HOMES])
@needs_shipped_version
def test_every_form_of_every_number_at_home(region: str) -> None:
    plan = NumberingPlan(region)
    help_there = NumberClass(region, "emergency", True)
    code = phonenumbers.country_code_for_region(region)
    for number in emergency_numbers.by_region()[region]:
        expected = (f"+{code}{number}", help_there)
        forms = {
            **{
                name: form
                for name, form in emergency_numbers.forms(number, region).items()
                if not name.startswith("service")
            },
            "zeros": f"00{code}{number}",
            "sip": f"sip:{number}@192.0.2.1;user=phone",
            "sips plus": f"<sips:+{code}{number}@example.org>",
            "caller identity off": f"#31#{number}",
            "end signal": f"{number}#",
        }
        assert dict.fromkeys(forms, expected) == {
            name: plan.classify(form) for name, form in forms.items()
        }
        for nature in ("subscriber", "national", "unknown", "international"):
            assert expected == plan.classify(number, nature)
        assert expected == plan.classify(f"{code}{number}", "international")


def test_every_region_of_the_metadata_can_be_home() -> None:
    assert {"AC", "TA"} >= set(REGIONS) - set(HOMES)


@pytest.mark.parametrize("home", ["CN", "GB", "US"])
def test_numbers_of_other_countries_are_recognised_by_calling_code(home: str) -> None:
    plan = NumberingPlan(home)
    # Barbados dials 211, 311 and 511 for help; in the United States they are service codes.
    short_at_home = {"+1211", "+1311", "+1511"} if home == "US" else set()
    numbers = {
        f"+{phonenumbers.country_code_for_region(region)}{number}"
        for region in REGIONS
        for number in emergency_numbers.by_region()[region]
    }
    assert short_at_home == {
        number for number in numbers if plan.classify(number)[1].kind != "emergency"
    }


@pytest.mark.parametrize("home", HOMES)
def test_112_and_911_work_everywhere(home: str) -> None:
    plan = NumberingPlan(home)
    assert {"emergency"} == {plan.classify(number)[1].kind for number in ("112", "911")}


@pytest.mark.parametrize(
    "urn", ["urn:service:sos", "URN:service:sos.police", "sip:sos@example.org"]
)
def test_service_urns(urn: str) -> None:
    assert (None, NumberClass(None, "emergency", True)) == NumberingPlan("GB").classify(urn)


def test_other_urns_are_no_emergency() -> None:
    assert (None, NumberClass(None, "invalid", False)) == NumberingPlan().classify(
        "urn:service:counseling"
    )


@pytest.mark.parametrize("number", CN_CODES)
@pytest.mark.parametrize("area", ["10", "21", "755", "994"])
def test_chinese_codes_behind_an_area_code(area: str, number: str) -> None:
    plan = NumberingPlan("CN")
    expected = (f"+86{number}", NumberClass("CN", "emergency", True))
    forms = [
        f"0{area}{number}",
        f"+86{area}{number}",
        f"+860{area}{number}",
        f"0086{area}{number}",
        f"(0{area}) {number}",
        f"tel:{number};phone-context=+86{area}",
    ]
    assert [expected] * len(forms) == [plan.classify(form) for form in forms]


@pytest.mark.parametrize(
    ("home", "code", "kind"),
    [
        ("CN", "999", "emergency"),
        ("CN", "08", "emergency"),
        ("CN", "000", "emergency"),
        ("FR", "118", "emergency"),
        ("US", "411", "short_code"),
        ("US", "211", "short_code"),
        ("GB", "118500", "short_code"),
    ],
)
def test_terminal_numbers_where_home_has_no_other_use(home: str, code: str, kind: str) -> None:
    assert kind == NumberingPlan(home).classify(code)[1].kind


@needs_shipped_version
def test_terminal_numbers_leave_short_codes_alone() -> None:
    for home in HOMES:
        plan = NumberingPlan(home)
        for code in ("000", "08", "110", "118", "119", "999"):
            number = phonenumbers.PhoneNumber(
                country_code=phonenumbers.country_code_for_region(home),
                national_number=int(code),
                italian_leading_zero=code[0] == "0",
                number_of_leading_zeros=len(code) - len(str(int(code))),
            )
            used = phonenumbers.is_valid_short_number_for_region(number, home)
            known = phonenumbers.is_emergency_number(code, home)
            help_expected = known or not used or (home == "CN" and code in CN_CODES)
            assert (home, code, help_expected) == (
                home,
                code,
                plan.classify(code)[1].kind == "emergency",
            )


@pytest.mark.parametrize(
    ("home", "dialled", "e164"),
    [
        ("CN", "1101", "+86110"),
        ("CN", "11012", "+86110"),
        ("CN", "110110", "+86110"),
        ("GB", "99912", "+44999"),
    ],
)
def test_extra_digits_still_connect(home: str, dialled: str, e164: str) -> None:
    assert (e164, NumberClass(home, "emergency", True)) == NumberingPlan(home).classify(dialled)


@pytest.mark.parametrize(("home", "dialled"), [("BR", "1901"), ("CL", "1331"), ("NI", "1151")])
def test_extra_digits_where_the_number_must_be_exact(home: str, dialled: str) -> None:
    assert NumberingPlan(home).classify(dialled)[1].kind != "emergency"


@pytest.mark.parametrize(
    ("home", "dialled"), [("CN", "120345"), ("CN", "12025550123"), ("US", "911123456789")]
)
def test_more_digits_behind_are_another_number(home: str, dialled: str) -> None:
    assert NumberingPlan(home).classify(dialled)[1].kind != "emergency"


def example_forms() -> dict[str, set[str]]:
    """The example numbers of every region and type, by the form in which they are written."""
    forms: dict[str, set[str]] = {"plus": set(), "zeros": set(), "bare": set(), "national": set()}
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in range(11):
            number = phonenumbers.example_number_for_type(region, kind)
            if number is None:
                continue
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            forms["plus"].add(e164)
            forms["zeros"].add(f"00{e164[1:]}")
            forms["bare"].add(e164[1:])
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            forms["national"].add(re.sub(r"\D", "", national))
            forms["national"].add(phonenumbers.national_significant_number(number))
    # Fewer digits than a number anywhere has with its calling code may be a code and a slip.
    forms["national"] = {digits for digits in forms["national"] if len(digits) >= 7}
    return forms


@pytest.mark.parametrize("home", HOMES if LONG else (*HOMES[::8], "CN", "GB", "US"))
@needs_shipped_version
def test_no_valid_number_of_any_region_in_any_form_is_an_emergency(home: str) -> None:
    classify = NumberingPlan(home).classify
    found = [
        (form, number)
        for form, numbers in example_forms().items()
        for number in sorted(numbers)
        if classify(number)[1].kind == "emergency"
    ]
    assert [] == found


@needs_shipped_version
def test_no_subscriber_number_of_any_region_is_an_emergency() -> None:
    source = random.Random(112)
    plans = [NumberingPlan(home) for home in ("CN", "US", "GB")]
    checked = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        metadata = PhoneMetadata.metadata_for_region(region, None)
        assert metadata is not None
        for desc in (metadata.mobile, metadata.fixed_line):
            if desc is None or not desc.national_number_pattern:
                continue
            tree = parse(desc.national_number_pattern)
            for _ in range(10):
                national = draw(tree, source)
                assert re.fullmatch(desc.national_number_pattern, national)
                number = f"+{metadata.country_code}{national}"
                if not phonenumbers.is_valid_number(phonenumbers.parse(number)):
                    continue
                checked += 1
                assert {number: False} == {
                    number: any(plan.classify(number)[1].kind == "emergency" for plan in plans)
                }
    assert checked > 4_000
