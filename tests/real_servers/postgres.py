"""A real PostgreSQL server on a Unix socket, for one test session.

The binaries are those on PATH or under /usr/lib/postgresql. The server refuses to run as root, so
it is started as nobody then. It keeps its files in a folder of its own, syncs nothing, and is
killed by :meth:`Postgres.stop`.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import psycopg

from tests.real_servers.redis import wait_for

_NOBODY: Final = 65_534
_INIT: Final = "-U callguard -A trust -E UTF8 --locale=C --no-sync".split()
_SERVE: Final = "-c listen_addresses= -c fsync=off -c shared_buffers=16MB".split()


def binaries() -> Path | None:
    """The folder with initdb and postgres; None if there is none."""
    named = shutil.which("initdb")
    folders = [Path(named).resolve().parent] if named else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in folders if (one / "postgres").exists()), None)


def why_not() -> str | None:
    """Why no server can run here; None if one can."""
    if binaries() is None:
        return "no PostgreSQL here; .ci/install-postgres installs one"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL does not run as root, and there is no setpriv to become nobody"
    return None


class Postgres:
    """One server with one database; every journal gets a schema of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="callguard-postgres-"))
        self._schemas = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Postgres:
        """Make the cluster, start the server and wait until it answers."""
        found = binaries()
        assert found is not None
        if os.geteuid() == 0:
            os.chown(self.folder, _NOBODY, _NOBODY)
        with (self.folder.with_suffix(".log")).open("ab") as log:
            run: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": self.folder}
            data = str(self.folder / "data")
            subprocess.run([*_become(), found / "initdb", "-D", data, *_INIT], check=True, **run)
            self._process = subprocess.Popen(
                [*_become(), found / "postgres", "-D", data, "-k", self.folder, *_SERVE], **run
            )
        wait_for(self._answers, f"PostgreSQL: {self.log()[-600:]}")
        return self

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise RuntimeError(f"the server ended: {self.log()[-600:]}")
        try:
            psycopg.connect(self.base).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def base(self) -> str:
        """The address of the database."""
        return f"postgresql://callguard@/postgres?host={quote(str(self.folder), safe='')}"

    def fresh(self) -> str:
        """The address of a new, empty schema in it."""
        schema = f"journal_{next(self._schemas)}"
        self.run(f"CREATE SCHEMA {schema}")
        return f"{self.base}&options=-csearch_path%3D{schema}"

    def run(self, statement: str, url: str | None = None) -> None:
        """Run SQL on a connection of its own."""
        with psycopg.connect(url or self.base, autocommit=True) as connection:
            connection.execute(statement.encode())

    def log(self) -> str:
        """What it has printed."""
        path = self.folder.with_suffix(".log")
        return path.read_text(errors="replace") if path.exists() else ""

    def stop(self) -> None:
        """End it at once, and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.with_suffix(".log").unlink(missing_ok=True)


def _become() -> list[str]:
    if os.geteuid():
        return []
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", "--"]


@contextmanager
def server() -> Iterator[Postgres]:
    """A server that runs inside the block."""
    one = Postgres()
    try:
        yield one.start()
    finally:
        one.stop()
