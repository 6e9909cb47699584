"""A certificate of one's own, and TLS in front of a real server that has none built in."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Files of a self-signed certificate for 127.0.0.1 and localhost, and of its key."""

    certificate: Path
    key: Path

    @property
    def options(self) -> tuple[str, ...]:
        """The options of a server that is to use it."""
        return (
            "--tls-cert-file",
            str(self.certificate),
            "--tls-key-file",
            str(self.key),
            "--tls-auth-clients",
            "no",
        )


def make_certificate(folder: Path, name: str = "IP:127.0.0.1,DNS:localhost") -> Certificate:
    """Make one with the ``openssl`` command."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=callguard test", "-addext", f"subjectAltName={name}"),
            *("-keyout", str(made.key), "-out", str(made.certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return made


@contextmanager
def tunnel(
    port: int, certificate: Certificate, clients: Certificate | None = None
) -> Iterator[int]:
    """The port of a TLS end in front of ``port``, as operators put stunnel in front of a server.

    With ``clients``, only those who show that certificate are let in.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    if clients is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients.certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=[listening, context, port], daemon=True).start()
        yield int(listening.getsockname()[1])


def _accept(listening: socket.socket, context: ssl.SSLContext, port: int) -> None:
    with contextlib.suppress(OSError):  # closed at the end of the test
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_relay, args=[client, context, port], daemon=True).start()


def _relay(client: socket.socket, context: ssl.SSLContext, port: int) -> None:
    """Both ways in one thread: a TLS connection may not be used by two."""
    with (
        contextlib.suppress(OSError),
        client,
        socket.create_connection(("127.0.0.1", port)) as server,
        context.wrap_socket(client, server_side=True) as secure,
    ):
        while asked := secure.recv(65_536):
            server.sendall(asked)
            secure.sendall(server.recv(65_536))
