"""One server: commands sent together, answers read one by one, every fault a CounterError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgpack
from redis.backoff import NoBackoff
from redis.connection import Connection, ConnectionPool, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import (
    AskError,
    MovedError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TryAgainError,
)
from redis.retry import Retry

from callguard.engine.counters.redis_codec import LIBRARY, figures_of
from callguard.engine.counters.redis_url import Address, place
from callguard.engine.series import Figure, Step
from callguard.errors import CounterError

# What a client may meet, in one tuple: RedisClusterException is no RedisError.
FAULTS: Final = (RedisError, RedisClusterException, OSError)
# Answers that say where else to ask; they say nothing against the server.
ELSEWHERE: Final = (MovedError, AskError, TryAgainError)
_UNKNOWN_FUNCTION: Final = "Function not found"
_NO_FUNCTIONS: Final = "unknown command"


class Node:
    """A server that is connected to when first asked. May be used by any number of threads.

    Nothing is sent twice: what was counted, but not answered in time, must not be counted again.
    """

    def __init__(
        self, address: Address, seed: tuple[str, int] | None, timeout_s: float, connect_s: float
    ) -> None:
        self.name = place(*seed) if seed else str(address)
        settings: dict[str, Any] = {
            "username": address.username,
            "password": address.password,
            "socket_timeout": timeout_s,
            "socket_connect_timeout": connect_s,
            # A step is never repeated, and a place that is away is the breaker's matter.
            "retry": Retry(NoBackoff(), 0),
            "health_check_interval": 0,
            "protocol": 2,
            # Two commands less a connection.
            "driver_info": None,
        }
        kind: type[Any] = Connection
        if seed is None:
            kind = UnixDomainSocketConnection
            settings["path"] = address.path
        else:
            settings |= {"host": seed[0], "port": seed[1], "socket_keepalive": True}
            if not address.cluster:
                settings["db"] = address.database
            if address.tls is not None:
                kind = SSLConnection
                settings |= address.tls
        self._pool = ConnectionPool(connection_class=kind, **settings)

    def __repr__(self) -> str:
        return f"<Node {self.name}>"

    def ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        """The answers, in order; those that are errors stand among them as exceptions.

        An answer of the kind "no such function" has the script loaded and those commands sent
        again: they have done nothing. Raises CounterError if the server cannot be asked.
        """
        answers = self._exchange(commands)
        missing = [
            index
            for index, answer in enumerate(answers)
            if isinstance(answer, ResponseError) and _UNKNOWN_FUNCTION in str(answer)
        ]
        if missing:
            (loaded,) = self._exchange([("FUNCTION", "LOAD", "REPLACE", LIBRARY)])
            if isinstance(loaded, Exception):
                raise self.fault(loaded)
            again = self._exchange([commands[index] for index in missing])
            for index, answer in zip(missing, again, strict=True):
                answers[index] = answer
        return answers

    def one(self, *command: Any) -> Any:
        """The answer to one command. Raises CounterError for an error too."""
        (answer,) = self.ask([command])
        if isinstance(answer, Exception):
            raise self.fault(answer)
        return answer

    def fault(self, error: Exception) -> CounterError:
        """The error as one of ours: what, where, and how to mend it if that is known."""
        text = str(error) or type(error).__name__
        if _NO_FUNCTIONS in text.lower():
            return CounterError(
                f"{self.name}: {text}; counters need Redis 7 or Valkey, which know FUNCTION"
            )
        return CounterError(f"{self.name}: {type(error).__name__}: {text}")

    def close(self) -> None:
        """Close every connection."""
        self._pool.disconnect()

    def _exchange(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        try:
            connection: Any = self._pool.get_connection()
        except FAULTS as error:
            raise self.fault(error) from error
        whole = False
        try:
            for command in commands:
                connection.send_packed_command(
                    connection.pack_command(*command), check_health=False
                )
            answers = [_answer(connection) for _ in commands]
            whole = True
            return answers
        except FAULTS as error:
            raise self.fault(error) from error
        finally:
            # What is still to come on it would be taken for the answer to somebody else.
            if not whole:
                connection.disconnect()
            self._pool.release(connection)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error


def read_answer(
    records: Sequence[Sequence[Step]], answer: Any, node: Node
) -> list[list[Figure] | CounterError]:
    """The figures of each record in one answer of the script, or what was wrong with it."""
    try:
        if not isinstance(answer, Exception):
            found = msgpack.unpackb(answer)
            return [
                figures_of(steps, figures) for steps, figures in zip(records, found, strict=True)
            ]
        error = node.fault(answer)
    except (ValueError, TypeError, msgpack.UnpackException):
        error = CounterError(f"{node.name}: an answer that is not this script's")
    return [error for _ in records]
