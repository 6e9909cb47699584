"""``callguard counters``, and explanations that look at counters."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.command_line.counters import (
    AT,
    AWAY,
    CALL,
    GROUP,
    RELEASE,
    Counters,
    fired,
    record_file,
)
from tests.command_line.running import Run, write_jsonl


def test_a_group_is_forgotten(counters: Counters, calls: Path, where: str) -> None:
    counters.score(calls)
    done = counters.command("reset", "three-calls", *GROUP)
    assert (0, f"three-calls: 1 group forgotten at {where}\n") == (done.status, done.out)
    assert [[], []] == fired(counters.score(calls))
    done = counters.command("reset", "three-calls", "--group", "+8613800000000", *GROUP[2:])
    assert (0, f"three-calls: 0 groups forgotten at {where}\n") == (done.status, done.out)
    assert 2 == counters.figure()


def test_all_groups_of_a_rule_are_forgotten_and_no_other_rule_s(
    counters: Counters, tmp_path: Path
) -> None:
    other = {**CALL, "calling_party_number": "13812345679"}
    counters.score(write_jsonl(tmp_path / "more.jsonl", CALL, other, RELEASE))
    done = counters.command("reset", "three-calls", "--yes", "--json")
    assert {"rule": "three-calls", "forgotten": 2} == json.loads(done.out)
    assert None is counters.figure()
    kept = counters.shown("one-cause", "--group", "16", "--group", "true", *AT)
    assert 1.25 == kept["figure"]


@pytest.mark.parametrize(("answer", "left"), [(b"y\n", None), (b"n\n", 2), (b"", 2)])
def test_all_groups_are_forgotten_only_after_a_yes(
    counters: Counters, calls: Path, answer: bytes, left: object
) -> None:
    counters.score(calls)
    done = counters.command("reset", "three-calls", stdin=answer)
    assert "Forget what three-calls has counted for every group?" in done.err
    assert (0 if left is None else 1, left) == (done.status, counters.figure())
    assert ("nothing was forgotten" in done.err) is (left is not None)


def test_what_was_counted_as_json(counters: Counters, calls: Path) -> None:
    counters.score(calls)
    assert {
        "rule": "three-calls",
        "group": {"calling.e164": "+8613812345678", "ingress": "on_net"},
        "at": 1_760_000_001.0,
        "counts": "event_count over 3600 s",
        "figure": 2,
        "text": "2",
        "wanted": "gte 3",
        "holds": False,
    } == counters.shown("three-calls", *GROUP, *AT)


def test_what_was_counted_as_a_table(counters: Counters, calls: Path) -> None:
    counters.score(calls)
    done = counters.command("show", "three-calls", *GROUP, "--at", "2025-10-09T16:53:21+08:00")
    assert [
        ["rule", "group", "counts", "figure", "wanted", "holds"],
        ["three-calls", "+8613812345678, on_net", "event_count over 3600 s", "2", "gte 3", "no"],
    ] == [line.split("\t") for line in done.out.splitlines()]


def test_groups_of_numbers_and_truths_are_found(counters: Counters, tmp_path: Path) -> None:
    counters.score(write_jsonl(tmp_path / "calls.jsonl", RELEASE, RELEASE))
    for cause in ("16", "16.0"):
        found = counters.shown("one-cause", "--group", cause, "--group", "true", *AT)
        assert (2.5, "2.5", "gte 100") == (found["figure"], found["text"], found["wanted"])
        assert {"cause": 16, "called.valid": True} == found["group"]


@pytest.mark.parametrize(
    ("moment", "text"),
    [("1760003700", "nothing in the window"), ("1759990000", "too late to be judged")],
)
def test_what_is_not_in_the_window_is_no_figure(
    counters: Counters, calls: Path, moment: str, text: str
) -> None:
    counters.score(calls)
    found = counters.shown("three-calls", *GROUP, "--at", moment)
    assert (None, text, False) == (found["figure"], found["text"], found["holds"])


def test_now_is_the_time_if_none_is_given(counters: Counters, tmp_path: Path) -> None:
    now = {**CALL, "at": time.time()}
    counters.score(write_jsonl(tmp_path / "now.jsonl", now))
    assert 1 == counters.shown("three-calls", *GROUP)["figure"]


def test_looking_counts_nothing_and_forgets_nothing(in_file: Counters, tmp_path: Path) -> None:
    in_file.score(write_jsonl(tmp_path / "more.jsonl", CALL, RELEASE))
    before = (tmp_path / "counters").read_bytes()
    assert 1 == in_file.figure()
    assert before == (tmp_path / "counters").read_bytes()


def test_an_explanation_looks_at_what_was_counted(
    run: Run, counting: Path, counters: Counters, calls: Path, where: str
) -> None:
    counters.score(calls)
    done = run("rules", "explain", counting, record_file(calls), "--counters", where, "--json")
    reasons = {item["rule"]: item["reasons"] for item in json.loads(done.out)["rules"]}
    group = "calling.e164='+8613812345678', ingress='on_net'"
    expected = f"event_count over 3600 s: 3; wanted: gte 3; holds for {group}"
    assert [expected] == reasons["three-calls"]
    assert 2 == counters.figure()


ONE_CAUSE = ("one-cause", "--group")


@pytest.mark.parametrize("command", ["show", "reset"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("three-cals", *GROUP), "did you mean 'three-calls'?"),
        (("zzz", *GROUP), "there are one-cause, three-calls"),
        (("any-call", *GROUP), "it is not a correlation"),
        (("three-calls", *GROUP[:2]), "expected one --group for each of calling.e164, ingress"),
        (("three-calls", *GROUP, *GROUP[:2]), "expected one --group for each of"),
        (("three-calls", "--group", "13812345678", *GROUP[2:]), "in international form"),
        (("three-calls", *GROUP[:2], "--group", "onnet"), "international, interconnect, on_net"),
        ((*ONE_CAUSE, "busy", "--group", "true"), "'busy': cause is a number"),
        ((*ONE_CAUSE, "16", "--group", "yes"), "'yes': called.valid is true or false"),
    ],
)
def test_a_group_that_cannot_be_is_wrong_usage(
    in_file: Counters, calls: Path, command: str, arguments: tuple[str, ...], said: str
) -> None:
    in_file.score(calls)
    done = in_file.command(command, *arguments)
    assert (2, "") == (done.status, done.out)
    assert said in done.err


@pytest.mark.parametrize(
    ("more", "said"),
    [((), "expected one --group for each of"), ((*GROUP, "--at", "noon"), "expected seconds")],
)
def test_what_cannot_be_shown_is_wrong_usage(
    in_file: Counters, calls: Path, more: tuple[str, ...], said: str
) -> None:
    in_file.score(calls)
    done = in_file.command("show", "three-calls", *more)
    assert (2, "") == (done.status, done.out)
    assert said in done.err


@pytest.mark.parametrize("command", ["show", "reset"])
def test_counters_that_are_not_there_are_not_made(
    in_file: Counters, tmp_path: Path, command: str
) -> None:
    done = in_file.command(command, "three-calls", *GROUP)
    assert 1 == done.status
    assert "no such file of counters" in done.err
    assert not (tmp_path / "counters").exists()


def test_a_server_that_is_away_is_named_in_an_explanation(
    run: Run, counting: Path, calls: Path
) -> None:
    done = run("rules", "explain", counting, record_file(calls), "--counters", AWAY, "--json")
    reasons = {item["rule"]: item["reasons"] for item in json.loads(done.out)["rules"]}
    assert 0 == done.status
    assert "not known for calling.e164=" in reasons["three-calls"][0]
    assert "127.0.0.1:1" in reasons["three-calls"][0]
    assert ["called_party_number is present (called_party_number='13912345678')"] == (
        reasons["any-call"]
    )
    assert "secret" not in done.out + done.err


@pytest.mark.parametrize("command", ["show", "reset"])
def test_a_server_that_is_away_cannot_be_looked_at(run: Run, counting: Path, command: str) -> None:
    done = Counters(run, counting, AWAY).command(command, "three-calls", *GROUP)
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "127.0.0.1:1" in done.err
    assert "secret" not in done.err
