"""Nodes of a real cluster go away: what they count is missed, what others count is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.failures.offered_calls import TRUNKS, Scene
from tests.real_servers.outages import OPTIONS, Outage, killed, paused
from tests.real_servers.redis import Nodes, Server, cluster, wait_for

FAST = (*OPTIONS, "--repl-diskless-sync-delay", "0")


def is_master(node: Server) -> bool:
    return bool(node.client().info("replication")["role"] == "master")


def degraded(scene: Scene, calls: int) -> set[str]:
    """The trunks that no call since then was judged by.

    On a busy machine a healthy node may answer this or that call too late as well.
    """
    since = scene.calls[calls:]
    return {call.trunk for call in since} - {
        call.trunk for call in since if not call.verdict.degraded
    }


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    with cluster(3, 1, *FAST) as started:
        yield started


@pytest.mark.parametrize("outage", [killed, pytest.param(paused, marks=pytest.mark.long)])
def test_a_node_that_is_away_concerns_its_own_groups_only(outage: Outage, tmp_path: Path) -> None:
    with cluster(3, 0, *OPTIONS) as nodes:
        scene = Scene(nodes.url, tmp_path)
        with scene.load():
            scene.more_counted(500)
            scene.until_closed()
            with ExitStack() as stack:
                scene.until_open(lambda: stack.enter_context(outage(nodes.masters[1])))
                scene.more_calls(200)
                calls = len(scene.calls)
                scene.more_calls(1000)
                concerned = degraded(scene, calls)
                assert "closed" == scene.counters.state
            scene.until_closed()
            scene.more_counted(300)
        assert 0 < len(concerned) < len(TRUNKS)
        scene.check()
        scene.check_afterwards()


def _takes_over(replica: Server) -> bool:
    """Ask a replica to become the master; a busy machine makes it give up after five seconds."""
    replica.client().execute_command("CLUSTER", "FAILOVER")
    try:
        wait_for(lambda: is_master(replica), "a failover", 6.0)
    except TimeoutError:
        return False
    return True


def test_a_planned_failover_loses_no_count(nodes: Nodes, tmp_path: Path) -> None:
    scene = Scene(nodes.url, tmp_path)
    with scene.load():
        scene.more_counted(500)
        scene.until_closed()
        assert any(_takes_over(nodes.replicas[0]) for _ in range(4))
        scene.more_calls(500)
        scene.until_well()
    scene.check()
    scene.check_afterwards()


def test_a_replica_takes_over_from_a_master_that_was_killed(nodes: Nodes, tmp_path: Path) -> None:
    scene = Scene(nodes.url, tmp_path)
    with scene.load():
        scene.more_counted(500)
        scene.until_closed()
    for node in filter(is_master, nodes.all):
        node.client().wait(1, 0)
    safe = scene.acknowledged().total()
    with scene.load():
        scene.more_calls(500)
        # What a master has acknowledged and not handed on yet is lost with it.
        scene.until_open(nodes.masters[1].kill)
        eaten = scene.acknowledged().total() - safe
        wait_for(lambda: is_master(nodes.replicas[1]), "a failover")
        scene.until_well()
    scene.check(eaten)
    scene.check_afterwards()


@pytest.mark.long
def test_a_cluster_that_is_down_at_the_start_is_used_once_it_is_up(tmp_path: Path) -> None:
    with cluster(3, 0, *OPTIONS) as nodes:
        for node in nodes.all:
            node.kill()
        scene = Scene(nodes.url, tmp_path)
        with scene.load():
            scene.more_calls(500)
            assert 0 == scene.acknowledged().total()
            for node in nodes.all:
                node.start()
            scene.until_closed()
            scene.more_counted(300)
        scene.check()
        scene.check_afterwards()
