from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from callguard.counters import MemoryCounters, open_counters
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.integrations.redis_stream import Backlog
from callguard.observe.metrics import Metrics, served
from tests.integrations.redis_stream.streams import RULES, Desk, calls, feed, verdicts, write_rules
from tests.real_servers.redis import Server, free_port

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _scrape(port: int) -> Samples:
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    return {
        (sample.name.removeprefix("callguard_"), frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _value(metrics: Metrics, name: str, labels: Mapping[str, str] | None = None) -> Any:
    return metrics.registry.get_sample_value(f"callguard_{name}", dict(labels or {}))


def _verdict(**changes: Any) -> Verdict:
    fields: dict[str, Any] = {
        "call_id": "c",
        "at": 1.0,
        "action": "allow",
        "score": 0,
        "rules": [],
        "shadow": [],
        "basis": None,
        "alert": None,
        "emergency": False,
        "ruleset": "d",
        "degraded": [],
    }
    return Verdict(**{**fields, **changes})


def test_what_a_worker_did_is_read_over_http(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, [*calls(600), b"\xc1"])
    desk = Desk(valkey.url, rules, batch=100)
    desk.once()
    with served(desk.metrics, "127.0.0.1", 0) as port:
        found = _scrape(port)
    shadows = [name for _, verdict in verdicts(client) for name in verdict.get("shadow", [])]
    assert {"calls", "people", "seconds", "mean"} == set(shadows)
    nothing: frozenset[tuple[str, str]] = frozenset()
    expected: Samples = {
        ("records_total", nothing): 600.0,
        ("verdicts_total", frozenset({("action", "allow")})): 600.0,
        ("verdicts_total", frozenset({("action", "block")})): 0.0,
        ("unreadable_records_total", nothing): 1.0,
        ("claimed_entries_total", nothing): 0.0,
        ("dead_letters_total", nothing): 0.0,
        # Looked at now and then; here before the first batch.
        ("stream_lag", nothing): 601.0,
        ("stream_pending", nothing): 0.0,
        ("stream_up", nothing): 1.0,
        ("latency_seconds_count", nothing): 600.0,
        ("latency_seconds_bucket", frozenset({("le", "+Inf")})): 600.0,
        ("degraded_total", frozenset({("reason", "counters")})): 0.0,
        ("ruleset_info", frozenset({("digest", desk.guard.digest)})): 1.0,
        (
            "counters_breaker_open",
            frozenset({("place", f"redis://127.0.0.1:{valkey.port}")}),
        ): 0.0,
    }
    for name in set(shadows):
        labels = frozenset({("rule", name), ("role", "shadow")})
        expected["rule_matches_total", labels] = float(shadows.count(name))
    assert expected == {key: found[key] for key in expected}


def test_the_registry_is_its_own() -> None:
    Metrics()
    Metrics()
    assert [] == [one.name for one in REGISTRY.collect() if one.name.startswith("callguard")]


def test_the_port_is_free_again_afterwards() -> None:
    port = free_port()
    for _ in range(2):
        with served(Metrics(), "127.0.0.1", port) as actual:
            assert port == actual


@pytest.mark.parametrize(
    ("degraded", "reasons"),
    [
        (["counters"], {"counters"}),
        (["early", "alert"], {"early", "alert"}),
        (["record: at: found 'x', expected y"], {"record"}),
        (["record: a", "record: b"], {"record"}),
        (["numbering"], {"numbering"}),
        (["calling.e164 prefix", "made up by a caller"], {"rules"}),
    ],
)
def test_reasons_are_few_whatever_a_verdict_says(degraded: list[str], reasons: set[str]) -> None:
    metrics = Metrics()
    metrics.scored([_verdict(degraded=degraded)], 0.1)
    found = {
        sample.labels["reason"]: sample.value
        for family in metrics.registry.collect()
        if family.name == "callguard_degraded"
        for sample in family.samples
        if sample.name.endswith("_total")
    }
    assert {"counters", "early", "record", "alert", "numbering", "rules"} == found.keys()
    assert dict.fromkeys(reasons, 1.0) == {name: value for name, value in found.items() if value}


def test_acting_rules_and_shadows_are_told_apart() -> None:
    metrics = Metrics()
    metrics.scored([_verdict(rules=["a", "b"], shadow=["c"]), _verdict(rules=["a"])], 0.1)
    expected = {("a", "acting"): 2.0, ("b", "acting"): 1.0, ("c", "shadow"): 1.0}
    assert expected == {
        (rule, role): _value(metrics, "rule_matches_total", {"rule": rule, "role": role})
        for rule, role in expected
    }


def test_rules_that_are_gone_lose_their_series(rules: Path) -> None:
    metrics = Metrics()
    guard = Guard.load(rules, state=MemoryCounters())
    metrics.rules_loaded(guard)
    before = guard.digest
    metrics.scored([_verdict(shadow=["calls", "people"])], 0.1)
    write_rules(rules.parent, RULES.replace("name: people", "name: renamed"))
    guard.reload()
    metrics.rules_reloaded(guard)
    kept, gone = ({"rule": name, "role": "shadow"} for name in ("calls", "people"))
    assert (1.0, None) == (
        _value(metrics, "rule_matches_total", kept),
        _value(metrics, "rule_matches_total", gone),
    )
    assert (None, 1.0) == (
        _value(metrics, "ruleset_info", {"digest": before}),
        _value(metrics, "ruleset_info", {"digest": guard.digest}),
    )


def test_a_lag_that_is_not_known_is_no_number() -> None:
    metrics = Metrics()
    assert isnan(_value(metrics, "stream_lag"))
    metrics.backlog(Backlog(lag=7, pending=2))
    assert (7.0, 2.0) == (_value(metrics, "stream_lag"), _value(metrics, "stream_pending"))
    metrics.backlog(Backlog(lag=None, pending=2))
    assert isnan(_value(metrics, "stream_lag"))


def test_an_open_breaker_is_shown(rules: Path) -> None:
    counters = open_counters("redis://127.0.0.1:1")
    metrics = Metrics(counters)
    place = {"place": "redis://127.0.0.1:1"}
    assert 0.0 == _value(metrics, "counters_breaker_open", place)
    guard = Guard.load(rules, state=counters)
    assert ["counters"] == guard.score(calls(1)[0]).degraded
    assert 1.0 == _value(metrics, "counters_breaker_open", place)
