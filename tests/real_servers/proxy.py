"""A TCP proxy on loopback, in a process of its own: the server behind it is real.

Commands on its standard input, each acknowledged by a line: ``target PORT`` (of new connections),
``delay SECONDS`` (of every answer), ``cut NUMBER`` (that many answers break off in the middle, by
a reset of the connection).
"""

from __future__ import annotations

import asyncio
import socket
import struct
import subprocess
import sys
from types import TracebackType
from typing import Self

LINGER_NOT = struct.pack("ii", 1, 0)


class Settings:
    target = 0
    delay = 0.0
    cuts = 0


class Front(asyncio.Protocol):
    """The client's side."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.back: asyncio.Transport | None = None
        self.early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.task = asyncio.ensure_future(self.reach())

    async def reach(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: Back(self), "127.0.0.1", self.settings.target)
        except OSError:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self.back is None:
            self.early.append(data)
        else:
            self.back.write(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        if self.back is not None:
            self.back.close()


class Back(asyncio.Protocol):
    """The server's side."""

    def __init__(self, front: Front) -> None:
        self.front = front

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.front.back = transport
        transport.writelines(self.front.early)

    def data_received(self, data: bytes) -> None:
        settings, client = self.front.settings, self.front.transport
        if settings.cuts:
            settings.cuts -= 1
            client.write(data[: len(data) // 2])
            client.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT
            )
            client.abort()
        elif settings.delay:
            asyncio.get_running_loop().call_later(settings.delay, client.write, data)
        else:
            client.write(data)

    def connection_lost(self, _exc: Exception | None) -> None:
        self.front.transport.abort()


async def serve(target: int) -> None:
    settings = Settings()
    settings.target = target
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Front(settings), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command, value = line.split()
        match command:
            case "target":
                settings.target = int(value)
            case "delay":
                settings.delay = float(value)
            case "cut":
                settings.cuts = int(value)
        print("done", flush=True)


class Proxy:
    """Starts the proxy and commands it."""

    def __init__(self, target: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(target)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._line())

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def target(self, port: int) -> None:
        self._say(f"target {port}")

    def delay(self, seconds: float) -> None:
        self._say(f"delay {seconds}")

    def cut(self, answers: int) -> None:
        self._say(f"cut {answers}")

    def _say(self, command: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        assert "done" == self._line()

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
