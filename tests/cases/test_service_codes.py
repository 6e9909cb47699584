"""Each service code in front of each emergency number of its homes, in each way to write both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import phonenumbers
import pytest

from callguard.numbering import NumberingPlan
from callguard.numbering.table import shipped_table
from tests.cases.case_files import cases_of
from tests.made import emergency_numbers

KEYS = {"why", "source", "homes", "codes"}


def homes_of(homes: Any) -> list[str]:
    known = sorted(set(emergency_numbers.by_region()) & set(shipped_table().homes))
    if homes == "all":
        return known
    if isinstance(homes, str):
        code = int(homes.removeprefix("+"))
        return [home for home in known if phonenumbers.country_code_for_region(home) == code]
    return list(homes)


def written(code: str, number: str) -> Iterator[str]:
    """The ways in which a service code and a number behind it are signalled."""
    escaped = code.replace("#", "%23").replace("*", "%2A")
    yield from (f"{code}{number}", f"{code} {number}", f"{code}-{number}")
    yield f"{code}{number}#"
    yield f"tel:{escaped}{number}"
    yield f"sip:{code.replace('#', '%23')}{number}@192.0.2.1"
    yield f"<sips:{escaped}{number}@example.com;user=dialstring>"


@pytest.mark.parametrize("case", cases_of("emergency", KEYS))
def test_an_emergency_number_behind_a_service_code(case: dict[str, Any]) -> None:
    lost = []
    for home in homes_of(case["homes"]):
        plan = NumberingPlan(home)
        for number in emergency_numbers.by_region()[home]:
            expected = plan.classify(number)
            forms = [form for code in case["codes"] for form in written(code, number)]
            lost += [(home, form) for form in forms if plan.classify(form) != expected]
    assert [] == lost
