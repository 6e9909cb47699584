"""One face for a rule file: what is sound in it, what is wrong with it, and rules to score with."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard.errors import RuleError
from callguard.rules import read_rule_file
from tests.rules.faulty_files.fault import RULE, counted

OTHER = RULE.replace("a-rule", "other").replace("-000000000001", "-000000000009")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rules.yaml"


def test_a_file_without_faults_is_all_its_rules(path: Path) -> None:
    path.write_text(RULE)
    file = read_rule_file(path)
    assert ((), ()) == (file.faults, file.warnings)
    assert ["a-rule"] == [rule.name for rule in file.require().rules]
    assert file.require() is file.sound_rules


def test_the_rules_without_a_fault_are_there_beside_the_others_but_not_to_score_with(
    path: Path,
) -> None:
    path.write_text(f"{RULE.replace('ingress', 'ingres')}---\n{OTHER}")
    file = read_rule_file(path)
    assert file.sound_rules is not None
    assert ["other"] == [rule.name for rule in file.sound_rules.rules]
    with pytest.raises(RuleError) as caught:
        file.require()
    assert ["CG309"] == [fault.code for fault in file.faults]
    assert file.faults == caught.value.faults


def test_a_correlation_of_a_faulty_rule_is_not_sound(path: Path) -> None:
    path.write_text(counted().replace("ingress", "ingres"))
    file = read_rule_file(path)
    assert file.sound_rules is not None
    assert [] == [rule.name for rule in file.sound_rules.rules]


def test_of_a_file_that_ends_early_nothing_is_used(path: Path) -> None:
    path.write_text(f"{RULE}---\n[\n")
    file = read_rule_file(path)
    assert file.sound_rules is None
    assert ["CG104"] == [fault.code for fault in file.faults]
    with pytest.raises(RuleError):
        file.require()
