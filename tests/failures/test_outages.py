"""A real server goes away and comes back while calls go on."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.failures.offered_calls import Scene
from tests.real_servers.outages import OPTIONS, OUTAGES
from tests.real_servers.redis import server


@pytest.mark.parametrize("kind", OUTAGES)
def test_calls_go_on_and_counts_are_right_afterwards(kind: str, tmp_path: Path) -> None:
    outage, sign = OUTAGES[kind]
    with server(*OPTIONS) as one:
        scene = Scene(one.url, tmp_path)
        with scene.load():
            scene.more_counted(500)
            scene.until_closed()
            with ExitStack() as stack:
                scene.until_open(lambda: stack.enter_context(outage(one)), sign)
                scene.more_calls(1000)
            scene.until_closed()
            scene.more_counted(300)
        scene.check()
        scene.check_afterwards()
