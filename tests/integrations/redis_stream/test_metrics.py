from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from callguard.integrations.redis_stream import Backlog
from callguard.integrations.redis_stream.metrics import StreamMetrics
from callguard.observe.metrics import Metrics
from callguard.observe.scrapes import served
from tests.integrations.redis_stream.streams import LocalWorker, calls, feed, verdicts
from tests.real_servers.redis import Server

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def _scrape(port: int) -> Samples:
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    return {
        (sample.name.removeprefix("callguard_"), frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_what_a_worker_did_is_read_over_http(valkey: Server, client: Any, rules: Path) -> None:
    feed(client, [*calls(600), b"\xc1"])
    local = LocalWorker(valkey.url, rules, batch=100)
    local.once()
    with served(local.metrics.registry, "127.0.0.1", 0) as port:
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
        ("ruleset_info", frozenset({("digest", local.guard.digest)})): 1.0,
        (
            "counters_breaker_open",
            frozenset({("place", f"redis://127.0.0.1:{valkey.port}")}),
        ): 0.0,
    }
    for name in set(shadows):
        labels = frozenset({("rule", name), ("role", "shadow")})
        expected["rule_matches_total", labels] = float(shadows.count(name))
    assert expected == {key: found[key] for key in expected}


def test_a_lag_that_is_not_known_is_no_number() -> None:
    metrics = Metrics()
    stream = StreamMetrics(metrics)

    def value(name: str) -> float:
        found = metrics.registry.get_sample_value(f"callguard_stream_{name}")
        assert found is not None
        return found

    assert isnan(value("lag"))
    stream.backlog(Backlog(lag=7, pending=2))
    assert (7.0, 2.0) == (value("lag"), value("pending"))
    stream.backlog(Backlog(lag=None, pending=2))
    assert isnan(value("lag"))
