from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from callguard.counters import MemoryCounters, open_counters
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.observe.metrics import REASONS, Metrics
from callguard.observe.scrapes import served
from tests.integrations.redis_stream.streams import RULES, calls, write_rules
from tests.real_servers.redis import free_port


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path)


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


def test_the_registry_is_its_own() -> None:
    Metrics()
    Metrics()
    assert [] == [one.name for one in REGISTRY.collect() if one.name.startswith("callguard")]


def test_the_port_is_free_again_afterwards() -> None:
    port = free_port()
    for _ in range(2):
        with served(Metrics().registry, "127.0.0.1", port) as actual:
            assert port == actual


@pytest.mark.parametrize(
    ("degraded", "reasons"),
    [
        (["counters"], {"counters"}),
        (["early", "alert"], {"early", "alert"}),
        (["record: at: found 'x', expected y"], {"record"}),
        (["record: a", "record: b"], {"record"}),
        (["numbering"], {"numbering"}),
        (["no ingress"], {"ingress"}),
        (["cost some-rule", "no ingress"], {"cost", "ingress"}),
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
    assert {*REASONS.values(), "rules"} == found.keys()
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


def test_an_open_breaker_is_shown(rules: Path) -> None:
    counters = open_counters("redis://127.0.0.1:1")
    metrics = Metrics(counters)
    place = {"place": "redis://127.0.0.1:1"}
    assert 0.0 == _value(metrics, "counters_breaker_open", place)
    guard = Guard.load(rules, state=counters)
    assert ["counters"] == guard.score(calls(1)[0]).degraded
    assert 1.0 == _value(metrics, "counters_breaker_open", place)


def test_the_counters_of_one_process_have_no_breaker() -> None:
    metrics = Metrics(MemoryCounters())
    assert "callguard_counters_breaker_open" not in {one.name for one in metrics.registry.collect()}


def test_records_on_the_slow_path_are_those_that_the_guard_counted(rules: Path) -> None:
    metrics = Metrics()
    assert _value(metrics, "slow_path_total", {"reason": "record"}) is None
    guard = Guard.load(rules, state=MemoryCounters())
    metrics.rules_loaded(guard)
    guard.score({"event": "setup"})
    guard.score(calls(1)[0])
    assert {"record": 1.0, "fault": 0.0} == {
        reason: _value(metrics, "slow_path_total", {"reason": reason})
        for reason in ("record", "fault")
    }
    guard.reload()
    metrics.rules_reloaded(guard)
    assert 1.0 == _value(metrics, "slow_path_total", {"reason": "record"})
