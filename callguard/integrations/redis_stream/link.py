"""The one server that has the streams, and what its errors mean to a worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from callguard.errors import NoAnswerError, ServerError, ServerLoadingError, StreamError
from callguard.servers import Access, Address, parse_url
from callguard.servers.connected import ELSEWHERE, Cluster, Command, Node, slot_of

# An answer that takes longer will not come. Reading waits shorter than this for new entries.
TIMEOUT_S: Final = 5.0


class StreamAwayError(StreamError):
    """The server cannot do its work now: worth waiting for."""


class StreamLoadingError(StreamAwayError):
    """The server is still reading its data from disk."""


class WrongTypeError(StreamAwayError):
    """One of the names is that of something else, until somebody gives it back."""


class NoGroupError(StreamAwayError):
    """The stream, or its consumer group, is gone: to be made again."""


class Link:
    """Asks the server that has ``keys``. Nothing is connected before the first question.

    Nothing is sent twice. After a fault the connection is a new one, and in a cluster the node is
    looked for again.
    """

    def __init__(self, address: Address, keys: Sequence[str]) -> None:
        self._address = address
        self._key = keys[0]
        self._node: Node | None = None
        if address.cluster and len({slot_of(key) for key in keys}) > 1:
            raise StreamError(_different_slots(keys))

    @classmethod
    def from_url(cls, url: str, keys: Sequence[str]) -> Link:
        """A link to a server or a cluster; URLs are those of counters.

        Raises StreamError for a wrong URL, and if the keys are on different nodes of a cluster.
        """
        try:
            return cls(parse_url(url), keys)
        except ServerError as error:
            raise StreamError(str(error)) from None

    def __str__(self) -> str:
        return str(self._address)

    def ask(self, *commands: Command) -> list[Any]:
        """The answers to the commands, in order. Raises StreamError for the first error."""
        answers = self._exchange(commands)
        self._refuse(answers)
        return answers

    def transact(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to commands that are carried out together, without others between them.

        Raises StreamError if they were not carried out, or if that is not known. An error of one
        that was carried out is among the answers.
        """
        *queued, done = self._exchange([("MULTI",), *commands, ("EXEC",)])
        self._refuse(queued)
        self._refuse([done])
        if len(done) != len(commands):
            raise StreamAwayError(f"{self}: {len(done)} answers to {len(commands)} commands")
        return list(done)

    def error(self, answer: Exception) -> StreamError:
        """What an error among the answers means."""
        text = str(answer)
        said = f"{self}: {type(answer).__name__}: {text}"
        if isinstance(answer, ELSEWHERE) and not self._address.cluster:
            return StreamError(f"{self}: is a node of a cluster; begin its URL with redis+cluster:")
        if text.startswith("CROSSSLOT"):
            return StreamError(f"{said}; give all streams one hash tag")
        if text.startswith("WRONGTYPE"):
            return WrongTypeError(f"{said}; one of the names is not that of a stream")
        if text.startswith("NOGROUP"):
            return NoGroupError(said)
        return StreamAwayError(said)

    def close(self) -> None:
        """Close the connection. A later question opens a new one."""
        if self._node is not None:
            self._node.close()
        self._node = None

    def _refuse(self, answers: Sequence[Any]) -> None:
        for answer in answers:
            if isinstance(answer, Exception):
                error = self.error(answer)
                if isinstance(error, StreamAwayError) and not isinstance(error, NoGroupError):
                    # The server may have become a replica, or another node may have the stream.
                    self.close()
                raise error

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        try:
            if self._node is None:
                self._node = self._find()
            return self._node.ask(commands)
        except ServerError as error:
            self.close()
            raise _away(error) from None

    def _find(self) -> Node:
        access = Access(self._address, TIMEOUT_S, TIMEOUT_S)
        return Cluster(access).node_of(self._key) if self._address.cluster else Node(access)


def _away(error: ServerError) -> StreamAwayError:
    if isinstance(error, ServerLoadingError):
        return StreamLoadingError(str(error))
    if isinstance(error, NoAnswerError):
        return StreamAwayError(f"{error}; expected a Redis or Valkey server there")
    return StreamAwayError(str(error))


def _different_slots(keys: Sequence[str]) -> str:
    tagged = ", ".join(f"{{callguard}}:{key.rpartition(':')[2]}" for key in keys)
    return (
        f"the streams {', '.join(keys)} are on different nodes of a cluster, where a verdict "
        "cannot be written and its record acknowledged in one step; give them one hash tag, such "
        f"as {tagged}"
    )
