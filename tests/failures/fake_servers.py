"""Fakes: servers that misbehave as no real one can be made to.

Each gives what comes after it has read something, and notes whether its client was still there at
the end of an answer that would take minutes.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Final

# Between two bytes of a server that drips; below the time that a client lets an answer take.
DRIP_S: Final = 0.02
DRIPS: Final = 6000
FLOOD: Final = 2**30
HELLO: Final = b"+OK\r\n"

Behaviour = Callable[["FakeServer", socket.socket], None]


class FakeServer:
    """Answers as ``behave`` does; ``finished`` counts answers that were heard to the end."""

    def __init__(self, behave: Behaviour) -> None:
        self.finished = 0
        self.asked = 0
        self._behave = behave
        self._over = Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self._listening.getsockname()[1]}"

    def serve(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.asked += 1
            Thread(target=self._with, args=[client], daemon=True).start()

    def drip(self, client: socket.socket, data: bytes) -> None:
        """One byte after the other. Raises OSError when the client is gone."""
        for byte in data:
            if self._over.wait(DRIP_S):
                return
            client.sendall(bytes([byte]))
        self.finished += 1

    def flood(self, client: socket.socket, data: bytes) -> None:
        """More and more, as fast as it is taken."""
        for _ in range(FLOOD // len(data)):
            if self._over.is_set():
                return
            client.sendall(data)
        self.finished += 1

    def stop(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _with(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            self._behave(self, client)


@contextmanager
def fake_server(behave: Behaviour) -> Iterator[FakeServer]:
    server = FakeServer(behave)
    Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.stop()


def _drip_from_the_start(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    server.drip(client, b"$%d\r\n" % DRIPS + b"x" * DRIPS)


def _drip_after_an_answer(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(HELLO)
    server.drip(client, b"$%d\r\n" % DRIPS + b"x" * DRIPS)


def _drip_small_answers(server: FakeServer, client: socket.socket) -> None:
    # Each is whole at once, but there is always another element to wait for.
    client.recv(65536)
    server.drip(client, b"*%d\r\n" % DRIPS + b":1\r\n" * DRIPS)


def _drip_pushes(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    for _ in range(DRIPS):
        server.drip(client, b">1\r\n+invalidate\r\n")


def _endless_bulk(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(b"$%d\r\n" % (2**40))
    server.flood(client, b"x" * 2**20)


def _endless_line(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    client.sendall(b"+")
    server.flood(client, b"x" * 2**20)


def _nested_arrays(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    server.flood(client, b"*1\r\n" * 2**18)


def _garbage(server: FakeServer, client: socket.socket) -> None:
    client.recv(65536)
    server.flood(client, b"HTTP/1.1 400 Bad Request\r\n\r\n" * 2**10)


def _another_protocol(server: FakeServer, client: socket.socket) -> None:
    client.sendall(b"220 mail.example.net ESMTP\r\n")
    server.drip(client, b"x" * DRIPS)


def _silent(server: FakeServer, client: socket.socket) -> None:
    while client.recv(65536):
        pass


def _closes_at_once(_server: FakeServer, _client: socket.socket) -> None:
    return


def _never_reads(server: FakeServer, client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    server.drip(client, b"+" + b"x" * DRIPS)


def drip_tls(server: FakeServer, client: socket.socket) -> None:
    """A handshake of TLS (RFC 8446 section 5.1) that comes byte by byte and does not end."""
    client.recv(65536)
    server.drip(client, b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + b"x" * DRIPS)


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "drips": _drip_from_the_start,
    "drips after an answer": _drip_after_an_answer,
    "drips small answers": _drip_small_answers,
    "drips pushes": _drip_pushes,
    "endless bulk": _endless_bulk,
    "endless line": _endless_line,
    "nested arrays": _nested_arrays,
    "garbage": _garbage,
    "another protocol": _another_protocol,
    "silent": _silent,
    "closes at once": _closes_at_once,
    "never reads": _never_reads,
}
