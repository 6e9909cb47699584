"""What each fault of a server, and of the package redis, becomes."""

from __future__ import annotations

import pytest
from redis import exceptions

from callguard.errors import CommandError, NoAnswerError, ServerError, ServerLoadingError
from callguard.servers.errors import server_error

CASES: list[tuple[Exception, type[ServerError], str]] = [
    (exceptions.ConnectionError("refused"), NoAnswerError, "ConnectionError: refused"),
    (exceptions.TimeoutError("late"), NoAnswerError, "TimeoutError: late"),
    (exceptions.InvalidResponse("not RESP"), NoAnswerError, "not RESP"),
    (OSError(104, "reset"), NoAnswerError, "reset"),
    (exceptions.RedisClusterException("none"), NoAnswerError, "none"),
    (OSError(), NoAnswerError, ": OSError"),
    (exceptions.BusyLoadingError("loading"), ServerLoadingError, "loading"),
    (exceptions.AuthenticationError("WRONGPASS"), ServerError, "check user and password"),
    (exceptions.NoPermissionError("NOPERM"), ServerError, "docs/redis.md"),
    (exceptions.ResponseError("x ACL failure in script"), ServerError, "docs/redis.md"),
    (exceptions.ResponseError("unknown command 'FCALL' 138"), ServerError, "expected Redis 7"),
    (exceptions.MovedError("1 127.0.0.1:1"), ServerError, "redis+cluster:"),
    (exceptions.ClusterCrossSlotError("keys"), ServerError, "redis+cluster:"),
    (exceptions.OutOfMemoryError("OOM"), ServerError, "OOM"),
    (exceptions.ReadOnlyError("READONLY"), ServerError, "READONLY"),
    (exceptions.ClusterDownError("CLUSTERDOWN"), ServerError, "CLUSTERDOWN"),
    (exceptions.ResponseError("BUSY a script"), ServerError, "BUSY"),
    (exceptions.ResponseError("MISCONF disk"), ServerError, "MISCONF"),
    (exceptions.ResponseError("Function not found"), ServerError, "Function not found"),
    (exceptions.ResponseError("value too great"), CommandError, "value too great"),
]


@pytest.mark.parametrize(("error", "kind", "said"), CASES, ids=lambda one: str(one)[:30])
def test_every_fault_has_its_kind_and_says_where(
    error: Exception, kind: type[ServerError], said: str
) -> None:
    made = server_error("there:1", error)
    assert kind is type(made)
    assert str(made).startswith("there:1: ")
    assert said in str(made)


def test_an_unknown_command_is_not_repeated_with_its_arguments() -> None:
    error = exceptions.ResponseError("unknown command 'FCALL', with args beginning with: '138'")
    assert "138" not in str(server_error("there", error))


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = CommandError("there: no")
    assert server_error("elsewhere", error) is error
