"""What a server and the package redis say when something is wrong, as errors of callguard."""

from __future__ import annotations

from typing import Final

from redis.exceptions import (
    AskError,
    AuthenticationError,
    BusyLoadingError,
    ClusterCrossSlotError,
    ClusterDownError,
    MasterDownError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
    ResponseError,
    TryAgainError,
)

from callguard.errors import CommandError, NoAnswerError, ServerError, ServerLoadingError
from callguard.servers.address import PASSWORD, USERNAME

# What the package raises, in one tuple: RedisClusterException is not a RedisError.
RAISED: Final = (RedisError, RedisClusterException, OSError)
# Answers that say where else to ask; they say nothing against the server.
ELSEWHERE: Final = (MovedError, AskError, TryAgainError)
# Answers that speak of the server's state, whatever it was asked.
_STATES: Final = (
    ClusterDownError,
    MasterDownError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
)
_STATE_TEXTS: Final = ("BUSY", "MISCONF", "NOREPLICAS", "UNKILLABLE")
_UNKNOWN_FUNCTION: Final = "Function not found"
_UNKNOWN_COMMAND: Final = "unknown command"
# What NOPERM is called within a script, by Redis 7.0 and by later releases.
_DENIED: Final = ("The user executing the script can't run", "ACL failure in script")


def unknown_function(answer: object) -> bool:
    """Whether the server lacks the functions. It has done nothing then."""
    return isinstance(answer, ResponseError) and _UNKNOWN_FUNCTION in str(answer)


def server_error(name: str, error: Exception) -> ServerError:
    """The error of the server ``name``: what, where, and how to fix it if that is known.

    A CommandError if it says nothing about the server's state.
    """
    if isinstance(error, ServerError):
        return error
    text = str(error) or type(error).__name__
    if _UNKNOWN_COMMAND in text.lower():
        # The text goes on with the command's arguments, numbers of callers among them.
        return ServerError(
            f"{name}: it does not know FUNCTION; expected Redis 7 or later, or Valkey"
        )
    said = f"{name}: {type(error).__name__}: {text}"
    if isinstance(error, AuthenticationError):
        return ServerError(
            f"{said}; check user and password: in the URL, or in the environment as {USERNAME} "
            f"and {PASSWORD}"
        )
    if isinstance(error, NoPermissionError) or any(one in text for one in _DENIED):
        return ServerError(f"{said}; docs/redis.md says what the user must be allowed")
    if isinstance(error, MovedError | AskError | ClusterCrossSlotError):
        return ServerError(f"{said}; it is a node of a cluster: begin its URL with redis+cluster:")
    if isinstance(error, BusyLoadingError):
        return ServerLoadingError(said)
    if not isinstance(error, ResponseError):
        return NoAnswerError(said)
    if _is_about_the_server(error, text):
        return ServerError(said)
    return CommandError(said)


def _is_about_the_server(error: ResponseError, text: str) -> bool:
    return isinstance(error, _STATES) or text.startswith(_STATE_TEXTS) or _UNKNOWN_FUNCTION in text
