"""One guard, many threads: every verdict is wholly of the old rules or wholly of the new."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest

from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.rules.predicates import Absent, Literal
from tests.made.guards import guard_of
from tests.made.parts import correlation, rule
from tests.strategies.fuzzed_records import fuzzed
from tests.strategies.rules import rule_set

THREADS = 4
RULE = """\
title: {name}
id: {id}
name: {name}
status: stable
description: One of two versions of a rule file.
logsource: {{product: telecom, category: call_setup}}
detection:
  sel: {{{field}|contains: '{value}'}}
  condition: sel
level: high
callguard:
  verdict: {verdict}
  examples:
    matches: [{{event: setup, at: 0, called_party_number: '01069445566', {field}: 'a{value}b'}}]
    spares: [{{event: setup, at: 0, called_party_number: '01069445566'}}]
"""
IDS = ("3f0a8f1e-52c5-4b1e-9d35-7a8f5f9f7a11", "3f0a8f1e-52c5-4b1e-9d35-7a8f5f9f7a12")
VERSIONS = tuple(
    "---\n".join(
        RULE.format(name=name, id=rule_id, field=field, value=value, verdict=verdict)
        for rule_id, (name, field, value, verdict) in zip(IDS, version, strict=True)
    )
    for version in (
        (("old-name", "display_name", "a", "block"), ("agent", "user_agent", "a", "label")),
        (("agent", "user_agent", "b", "withhold"), ("new-name", "display_name", "b", "label")),
    )
)


@pytest.fixture(autouse=True)
def often_switching() -> Iterator[None]:
    """Let threads take turns a thousand times as often as usual."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(interval)


def test_each_verdict_is_that_of_the_rule_set_it_names(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    calls: list[Any] = list(fuzzed(7, 300))
    expected: dict[str, list[Verdict]] = {}
    for version in reversed(VERSIONS):
        path.write_text(version, encoding="utf-8")
        alone = Guard.load(path)
        expected[alone.digest] = [alone.score(call) for call in calls]
    old, new = expected.values()
    assert any(one.rules != other.rules for one, other in zip(old, new, strict=True))

    guard = Guard.load(path)
    found: Queue[tuple[int, Verdict] | Exception] = Queue(maxsize=10_000)
    done = Event()

    def work(start: int) -> None:
        number = start
        try:
            while not done.is_set():
                number = (number + 1) % len(calls)
                found.put((number, guard.score(calls[number])))
        except Exception as error:  # noqa: BLE001  the test fails with it
            found.put(error)

    threads = [Thread(target=work, args=(n * 50,), daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    seen = []
    for turn in range(20):
        path.write_text(VERSIONS[turn % 2], encoding="utf-8")
        guard.reload()
        # Every reload takes effect: its digest turns up among the verdicts.
        while True:
            one = found.get(timeout=60)
            assert not isinstance(one, Exception), one
            seen.append(one)
            if one[1].ruleset == guard.digest:
                break
    done.set()
    while any(thread.is_alive() for thread in threads) or not found.empty():
        one = found.get(timeout=60)
        assert not isinstance(one, Exception), one
        seen.append(one)
    wrong = [verdict for number, verdict in seen if expected[verdict.ruleset][number] != verdict]
    assert wrong == []
    assert {*expected} == {verdict.ruleset for _, verdict in seen}


def test_no_event_is_lost_or_counted_twice_between_threads() -> None:
    clauses = ((Literal("called_party_number", Absent(), negated=True),),)
    calls = rule("calls", clauses)
    each, total = 500, THREADS * 500
    many = correlation(
        "many",
        ["calls"],
        group_by=("trunk_group",),
        condition=(("gt", total - 10),),
        verdict="block",
    )
    guard = guard_of(rule_set([calls, many]))
    record = {"event": "setup", "at": 1, "called_party_number": "1", "trunk_group": "t"}
    actions: list[str] = []

    def work() -> None:
        actions.extend(guard.score(record).action for _ in range(each))

    threads = [Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (total - 10, 10) == (actions.count("allow"), actions.count("block"))


def test_a_guard_starts_no_thread(tmp_path: Path) -> None:
    import threading

    before = threading.enumerate()
    path = tmp_path / "rules.yaml"
    path.write_text(VERSIONS[0], encoding="utf-8")
    guard = Guard.load(path)
    guard.score({"event": "setup", "at": 1, "called_party_number": "1"})
    guard.reload()
    assert before == threading.enumerate()
