from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from callguard.numbering import NumberingPlan
from tests.cases.case_files import cases_of

EXPECTED = {"kind", "e164", "country", "valid"}
KEYS = {"why", "number", "nature", "home"} | EXPECTED

plan_of = cache(NumberingPlan)


@pytest.mark.parametrize("case", cases_of("numbers", KEYS))
def test_number_is_what_the_case_says(case: dict[str, Any]) -> None:
    assert isinstance(case["number"], str), "quote the number"
    assert EXPECTED & set(case), "say what is expected"
    e164, number = plan_of(case.get("home", "CN")).classify(case["number"], case.get("nature"))
    answer = {"e164": e164, "kind": number.kind, "country": number.country, "valid": number.valid}
    expected = {key: case[key] for key in EXPECTED if key in case}
    assert expected == {key: answer[key] for key in expected}
