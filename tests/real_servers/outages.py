"""Ways in which a real server goes away. Each is struck on entering the block, mended on leaving.

Beside each stands what the breaker must have heard, so that the outage was the one meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Event, Thread
from typing import Final

import redis

from tests.real_servers.redis import Server, free_port

Outage = Callable[[Server], AbstractContextManager[None]]

# What is written is in the kernel's hands before it is answered: kill -9 eats nothing of it.
OPTIONS: Final = ("--appendonly", "yes", "--appendfsync", "no", "--enable-debug-command", "yes")
SLOWNESS_S: Final = 0.015


@contextmanager
def killed(server: Server) -> Iterator[None]:
    """kill -9; nobody listens on the port until it is started again."""
    server.kill()
    yield
    server.start()


@contextmanager
def paused(server: Server) -> Iterator[None]:
    """It hangs: the kernel still takes connections, nothing is answered."""
    server.pause()
    yield
    server.resume()


@contextmanager
def slow(server: Server) -> Iterator[None]:
    """A neighbour keeps it occupied for 15 ms at a time, one command after another."""
    over = Event()

    def occupy() -> None:
        client = server.client()
        while not over.is_set():
            client.execute_command("DEBUG", "SLEEP", str(SLOWNESS_S))

    neighbour = Thread(target=occupy)
    neighbour.start()
    try:
        yield
    finally:
        over.set()
        neighbour.join()


@contextmanager
def busy(server: Server) -> Iterator[None]:
    """A neighbour's script does not end, until it is killed."""
    client = server.client()
    client.config_set("busy-reply-threshold", 5)

    def occupy() -> None:
        with suppress(redis.ResponseError):  # the answer to SCRIPT KILL
            server.client().eval("while true do end", 0)

    neighbour = Thread(target=occupy)
    neighbour.start()
    try:
        yield
    finally:
        client.script_kill()
        neighbour.join()


@contextmanager
def full(server: Server) -> Iterator[None]:
    """Its memory is used up and it may evict nothing."""
    client = server.client()
    client.config_set("maxmemory-policy", "noeviction")
    client.config_set("maxmemory", 1)
    yield
    client.config_set("maxmemory", 0)


@contextmanager
def crowded(server: Server) -> Iterator[None]:
    """It drops its clients and takes no new ones, as at its limit of clients."""
    client = server.client()
    client.config_set("maxclients", 1)
    client.client_kill_filter(_type="normal", skipme=True)
    yield
    client.config_set("maxclients", 100)


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Its password is changed under way."""
    client = server.client()
    client.config_set("requirepass", "another")
    client.client_kill_filter(_type="normal", skipme=True)
    yield
    client.config_set("requirepass", "")


@contextmanager
def demoted(server: Server) -> Iterator[None]:
    """It is made a replica, which may not count, and then a primary again."""
    client = server.client()
    client.execute_command("REPLICAOF", "127.0.0.1", free_port())
    yield
    client.execute_command("REPLICAOF", "NO", "ONE")


OUTAGES: Final[dict[str, tuple[Outage, str]]] = {
    "killed": (killed, "Connection"),
    "paused": (paused, "Timeout"),
    "slow": (slow, "answers take longer than 5 ms"),
    "busy": (busy, "BUSY|busy"),
    "full": (full, "OOM|maxmemory"),
    "crowded": (crowded, "max number of clients"),
    "locked": (locked, "Authentication required"),
    "demoted": (demoted, "read only|READONLY"),
}
