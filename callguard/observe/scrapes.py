"""The port on which Prometheus asks for metrics."""

from __future__ import annotations

import socket
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import ThreadingMixIn
from threading import Lock, Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app

# Connections at a time, a thread each. When one more comes, the oldest is cut.
MOST_SCRAPES: Final = 8
# A scraper that says nothing for so long has gone.
_SILENCE_S: Final = 5.0


class _Handler(WSGIRequestHandler):
    timeout = _SILENCE_S

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a scrape every few seconds is no event."""


class _Server(ThreadingMixIn, WSGIServer):
    """Connections that are opened and ask nothing must not have a thread each."""

    daemon_threads = True
    # Otherwise a list of every thread that ever was is kept, to wait for at the end.
    block_on_close = False
    # Waiting connections, so that a burst of them keeps no scraper waiting.
    request_queue_size = 128

    def __init__(self, address: str, port: int) -> None:
        self._open: OrderedDict[int, socket.socket] = OrderedDict()
        self._lock = Lock()
        self.address_family = _family(address, port)
        super().__init__((address, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open[id(request)] = request
            if len(self._open) > MOST_SCRAPES:
                _, oldest = self._open.popitem(last=False)
                with suppress(OSError):
                    oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.pop(id(request), None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a scraper that breaks off is no fault of this process."""


@contextmanager
def served(registry: CollectorRegistry, address: str, port: int) -> Iterator[int]:
    """Answers scrapes at ``http://ADDRESS:PORT/metrics`` in a thread while the block runs.

    Gives the port, which for 0 is a free one. Raises OSError if it cannot be had.
    """
    server = _Server(address, port)
    server.set_app(make_wsgi_app(registry))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _family(address: str, port: int) -> socket.AddressFamily:
    infos = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return infos[0][0]
