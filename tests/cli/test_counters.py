"""``callguard counters``, and counting from one run of ``callguard score`` to the next."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import RULES, Run, start, write_jsonl
from tests.servers import server

COUNTING = f"""\
{RULES}---
title: Any call
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b1
name: any-call
status: stable
description: Every call.
logsource: {{product: telecom, category: call_setup}}
detection:
  call: {{called_party_number|exists: true}}
  condition: call
level: informational
callguard:
  examples:
    matches: [{{event: setup, at: 1, called_party_number: '13912345678'}}]
    spares: [{{event: sms, at: 1, called_party_number: '13912345678'}}]
---
title: Three calls from one number
id: 7d2b1c55-6a5e-4f0e-9a83-0f4a54a0a0b2
name: three-calls
status: stable
description: Three calls from one number in an hour.
correlation:
  type: event_count
  rules: [any-call]
  group-by: [calling.e164, ingress]
  timespan: 1h
  condition: {{gte: 3}}
level: low
callguard:
  score: 50
  examples:
    matches:
      - - {{event: setup, at: 1, calling_party_number: '13812345678', ingress: on_net,
           called_party_number: '13912345678', repeat: {{count: 3, every_s: 1}}}}
    spares:
      - - {{event: setup, at: 1, calling_party_number: '13812345678', ingress: on_net,
           called_party_number: '13912345678', repeat: {{count: 2, every_s: 1}}}}
"""
CALL: dict[str, object] = {
    "event": "setup",
    "at": 1_760_000_000,
    "calling_party_number": "13812345678",
    "called_party_number": "13912345678",
    "ingress": "on_net",
}
GROUP = ("--group", "+8613812345678", "--group", "on_net")
AT = ("--at", "1760000001")


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    path = tmp_path / "counting.yaml"
    path.write_text(COUNTING, encoding="utf-8")
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "calls.jsonl", CALL, CALL)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with server() as one:
        yield one.url


@pytest.fixture(params=["file", "server"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file":
        return str(tmp_path / "counters")
    found: str = request.getfixturevalue("url")
    return found


def test_a_second_run_goes_on_counting(run: Run, counting: Path, calls: Path, where: str) -> None:
    first = run("score", calls, "--rules", counting, "--counters", where)
    second = run("score", calls, "--rules", counting, "--counters", where)
    assert [[], [], ["three-calls"], ["three-calls"]] == [
        line["rules"] for line in first.lines + second.lines
    ]
    shown = run(
        "counters",
        "show",
        where,
        "--rules",
        counting,
        "--rule",
        "three-calls",
        *GROUP,
        *AT,
        "--json",
    )
    assert (4, True) == (json.loads(shown.out)["figure"], json.loads(shown.out)["fires"])
    again = run("counters", "reset", where, "--rules", counting, "--rule", "three-calls", *GROUP)
    assert (0, f"three-calls: 1 groups forgotten at {where}\n") == (again.status, again.out)
    third = run("score", calls, "--rules", counting, "--counters", where)
    assert [[], []] == [line["rules"] for line in third.lines]
    whole = run(
        "counters", "reset", where, "--rules", counting, "--rule", "three-calls", "--yes", "--json"
    )
    assert {"rule": "three-calls", "forgotten": 1} == json.loads(whole.out)


def test_a_table_says_what_was_counted(run: Run, counting: Path, calls: Path, where: str) -> None:
    run("score", calls, "--rules", counting, "--counters", where)
    shown = run(
        "counters", "show", where, "--rules", counting, "--rule", "three-calls", *GROUP, *AT
    )
    assert 0 == shown.status
    for word in ("+8613812345678, on_net", "event_count over 3600 s", "gte 3", "no"):
        assert word in shown.out
    explained = run(
        "rules", "explain", counting, write_record(calls), "--counters", where, "--json"
    )
    reasons = {item["rule"]: item["reasons"] for item in json.loads(explained.out)["rules"]}
    group = "calling.e164='+8613812345678', ingress='on_net'"
    expected = f"event_count over 3600 s: 3; wanted: gte 3; holds for {group}"
    assert [expected] == reasons["three-calls"]
    run("counters", "reset", where, "--rules", counting, "--rule", "three-calls", "--yes")


def write_record(beside: Path) -> Path:
    path = beside.with_name("record.json")
    path.write_text(json.dumps(CALL), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--rule", "three-cals", *GROUP), "did you mean 'three-calls'?"),
        (("--rule", "any-call", *GROUP), "it is no correlation"),
        (("--rule", "three-calls"), "expected 2 times --group, found 0"),
        (("--rule", "three-calls", *GROUP, "--at", "yesterday"), "expected seconds since 1970"),
    ],
)
def test_what_cannot_be_shown_is_wrong_usage(
    run: Run, counting: Path, calls: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    where = tmp_path / "counters"
    run("score", calls, "--rules", counting, "--counters", where)
    done = run("counters", "show", where, "--rules", counting, *arguments)
    assert 2 == done.status
    assert said in done.err


@pytest.mark.parametrize("command", ["show", "reset"])
def test_counters_that_are_not_there_are_not_made(
    run: Run, counting: Path, tmp_path: Path, command: str
) -> None:
    where = tmp_path / "counters"
    done = run("counters", command, where, "--rules", counting, "--rule", "three-calls", *GROUP)
    assert 1 == done.status
    assert "no such file of counters" in done.err
    assert not where.exists()


def test_a_damaged_file_is_refused_and_left_alone(
    run: Run, counting: Path, calls: Path, tmp_path: Path
) -> None:
    where = tmp_path / "counters"
    where.write_bytes(b"callguard counters 1\nrubbish" + bytes(40))
    before = where.read_bytes()
    done = run("score", calls, "--rules", counting, "--counters", where)
    assert (1, "") == (done.status, done.out)
    assert "damaged" in done.err
    assert before == where.read_bytes()


def test_a_server_that_is_away_is_said_and_calls_pass(
    run: Run, counting: Path, calls: Path
) -> None:
    done = run("score", calls, "--rules", counting, "--counters", "redis://:secret@127.0.0.1:1")
    assert [["counters"], ["counters"]] == [line["degraded"] for line in done.lines]
    assert 0 == done.status
    assert "2 verdicts were given while redis://127.0.0.1:1 was away" in done.err
    assert "secret" not in done.err


def test_nobody_answers_for_a_whole_rule(
    run: Run, counting: Path, calls: Path, tmp_path: Path
) -> None:
    where = tmp_path / "counters"
    run("score", calls, "--rules", counting, "--counters", where)
    before = where.read_bytes()
    done = run(
        "counters", "reset", where, "--rules", counting, "--rule", "three-calls", stdin=b"n\n"
    )
    assert 0 != done.status
    assert before == where.read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_interrupted_saves_what_it_counted(
    run: Run, counting: Path, tmp_path: Path, number: signal.Signals
) -> None:
    where = tmp_path / "counters"
    process = start(
        "score", "-", "--rules", counting, "--counters", where, stdin=-1, stdout=-1, stderr=-3
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write((json.dumps(CALL) + "\n").encode())
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(number)
    process.stdin.close()
    process.stdout.read()
    process.stdout.close()
    assert 0 != process.wait(timeout=60)
    shown = run(
        "counters",
        "show",
        where,
        "--rules",
        counting,
        "--rule",
        "three-calls",
        *GROUP,
        *AT,
        "--json",
    )
    assert 1 == json.loads(shown.out)["figure"]
