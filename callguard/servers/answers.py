"""What Redis and its client say when something is wrong, as errors of ours."""

from __future__ import annotations

from typing import Final

from redis.exceptions import (
    AskError,
    AuthenticationError,
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

from callguard.errors import CounterError, NodeError
from callguard.servers.address import PASSWORD, USERNAME

# What a client may meet, in one tuple: RedisClusterException is no RedisError.
FAULTS: Final = (RedisError, RedisClusterException, OSError)
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
    """Whether the server has to be given the script first. It has done nothing then."""
    return isinstance(answer, ResponseError) and _UNKNOWN_FUNCTION in str(answer)


def counter_error(name: str, error: Exception) -> CounterError:
    """The error of the server ``name``: what, where, and how to mend it if that is known.

    A NodeError if it says nothing about the server's state: only these steps cannot be counted.
    """
    if isinstance(error, CounterError):
        return error
    text = str(error) or type(error).__name__
    if _UNKNOWN_COMMAND in text.lower():
        # The text goes on with the command's arguments, numbers of callers among them.
        return CounterError(
            f"{name}: it does not know FUNCTION; counters need Redis 7 or later, or Valkey"
        )
    said = f"{name}: {type(error).__name__}: {text}"
    if isinstance(error, AuthenticationError):
        return CounterError(
            f"{said}; check user and password: in the URL, or in the environment as {USERNAME} "
            f"and {PASSWORD}"
        )
    if isinstance(error, NoPermissionError) or any(one in text for one in _DENIED):
        return CounterError(f"{said}; docs/redis.md says what the user must be allowed")
    if isinstance(error, MovedError | AskError | ClusterCrossSlotError):
        return CounterError(f"{said}; it is a node of a cluster: begin its URL with redis+cluster:")
    if _only_of_the_steps(error, text):
        return NodeError(said)
    return CounterError(said)


def _only_of_the_steps(error: Exception, text: str) -> bool:
    return (
        isinstance(error, ResponseError)
        and not isinstance(error, _STATES)
        and not text.startswith(_STATE_TEXTS)
        and _UNKNOWN_FUNCTION not in text
    )
