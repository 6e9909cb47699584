"""What lies between breaks: connections that are cut or slow, an address that moves."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.failures.offered_calls import THREADS, Scene
from tests.real_servers.outages import OPTIONS
from tests.real_servers.proxy import Proxy
from tests.real_servers.redis import server, wait_for


def test_a_connection_reset_in_the_middle_of_an_answer_costs_that_call_only(tmp_path: Path) -> None:
    cuts = 3
    with server(*OPTIONS) as one, Proxy(one.port) as proxy:
        scene = Scene(proxy.url, tmp_path)
        with scene.load():
            for _ in range(cuts):
                scene.until_closed()
                scene.more_counted(100)
                scene.until_open(partial(proxy.cut, 1), "ConnectionError|TimeoutError")
            scene.until_closed()
            scene.more_counted(100)
        scene.check()
        # All of those were counted before the answer was lost, and none of them again.
        counted = scene.figures().total()
        assert scene.acknowledged().total() + cuts <= counted
        scene.check_afterwards()


def test_answers_of_7_ms_each_do_not_hold_up_the_calls(tmp_path: Path) -> None:
    with server(*OPTIONS) as one, Proxy(one.port) as proxy:
        scene = Scene(proxy.url, tmp_path)
        with scene.load():
            scene.more_counted(300)
            scene.until_closed()
            asked, calls = scene.touches.asked, len(scene.calls)
            scene.until_open(lambda: proxy.delay(0.007), "answers take longer")
            scene.more_calls(2000)
            asked = scene.touches.asked - asked
            proxy.delay(0)
            scene.until_closed()
            scene.more_counted(300)
        assert asked < (len(scene.calls) - calls) / 4
        scene.check()
        scene.check_afterwards()


def test_another_server_behind_the_same_address_goes_on_counting(tmp_path: Path) -> None:
    with (
        server(*OPTIONS, "--repl-diskless-sync-delay", "0") as primary,
        server(*OPTIONS) as replica,
        Proxy(primary.port) as proxy,
    ):
        control = replica.client()
        control.execute_command("REPLICAOF", "127.0.0.1", primary.port)
        wait_for(lambda: control.info("replication")["master_link_status"] == "up", "a replica")
        scene = Scene(proxy.url, tmp_path)
        with scene.load():
            scene.more_counted(500)
            scene.until_closed()
        primary.client().wait(1, 0)
        safe = scene.acknowledged().total()
        with scene.load():
            scene.more_counted(500)
            scene.until_closed()
            # What a primary has acknowledged and not handed on yet is lost with it.
            scene.until_open(primary.kill)
            eaten = scene.acknowledged().total() - safe
            proxy.target(replica.port)
            scene.more_calls(500)
            assert "closed" != scene.counters.state  # a replica may not count
            control.execute_command("REPLICAOF", "NO", "ONE")
            scene.until_closed()
            scene.more_counted(300)
        assert safe > THREADS
        scene.check(eaten)
        scene.check_afterwards()
