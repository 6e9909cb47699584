"""Reloading: new rules and lists at once, or the old ones stay; counts outlive it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from callguard.errors import RuleError
from callguard.guard import Guard
from tests.made.guards import guard_of
from tests.strategies.rules import rule_set

HEAD = """\
title: {name}
id: 3f0a8f1e-52c5-4b1e-9d35-7a8f5f9f7a{number:02}
name: {name}
status: stable
description: A rule of a file that is read again.
level: high
"""
DETECTION = (
    HEAD
    + """\
logsource: {{product: telecom, category: call_setup}}
detection:
  sel: {{{test}}}
  condition: sel
callguard:
  verdict: {verdict}
  examples:
    matches: [{{event: setup, at: 0, called_party_number: '01069445566', {match}}}]
    spares: [{{event: setup, at: 0, called_party_number: '01069445566'}}]
"""
)
NAMED = DETECTION.format(
    name="named",
    number=1,
    test="display_name: bank",
    match="display_name: bank",
    verdict="block",
)
LISTED = DETECTION.format(
    name="listed",
    number=2,
    test="calling.e164|expand: '%dno%'",
    match="calling_party_number: '+8613800138000'",
    verdict="withhold",
)
CALLS = (
    HEAD.format(name="calls", number=3)
    + """\
logsource: {product: telecom, category: call_setup}
detection:
  sel: {called.kind: fixed}
  condition: sel
callguard:
  examples:
    matches: [{event: setup, at: 0, called_party_number: '01069445566'}]
    spares: [{event: setup, at: 0, called_party_number: '13800138000'}]
"""
)
COUNTED = (
    HEAD.format(name="many", number=4)
    + """\
correlation:
  type: event_count
  rules: [calls]
  group-by: [trunk_group]
  timespan: 1h
  condition: {gte: 3}
callguard:
  verdict: label
  examples:
    matches:
      - - {event: setup, at: 0, called_party_number: '01069445566', trunk_group: t,
           repeat: {count: 3, every_s: 1}}
    spares:
      - - {event: setup, at: 0, called_party_number: '01069445566', trunk_group: t}
"""
)
CALL: dict[str, Any] = {"event": "setup", "at": 1_000, "called_party_number": "01069445566"}
BANK = {**CALL, "display_name": "bank"}
ON_LIST = {**CALL, "calling_party_number": "13800138000"}
OFF_LIST = {**CALL, "calling_party_number": "13900139000"}
COUNTS = {**CALL, "trunk_group": "t"}


class Folder:
    """A rule file and its list, written as documents."""

    def __init__(self, path: Path) -> None:
        self.path = path / "rules.yaml"
        self.list = path / "lists" / "dno.txt"
        self.list.parent.mkdir()
        self.list.write_text("+8613800138000\n", encoding="utf-8")

    def write(self, *documents: str) -> None:
        self.path.write_text("---\n".join(documents), encoding="utf-8")

    def guard(self, *documents: str, **settings: Any) -> Guard:
        self.write(*documents)
        return Guard.load(self.path, **settings)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_new_rules_take_effect_and_the_digest_says_so(folder: Folder) -> None:
    guard = folder.guard(NAMED)
    before = guard.score(BANK)
    folder.write(NAMED.replace("verdict: block", "verdict: label"))
    assert before == guard.score(BANK)
    guard.reload()
    after = guard.score(BANK)
    assert ("block", "label") == (before.action, after.action)
    assert before.ruleset != after.ruleset == guard.digest


def test_reloading_the_same_file_changes_nothing(folder: Folder) -> None:
    guard = folder.guard(NAMED, LISTED)
    before = guard.score(BANK)
    guard.reload()
    assert before == guard.score(BANK)


BROKEN = {
    "no file": None,
    "empty": "",
    "no YAML": "{",
    "unknown field": NAMED.replace("sel: {display_name", "sel: {dispay_name"),
    "a missing list": LISTED.replace("%dno%", "%dnoo%"),
    "an example that comes out wrong": NAMED.replace(
        "sel: {display_name: bank", "sel: {display_name: shop"
    ),
    "a null": NAMED.replace("condition: sel", "condition:"),
    "no text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("fault", BROKEN)
def test_rules_that_cannot_be_used_leave_the_old_ones_in_place(folder: Folder, fault: str) -> None:
    guard = folder.guard(NAMED, LISTED)
    digest, before = guard.digest, guard.score(BANK)
    broken = BROKEN[fault]
    if broken is None:
        folder.path.unlink()
    else:
        folder.path.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    with pytest.raises(RuleError) as raised:
        guard.reload()
    assert raised.value.faults
    assert (digest, before) == (guard.digest, guard.score(BANK))
    assert guard.score(ON_LIST).rules == ["listed"]
    # Once mended, the file is taken.
    folder.write(NAMED.replace("verdict: block", "verdict: label"))
    guard.reload()
    assert guard.score(BANK).action == "label"


def test_a_list_that_cannot_be_read_leaves_the_old_one_in_place(folder: Folder) -> None:
    guard = folder.guard(LISTED)
    digest = guard.digest
    folder.list.unlink()
    with pytest.raises(RuleError):
        guard.reload()
    folder.list.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RuleError):
        guard.reload()
    assert (digest, ["listed"]) == (guard.digest, guard.score(ON_LIST).rules)


def test_a_changed_list_takes_effect_and_the_digest_says_so(folder: Folder) -> None:
    guard = folder.guard(LISTED)
    digest = guard.digest
    assert [] == guard.score(OFF_LIST).rules
    folder.list.write_text("+8613800138000\n+86139*\n", encoding="utf-8")
    guard.reload()
    assert ["listed"] == guard.score(OFF_LIST).rules
    assert digest != guard.digest


def test_a_list_that_no_longer_gives_an_example_is_used_and_the_example_set_aside(
    folder: Folder,
) -> None:
    guard = folder.guard(LISTED)
    folder.list.write_text("+8613900139000\n", encoding="utf-8")
    guard.reload()
    assert [[], ["listed"]] == [guard.score(call).rules for call in (ON_LIST, OFF_LIST)]
    assert ["CG607"] == [warning.code for warning in guard.warnings]
    folder.list.write_text("", encoding="utf-8")
    guard.reload()
    assert [[], []] == [guard.score(call).rules for call in (ON_LIST, OFF_LIST)]


def actions(guard: Guard, *times: int) -> list[str]:
    return [guard.score({**COUNTS, "at": at}).action for at in times]


def test_counts_outlive_a_reload_that_does_not_concern_them(folder: Folder) -> None:
    guard = folder.guard(CALLS, COUNTED)
    assert ["allow", "allow"] == actions(guard, 1000, 1001)
    # Even when the documents stand elsewhere in the file now.
    folder.write(NAMED, COUNTED, CALLS)
    guard.reload()
    assert ["label"] == actions(guard, 1002)


def test_counts_outlive_a_reload_that_fails(folder: Folder) -> None:
    guard = folder.guard(CALLS, COUNTED)
    assert ["allow", "allow"] == actions(guard, 1000, 1001)
    folder.write(CALLS)
    folder.path.write_text("{", encoding="utf-8")
    with pytest.raises(RuleError):
        guard.reload()
    assert ["label"] == actions(guard, 1002)


def test_what_was_counted_by_another_rule_is_not_kept(folder: Folder) -> None:
    guard = folder.guard(CALLS, COUNTED)
    assert ["allow", "allow"] == actions(guard, 1000, 1001)
    folder.write(
        CALLS.replace("called.kind: fixed", "called.country: CN").replace(
            "'13800138000'", "'+442079460000'"
        ),
        COUNTED,
    )
    guard.reload()
    assert ["allow", "allow", "label"] == actions(guard, 1002, 1003, 1004)


def test_examples_are_counted_apart_from_live_calls(folder: Folder) -> None:
    guard = folder.guard(CALLS, COUNTED)
    at_example_time = [guard.score({**COUNTS, "at": at}).action for at in (3, 4, 5)]
    assert ["allow", "allow", "label"] == at_example_time


def test_settings_outlive_a_reload(folder: Folder) -> None:
    scored = NAMED.replace("verdict: block", "score: 40")
    guard = folder.guard(scored, home="GB", thresholds={"label": 30, "block": 90})
    call = {**BANK, "called_party_number": "999"}
    assert ("label", True) == (guard.score(BANK).action, guard.score(call).emergency)
    guard.reload()
    assert ("label", True) == (guard.score(BANK).action, guard.score(call).emergency)


def test_a_guard_made_without_a_file_cannot_reload() -> None:
    with pytest.raises(ValueError, match="file"):
        guard_of(rule_set([])).reload()
