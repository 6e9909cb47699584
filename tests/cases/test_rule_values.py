from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callguard import Guard, RuleError
from callguard.guard import review
from tests.cases.case_files import cases_of

KEYS = {"why", "item", "home", "code", "warning", "says"}
RULE = """\
title: A rule
id: 0f4f0d3e-0000-4000-8000-000000000001
name: a-rule
status: experimental
logsource: {product: telecom, category: call_setup}
detection:
  sel:
    ITEM
  condition: sel
"""
# Faults of what does no harm: rules that have them can be used.
HARMLESS = {"CG321"}


@pytest.mark.parametrize("case", cases_of("rule_values", KEYS))
def test_what_a_check_says_of_a_value(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(RULE.replace("ITEM", case["item"]), encoding="utf-8")
    home = case.get("home", "CN")
    found = review(path, home)
    faults, warnings = ([one.code for one in some] for some in (found.faults, found.warnings))
    assert [case[key] for key in ("code",) if key in case] == faults
    assert [case[key] for key in ("warning",) if key in case] == warnings
    assert all(case.get("says", "") in str(one) for one in (*found.faults, *found.warnings))
    if set(faults) <= HARMLESS:
        guard = Guard.load(path, home)
        assert sorted(faults + warnings) == [one.code for one in guard.warnings]
    else:
        with pytest.raises(RuleError):
            Guard.load(path, home)
