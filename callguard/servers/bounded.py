"""Connections whose waits end: an answer, a batch and its bytes have bounds, not each read."""

from __future__ import annotations

import time
from math import inf
from typing import Any, Final

from redis.connection import Connection, SSLConnection, UnixDomainSocketConnection

# A longer answer is none of ours: it would fill the memory before the time is up.
MOST_BYTES: Final = 64 * 2**20


class BoundedSocket:
    """A socket that waits until moments instead of for so long each time.

    A timeout of a socket starts again with every byte: a server that sends one now and then would
    hold a call for as long as it likes. Moments are those of ``time.monotonic``, in seconds. What
    would wait past one raises TimeoutError, what takes in more than ``MOST_BYTES`` in one answer
    raises OSError.
    """

    __slots__ = ("_answer_ends", "_at_once", "_ends", "_room", "_socket", "_timeout_s")

    def __init__(self, socket: Any, timeout_s: float, ends: float) -> None:
        self._socket = socket
        self._timeout_s = timeout_s
        self._answer_ends = inf
        self._at_once = False
        self._ends = ends
        self._room = MOST_BYTES

    def until(self, ends: float) -> None:
        """From now on nothing waits past ``ends``."""
        self._ends = ends
        self._answer_ends = inf

    def next_answer(self) -> None:
        """What is read from now on is one answer: it has its own time and room."""
        self._answer_ends = time.monotonic() + self._timeout_s
        self._room = MOST_BYTES

    def sendall(self, data: bytes) -> None:
        self._wait()
        self._socket.sendall(data)

    def recv_into(self, buffer: bytearray) -> int:
        self._wait()
        return self._counted(self._socket.recv_into(buffer))

    def recv(self, size: int, flags: int = 0) -> bytes:
        if flags:  # a look at what is there, which waits for nothing
            return self._socket.recv(size, flags)  # type: ignore[no-any-return]
        self._wait()
        data: bytes = self._socket.recv(size)
        self._counted(len(data))
        return data

    def settimeout(self, timeout: float | None) -> None:
        """0 is not to wait at all. Other times mean nothing here: each wait has what is left."""
        self._at_once = timeout == 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def _wait(self) -> None:
        left = min(self._ends, self._answer_ends) - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left")
        self._socket.settimeout(0 if self._at_once else left)

    def _counted(self, size: int) -> int:
        self._room -= size
        if self._room < 0:
            raise OSError(f"an answer of more than {MOST_BYTES} bytes")
        return size


class _Bounded:
    """A connection of redis-py over a :class:`BoundedSocket`.

    ``timeout_s`` is how long one answer may take, ``connect_s`` each step of connecting: TCP, TLS
    and logging in.
    """

    _sock: BoundedSocket

    def __init__(self, timeout_s: float, connect_s: float, **settings: Any) -> None:
        self._timeout_s = timeout_s
        self._connect_s = connect_s
        # The socket's own timeout is for what comes before it is wrapped: TCP, and then TLS.
        super().__init__(socket_timeout=connect_s, socket_connect_timeout=connect_s, **settings)  # type: ignore[call-arg]

    def _connect(self) -> BoundedSocket:
        socket = super()._connect()  # type: ignore[misc]
        # To log in may take as long again.
        return BoundedSocket(socket, self._timeout_s, time.monotonic() + self._connect_s)

    def until(self, ends: float) -> None:
        """From now on nothing is sent or read past ``ends``, a moment of ``time.monotonic``."""
        self._sock.until(ends)

    def read_answer(self) -> Any:
        """The next answer, whole. Raises what redis-py raises, in time."""
        self._sock.next_answer()
        return self.read_response()  # type: ignore[attr-defined]


class BoundedTcp(_Bounded, Connection):  # type: ignore[misc]
    pass


class BoundedTls(_Bounded, SSLConnection):  # type: ignore[misc]
    pass


class BoundedUnix(_Bounded, UnixDomainSocketConnection):  # type: ignore[misc]
    pass
