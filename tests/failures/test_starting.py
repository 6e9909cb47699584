"""Servers that are not there yet, or that are not ready."""

from __future__ import annotations

from pathlib import Path

from tests.failures.offered_calls import Scene
from tests.real_servers.outages import OPTIONS
from tests.real_servers.redis import Server, server

SLOW_LOADING = ("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")


def test_a_server_that_is_down_at_the_start_is_used_once_it_is_up(tmp_path: Path) -> None:
    one = Server(*OPTIONS)
    try:
        scene = Scene(one.url, tmp_path)
        with scene.load():
            scene.more_calls(500)
            assert 0 == scene.acknowledged().total()
            one.start()
            scene.until_closed()
            scene.more_counted(300)
        scene.check()
        scene.check_afterwards()
    finally:
        one.stop()


def test_a_server_that_loads_its_data_after_a_restart_is_waited_for(tmp_path: Path) -> None:
    with server(*OPTIONS, *SLOW_LOADING) as one:
        client = one.client()
        client.execute_command("DEBUG", "POPULATE", 1000, "other", 100)
        client.bgrewriteaof()
        scene = Scene(one.url, tmp_path)
        with scene.load():
            scene.more_counted(500)
            scene.until_closed()
            scene.until(
                "data on disk",
                lambda: (
                    client.info("persistence")["aof_rewrite_in_progress"] == 0
                    and client.info("persistence")["aof_rewrite_scheduled"] == 0
                ),
            )
            one.restart()
            scene.until_closed()
            scene.more_counted(300)
        assert [] != [change for change in scene.changes if "loading" in change.error]
        scene.check()
        scene.check_afterwards()
