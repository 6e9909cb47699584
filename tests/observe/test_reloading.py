from __future__ import annotations

from pathlib import Path

import pytest

from callguard.counters import MemoryCounters
from callguard.guard import Guard
from callguard.observe.metrics import Metrics
from callguard.observe.reloading import reload_rules
from tests.integrations.redis_stream.streams import RULES, Events, write_rules


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    return Guard.load(write_rules(tmp_path), state=MemoryCounters())


def _reloads(metrics: Metrics) -> dict[str, float | None]:
    value = metrics.registry.get_sample_value
    return {
        result: value("callguard_rule_reloads_total", {"result": result})
        for result in ("used", "refused")
    }


def test_new_rules_are_used_counted_and_logged(guard: Guard, tmp_path: Path) -> None:
    metrics, log, before = Metrics(), Events(), guard.digest
    write_rules(tmp_path, RULES.replace("name: people", "name: renamed"))
    assert reload_rules(guard, metrics, log)
    assert before != guard.digest
    assert {"used": 1.0, "refused": 0.0} == _reloads(metrics)
    assert [("rules_reloaded", {"ruleset": guard.digest, "rules": 6})] == log


def test_faulty_rules_are_refused_and_the_first_faults_logged(guard: Guard, tmp_path: Path) -> None:
    metrics, log, before = Metrics(), Events(), guard.digest
    write_rules(tmp_path, "---\n".join(["title: nothing\n"] * 30))
    assert not reload_rules(guard, metrics, log)
    assert before == guard.digest
    assert {"used": 0.0, "refused": 1.0} == _reloads(metrics)
    [(event, fields)] = log
    assert ("rules_refused", before, 20) == (event, fields["ruleset"], len(fields["faults"]))
    assert fields["number"] >= 30


def test_rules_that_are_gone_are_refused_with_one_reason(guard: Guard, tmp_path: Path) -> None:
    log = Events()
    (tmp_path / "rules.yaml").unlink()
    assert not reload_rules(guard, Metrics(), log)
    [(_, fields)] = log
    assert (1, 1) == (fields["number"], len(fields["faults"]))
    assert "rules.yaml" in fields["faults"][0]
