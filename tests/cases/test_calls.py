from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from callguard import Guard
from tests.cases.case_files import cases_of
from tests.conftest import ROOT

EXPECTED = {"action", "basis", "emergency", "rules", "not", "degraded", "alert"}
KEYS = {"why", "record"} | EXPECTED
SETUP = {"event": "setup", "called_party_number": "13912345678"}
LAST_AT = 1795395600
DAYS = 2 * 86400.0
MOST = 2500


@cache
def guard_of(home: str) -> Guard:
    return Guard.load(ROOT / "rules.yaml", home=home)


@pytest.mark.parametrize("case", cases_of("calls", KEYS))
def test_call_is_judged_as_the_case_says(case: dict[str, Any]) -> None:
    assert EXPECTED & set(case), "say what is expected"
    # Days apart, so that no correlation counts one case with another.
    at = LAST_AT - (MOST - case["place"]) * DAYS
    given = SETUP | {"at": at} | case["defaults"] | case["record"]
    home = given.pop("home", "CN")
    verdict = guard_of(home).score({key: v for key, v in given.items() if v is not None}).to_dict()
    alert = verdict["alert"] and verdict["alert"]["template"]
    for key in ("action", "basis", "emergency"):
        assert case.get(key, verdict[key]) == verdict[key], verdict
    assert case.get("alert", alert) == alert, verdict
    matched = set(verdict["rules"]) | set(verdict["shadow"])
    assert set(case.get("rules", ())) <= matched, verdict
    assert not matched & set(case.get("not", ())), verdict
    assert set(case.get("degraded", ())) <= set(verdict["degraded"]), verdict
