"""What loads here loads in pySigma too: rules, conditions and correlations."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.rule import SigmaRule

from callguard.rules import read_rule_file
from tests.made.rule_file import GOOD

ROOT = Path(__file__).parents[2]
DOCUMENTED = "---\n".join(
    re.findall(
        r"^```yaml\n(.*?)^```$", (ROOT / "docs/rules.md").read_text(), re.DOTALL | re.MULTILINE
    )
)


def read_by_sigma(text: str) -> list[str]:
    """The names of all rules, once every condition of them was parsed as well."""
    collection = SigmaCollection.from_yaml(text)
    assert [] == collection.errors
    for rule in collection.rules:
        assert [] == rule.errors
        if isinstance(rule, SigmaRule):
            for condition in rule.detection.parsed_condition:
                assert condition.parsed is not None
        else:
            assert isinstance(rule, SigmaCorrelationRule)
            assert rule.referenced_rules
    return sorted(str(rule.name) for rule in collection.rules)


@pytest.mark.parametrize("text", [GOOD, DOCUMENTED], ids=["good", "documented"])
def test_loads_in_both(tmp_path: Path, text: str) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "known-good.txt").touch()
    (tmp_path / "rules.yaml").write_text(text)
    rules = read_rule_file(tmp_path / "rules.yaml").require()
    assert {"known-good": str(tmp_path / "lists" / "known-good.txt")} == rules.lists
    assert read_by_sigma(text) == sorted(rule.name for rule in rules.rules)


def test_every_shipped_rule_loads_in_both() -> None:
    rules = read_rule_file(ROOT / "rules.yaml").require()
    text = (ROOT / "rules.yaml").read_text(encoding="utf-8")
    assert read_by_sigma(text) == sorted(rule.name for rule in rules.rules)
