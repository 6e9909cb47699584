"""What docs/workers.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from callguard.integrations.redis_stream.metrics import StreamMetrics
from callguard.observe.metrics import Metrics
from tests.conftest import ROOT
from tests.integrations.redis_stream.streams import INPUT, LocalWorker, calls, feed, verdicts
from tests.real_servers.redis import Server

if TYPE_CHECKING:
    import pytest

TEXT = (ROOT / "docs" / "workers.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def _metrics() -> set[str]:
    class Breakers:
        circuits: dict[str, object] = {}  # noqa: RUF012

    suffix = {"counter": "_total", "info": "_info"}
    metrics = Metrics(Breakers())
    StreamMetrics(metrics)
    return {one.name + suffix.get(one.type, "") for one in metrics.registry.collect()}


def test_alerts_ask_for_metrics_that_exist() -> None:
    [text] = _blocks("yaml")
    [group] = yaml.safe_load(text)["groups"]
    asked = {name for rule in group["rules"] for name in re.findall(r"callguard_\w+", rule["expr"])}
    assert len(asked) > 2
    assert set() == asked - _metrics()


def test_the_programs_run(
    valkey: Server, client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("rules.yaml", "lists"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    producer, worker = (
        block.replace("redis.Redis()", f"redis.Redis(port={valkey.port})").replace(
            "redis://localhost", valkey.url
        )
        for block in _blocks("python")
    )
    feed(client, calls(10))
    for program in (producer, worker):
        exec(compile(program, "workers.md", "exec"), {})  # noqa: S102 - our own documentation
    assert 11 == len(verdicts(client))


def test_the_user_may_do_all_that_is_needed(client: Any, valkey: Server, rules: Path) -> None:
    [command] = re.findall(r"^ACL SETUSER callguard (.*)$", TEXT, re.MULTILINE)
    names = feed(client, [*calls(10), b"no record"])
    client.xgroup_create(INPUT, "callguard", "0")
    # As a worker that died has left them: one to take over, one to give up.
    client.xreadgroup("callguard", "w", {INPUT: ">"}, count=2)
    client.xclaim(INPUT, "callguard", "w", 0, names[:1], retrycount=9)
    client.execute_command("ACL", "SETUSER", "callguard", *command.split())
    try:
        url = f"redis://callguard:PASSWORD@127.0.0.1:{valkey.port}"
        tally = LocalWorker(url, rules, claim_after_s=0.001, delete=True, maxlen=100).once()
    finally:
        client.execute_command("ACL", "DELUSER", "callguard")
    assert (9, 1, 1) == (tally.records, tally.dead, tally.unreadable)
    assert {()} == {tuple(found.get("degraded", ())) for _, found in verdicts(client)}
