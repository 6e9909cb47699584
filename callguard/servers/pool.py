"""Connections to one server, each used by one thread at a time."""

from __future__ import annotations

import os
from typing import Any, Final

from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from callguard.servers.address import Access
from callguard.servers.bounded import BoundedTcp, BoundedTls, BoundedUnix

_CLOSED: Final = (RedisError, OSError)


class Pool:
    """As many connections as are used at the same time, opened when wanted."""

    def __init__(self, access: Access, seed: tuple[str, int] | None) -> None:
        address = access.address
        settings: dict[str, Any] = {
            "username": address.username,
            "password": address.password,
            "timeout_s": access.timeout_s,
            "connect_s": access.connect_s,
            # Nothing is sent twice, and a server that is away is the breaker's matter.
            "retry": Retry(NoBackoff(), 0),
            "health_check_interval": 0,
            "protocol": 2,
            # Two commands less a connection.
            "driver_info": None,
        }
        kind: type[Any] = BoundedTcp
        if seed is None:
            kind = BoundedUnix
            settings["path"] = address.path
        else:
            settings |= {"host": seed[0], "port": seed[1], "socket_keepalive": True}
        if not address.cluster:
            settings["db"] = address.database
        if address.tls is not None:
            kind = BoundedTls
            settings |= address.tls
        self._kind, self._settings = kind, settings
        self._idle: list[Any] = []
        self._process = os.getpid()

    def take(self) -> Any:
        """An open connection with no answer still to come. Raises what redis-py raises."""
        if self._process != os.getpid():
            # After a fork: those belong to the parent, who goes on using them.
            self._idle, self._process = [], os.getpid()
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._kind(**self._settings)
        else:
            if _quiet(connection):
                return connection
            connection.disconnect()
        connection.connect()
        return connection

    def give_back(self, connection: Any) -> None:
        """It is no longer used, and no answer is still to come."""
        if self._process == os.getpid():
            self._idle.append(connection)

    def close(self) -> None:
        """Close those that nobody uses now."""
        while self._idle:
            self._idle.pop().disconnect()


def _quiet(connection: Any) -> bool:
    """Whether it is still open and nothing waits to be read from it."""
    try:
        return not connection.can_read()
    except _CLOSED:
        return False
