"""``--number-ranges``: every command reads numbers by the operator's ranges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line.counters import COUNTING, GROUP
from tests.command_line.running import Run, write_jsonl
from tests.command_line.streams import feed, verdicts
from tests.command_line.takedown import FEED, World, report, table, write
from tests.real_servers.redis import Server

# Planned for mobile networks by MIIT and not in use: unallocated without the file.
NEW = "92012345678"
CALL = {
    "event": "setup",
    "at": 1_795_395_600,
    "calling_party_number": NEW,
    "called_party_number": "13912345678",
    "ingress": "interconnect",
}
RULE = """\
title: A call from a mobile number
id: 0d1f6b0c-6a1e-4c59-9f0b-3c1f0a7e5d19
name: from-a-mobile
status: stable
description: A call from a mobile number of the range.
logsource: {product: telecom, category: call_setup}
detection:
  mobile: {calling.kind: mobile, calling.e164|startswith: '+8692'}
  condition: mobile
level: low
callguard:
  score: 60
  examples:
    matches: [{event: setup, at: 1, calling_party_number: '92012345678', called_party_number: '1'}]
    spares: [{event: setup, at: 1, calling_party_number: '13812345678', called_party_number: '1'}]
"""


LISTED = """\
---
title: A call from a thing
id: 0d1f6b0c-6a1e-4c59-9f0b-3c1f0a7e5d18
name: from-a-thing
status: experimental
description: A call from a number on a list.
logsource: {product: telecom, category: call_setup}
detection:
  thing: {calling.e164|expand: '%things%'}
  condition: thing
level: low
"""
# Of a length that no number has without the file.
THING = "1380012345678"


@pytest.fixture
def ranges(tmp_path: Path) -> Path:
    path = tmp_path / "ranges.txt"
    path.write_text("92 11 mobile  # opened today\n1380 13 mobile\n", encoding="utf-8")
    return path


@pytest.fixture
def rule_file(tmp_path: Path) -> Path:
    path = tmp_path / "mobile.yaml"
    path.write_text(RULE, encoding="utf-8")
    return path


def test_calls_are_judged_by_them(run: Run, ranges: Path, tmp_path: Path) -> None:
    calls = write_jsonl(tmp_path / "calls.jsonl", CALL)
    without = run("score", calls).lines
    [verdict] = run("score", calls, "--number-ranges", ranges).lines
    assert ["unallocated-home-number-off-net"] == without[0]["rules"]
    assert ("allow", []) == (verdict["action"], verdict["rules"])


def test_rules_are_checked_and_tried_by_them(
    run: Run, ranges: Path, rule_file: Path, tmp_path: Path
) -> None:
    call = write_jsonl(tmp_path / "call.json", CALL)
    commands = (("rules", "check", rule_file), ("rules", "test", rule_file))
    with_them = [run(*each, "--number-ranges", ranges).status for each in commands]
    assert ([1, 1], [0, 0]) == ([run(*each).status for each in commands], with_them)
    explain = ("rules", "explain", rule_file, call, "--json")
    matched = [
        json.loads(run(*explain, *more).out)["rules"][0]["matched"]
        for more in ((), ("--number-ranges", ranges))
    ]
    assert [False, True] == matched


def test_lists_are_compiled_for_them(run: Run, ranges: Path, tmp_path: Path) -> None:
    numbers = tmp_path / "numbers.txt"
    numbers.write_text(f"{NEW}\n", encoding="utf-8")
    done = run("lists", "compile", numbers, "--number-ranges", ranges)
    assert (0, f"{tmp_path / 'numbers.roar'}\t1\n") == (done.status, done.out)


def test_counters_are_looked_at_with_lists_that_need_them(
    run: Run, ranges: Path, tmp_path: Path
) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "things.txt").write_text(f"{THING}\n", encoding="utf-8")
    rules = tmp_path / "counting.yaml"
    rules.write_text(COUNTING + LISTED, encoding="utf-8")
    where = tmp_path / "counts.bin"
    given = ("--rules", rules, "--number-ranges", ranges)
    calls = write_jsonl(tmp_path / "calls.jsonl", CALL)
    assert 0 == run("score", calls, "--counters", where, *given).status
    for command in (("show", where, *GROUP), ("reset", where, *GROUP)):
        asked = ("counters", *command, "--rule", "three-calls", "--rules", rules)
        assert (1, 0) == (run(*asked).status, run(*asked, "--number-ranges", ranges).status)


def test_a_worker_scores_by_them(run: Run, valkey: Server, ranges: Path) -> None:
    feed(valkey, CALL)
    done = run("worker", "--stream", valkey.url, "--number-ranges", ranges, "--once")
    assert (0, ["allow"]) == (done.status, [one["action"] for one in verdicts(valkey)])


def test_bad_lines_are_all_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_text("92 mobile\n92 11 cell\n", encoding="utf-8")
    calls = write_jsonl(tmp_path / "calls.jsonl", CALL)
    done = run("score", calls, "--number-ranges", path)
    assert (1, "") == (done.status, done.out)
    assert f"{path}:1:1 CG608 '92 mobile' is not a range; " in done.err
    assert f"{path}:2:1 CG608 'cell' is not a kind of number; " in done.err


def test_a_registry_keeps_them_and_plans_read_numbers_by_them(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranges: Path
) -> None:
    world = World.make(run, tmp_path, monkeypatch)
    write(Path("new.csv"), FEED.replace("13800138001", THING))
    build = ("registry", "build", "new.csv", "--output", "registry")
    refused = world.run(*build)
    assert (1, "callguard: 2 rows refused") == (refused.status, refused.err[:25])
    built = world.run(*build, "--number-ranges", ranges)
    assert (0, "") == (built.status, built.err)
    planned = world.plan(report(f"+86{THING}"))
    assert (["3"], ["1"]) == tuple(table(planned.out)[name] for name in ("orders", "to stop"))
    asked = world.takedown("who", THING, "--registry", "registry", "--at", "2026-05-01")
    assert (0, True) == (asked.status, f"+86{THING}" in asked.out)
    shown = json.loads(world.run("registry", "show", "registry", "--json").out)
    assert ranges.read_text(encoding="utf-8") == shown["number_ranges"]


def test_an_update_brings_other_ranges(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ranges: Path
) -> None:
    world = World.make(run, tmp_path, monkeypatch)
    row = f"{THING},A1,person,mobile,2026-11-23,,,CM,,active\n"
    write(Path("delta.csv"), FEED.splitlines()[0] + "\n" + row)
    update = ("registry", "update", "delta.csv", "--registry", "registry")
    done = world.run(*update, "--number-ranges", ranges)
    assert (0, ["9"]) == (done.status, table(done.out)["rows"])
    assert 0 == world.run("registry", "verify", "registry").status
    write(Path("next.csv"), FEED.splitlines()[0] + "\n" + row.replace("2026-11-23", "2026-11-24"))
    assert 0 == world.run("registry", "update", "next.csv", "--registry", "registry").status
