"""All faults of a file at once, failing examples among them; explaining what does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from callguard import Guard, RuleError, check
from callguard.guard import explain, review

RULE = """\
title: {name}
id: {id}
name: {name}
status: test
logsource: {{product: telecom, category: call_setup}}
detection:
  sel:
    {field}: international
  condition: sel
callguard:
  score: 10
  examples:
    matches:
      - {{event: setup, at: 1000, called_party_number: '13800138000', ingress: {caught}}}
    spares:
      - {{event: setup, at: 1000, called_party_number: '13800138000'}}
"""
IDS = ("6f1f3a52-6d0b-4d3c-9f0a-0c7a8c3f5b11", "6f1f3a52-6d0b-4d3c-9f0a-0c7a8c3f5b12")


def rule(name: str, number: int, field: str = "ingress", caught: str = "international") -> str:
    return RULE.format(name=name, id=IDS[number], field=field, caught=caught)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A rule with a misspelt field, then one whose example does not match."""
    path = tmp_path / "rules.yaml"
    path.write_text(
        rule("misspelt", 0, field="ingres") + "---\n" + rule("late", 1, caught="on_net")
    )
    return path


def test_failing_examples_are_found_beside_the_faults_of_other_rules(file: Path) -> None:
    assert [(8, "CG309"), (31, "CG601")] == [(fault.line, fault.code) for fault in check(file)]


def test_a_file_without_faults_has_none(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rule("good", 0))
    assert () == check(path)


def test_a_file_that_cannot_be_read_to_its_end_is_checked_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rule("misspelt", 0, field="ingres") + "---\n[\n")
    assert ["CG309", "CG104"] == [fault.code for fault in check(path)]


def test_that_the_reading_was_given_up_comes_last(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("".join(f"k{index}: 1\n" for index in range(5000)) + "detection: {}\n")
    codes = [fault.code for fault in check(path)]
    assert (1001, "CG111") == (len(codes), codes[-1])


def test_a_warning_of_a_list_is_logged_and_does_not_keep_rules_from_being_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rules.yaml"
    text = rule("listed", 0, field="calling.e164|expand").partition("callguard:")[0]
    text = text.replace(": international", ": '%known%'").replace(
        "status: test", "status: experimental"
    )
    path.write_text(text)
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "known.txt").write_text("+8613800138000\n")
    (tmp_path / "lists" / "known.roar").write_bytes(b"x")
    assert () == check(path)
    (warning,) = review(path).warnings
    Guard.load(path)
    assert [str(warning)] == caplog.messages
    assert "CG605" == warning.code


def test_rules_with_failing_examples_are_refused_but_can_be_explained(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(rule("late", 0, caught="on_net"))
    with pytest.raises(RuleError):
        Guard.load(path)
    call = {"event": "setup", "at": 1000, "called_party_number": "13800138000"}
    record = {**call, "ingress": "on_net"}
    (found,) = explain(path, record)
    assert ("ingress='on_net'; wanted: ingress is 'international'",) == found.reasons
