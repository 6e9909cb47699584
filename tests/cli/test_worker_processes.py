"""The worker as a process: signals, reloading, metrics on a port."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.command_line.running import CAUGHT, RULES, start
from tests.command_line.streams import feed, verdicts
from tests.real_servers.redis import Server, server, wait_for

PATIENCE_S = 30.0


class Process:
    """A worker as a process of its own, its log read as it comes."""

    def __init__(self, *arguments: str | Path) -> None:
        self.process = start("worker", *arguments, stderr=subprocess.PIPE)

    def event(self, name: str) -> dict[str, Any]:
        """The next event of that name."""
        assert self.process.stderr
        for line in self.process.stderr:
            event: dict[str, Any] = json.loads(line)
            if event["event"] == name:
                return event
        raise AssertionError(f"it ended with status {self.process.wait()} without {name}")

    def end(self) -> int:
        """Its exit status."""
        assert self.process.stderr
        self.process.stderr.close()
        return self.process.wait(PATIENCE_S)


@pytest.fixture
def begin() -> Iterator[Any]:
    """Starts workers; those that are left are killed."""
    begun: list[Process] = []

    def one(*arguments: str | Path) -> Process:
        begun.append(Process(*arguments))
        return begun[-1]

    yield one
    for left in begun:
        left.process.kill()
        left.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_after_the_work_in_hand(
    begin: Any, valkey: Server, rules: Path, number: signal.Signals
) -> None:
    worker = begin("--stream", valkey.url, "--rules", rules)
    worker.event("worker_started")
    feed(valkey, CAUGHT)
    wait_for(lambda: verdicts(valkey), "a verdict")
    worker.process.send_signal(number)
    assert 1 == worker.event("worker_stopped")["records"]
    assert 0 == worker.end()


def test_a_second_signal_ends_it_at_once(begin: Any, valkey: Server, rules: Path) -> None:
    # Counters of their own are told seconds later that an entry will not come again: until then
    # the worker is about to leave.
    with server() as counters:
        worker = begin("--stream", valkey.url, "--rules", rules, "--counters", counters.url)
        worker.event("worker_started")
        feed(valkey, CAUGHT)
        wait_for(lambda: verdicts(valkey), "a verdict")
        worker.process.send_signal(signal.SIGTERM)
        with valkey.client() as client:
            wait_for(
                lambda: not client.xinfo_consumers("callguard:records", "callguard"),
                "a worker that leaves",
            )
        worker.process.send_signal(signal.SIGTERM)
        assert -signal.SIGTERM == worker.end()


def test_a_hangup_reads_the_rules_again(begin: Any, valkey: Server, rules: Path) -> None:
    worker = begin("--stream", valkey.url, "--rules", rules)
    before = worker.event("worker_started")["ruleset"]
    rules.write_text(RULES.replace("level: high", "level: hihg"), encoding="utf-8")
    worker.process.send_signal(signal.SIGHUP)
    refused = worker.event("rules_refused")
    assert (before, 1) == (refused["ruleset"], refused["number"])
    rules.write_text(RULES.replace("score: 95", "score: 96"), encoding="utf-8")
    worker.process.send_signal(signal.SIGHUP)
    after = worker.event("rules_reloaded")["ruleset"]
    assert before != after
    feed(valkey, CAUGHT)
    wait_for(lambda: verdicts(valkey), "a verdict")
    assert [after] == [verdict["ruleset"] for verdict in verdicts(valkey)]
    worker.process.send_signal(signal.SIGTERM)
    worker.event("worker_stopped")
    assert 0 == worker.end()


def test_metrics_are_answered_on_a_port(begin: Any, valkey: Server, rules: Path) -> None:
    worker = begin("--stream", valkey.url, "--rules", rules, "--metrics-port", "0")
    port = worker.event("metrics_served")["port"]
    worker.event("worker_started")
    feed(valkey, CAUGHT)

    def scrape() -> dict[str, Any]:
        with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            text = answer.read().decode()
        return {
            sample.name: sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    wait_for(lambda: scrape()["callguard_records_total"] == 1.0, "a record that is counted")
    found = scrape()
    assert (1.0, 0.0) == (found["callguard_stream_up"], found["callguard_counters_breaker_open"])
    worker.process.send_signal(signal.SIGTERM)
    worker.event("worker_stopped")
    assert 0 == worker.end()
