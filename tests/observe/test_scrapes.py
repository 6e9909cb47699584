from __future__ import annotations

import socket
import threading
from contextlib import ExitStack
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Counter

from callguard.observe.scrapes import MOST_SCRAPES, served
from tests.real_servers.redis import wait_for


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", registry=registry).inc(3)
    return registry


def scraped(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
        return str(answer.read(), "utf-8")


@pytest.mark.parametrize("begun", [b"", b"GET /metrics HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_connections_that_ask_nothing_have_few_threads_and_keep_nobody_out(
    registry: CollectorRegistry, begun: bytes
) -> None:
    with served(registry, "127.0.0.1", 0) as port, ExitStack() as stack:
        before = threading.active_count()
        idle = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(5 * MOST_SCRAPES)
        ]
        for one in idle:
            one.sendall(begun)
        assert "calls_total 3.0" in scraped(port)
        # The oldest was cut: it reads the end of its connection.
        idle[0].settimeout(20)
        assert b"" == idle[0].recv(1)
        for one in idle[: 4 * MOST_SCRAPES - 1]:
            one.settimeout(20)
            assert b"" == one.recv(1)
        wait_for(
            lambda: threading.active_count() - before <= MOST_SCRAPES + 1, "threads that ended"
        )


def test_a_scraper_that_breaks_off_leaves_the_port_as_it_was(
    registry: CollectorRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(registry, "127.0.0.1", 0) as port:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", port)) as one:
                one.sendall(b"GET /metrics HTTP/1.1\r\n")
        assert "calls_total 3.0" in scraped(port)
    assert ("", "") == tuple(capsys.readouterr())
