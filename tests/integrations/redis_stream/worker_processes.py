"""Worker processes that start in a moment: children of one process that has all modules loaded.

Each is a whole ``callguard worker`` with a process and connections of its own, to be killed by its
process number. Run as a program it takes one JSON request a line on standard input.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from callguard.cli.main import main
from callguard.guard import Guard

ROOT = Path(__file__).resolve().parents[3]
# A record with this call_id ends the process that scores it, where that was asked for.
POISON = "poison"


class WorkerProcesses:
    """Starts workers; kills those that are left when the block ends."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "workers.log"
        self.alive: list[int] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self.log)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *arguments: str | Path, deadly: bool = False) -> int:
        """A worker with these arguments. Its process number."""
        pid = int(self._ask(start=["worker", *map(str, arguments)], deadly=deadly))
        self.alive.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """kill -9."""
        os.kill(pid, signal.SIGKILL)
        self.wait(pid)

    def stop(self, pid: int) -> int:
        """Ask it to stop. Its exit status."""
        os.kill(pid, signal.SIGTERM)
        return self.wait(pid)

    def wait(self, pid: int) -> int:
        """Wait for its end. Its exit status, or the negative number of the signal."""
        status = int(self._ask(wait=pid))
        self.alive.remove(pid)
        return status

    @property
    def events(self) -> list[dict[str, Any]]:
        """What all workers have logged."""
        if not self.log.exists():
            return []
        # A worker that was killed may have left half a line.
        lines = self.log.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    @property
    def started(self) -> set[int]:
        """The process numbers of all workers that have begun to work."""
        names = [one["name"] for one in self.events if one["event"] == "worker_started"]
        return {int(name.split("-")[-2]) for name in names}

    def logged(self, event: str) -> int:
        """How often all workers have logged that event."""
        return sum(one["event"] == event for one in self.events)

    def _ask(self, **request: Any) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in list(self.alive):
            self.kill(pid)
        self._process.communicate()


def _serve(log: str) -> None:
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            _, status = os.waitpid(request["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)
        else:
            pid = os.fork()
            if pid == 0:
                _become_worker(request["start"], request["deadly"], log)
            print(pid, flush=True)


def _become_worker(arguments: Sequence[str], deadly: bool, log: str) -> None:
    output = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(output, sys.stderr.fileno())
    if deadly:
        _make_deadly()
    status = 70
    try:
        status = main(arguments)
    finally:
        os._exit(status)


def _make_deadly() -> None:
    score_batch = Guard.score_batch

    def deadly(self: Guard, records: Any, ids: Any = None) -> Any:
        if any(record["call_id"] == POISON for record in records):
            os.kill(os.getpid(), signal.SIGKILL)
        return score_batch(self, records, ids)

    Guard.score_batch = deadly  # type: ignore[method-assign]


if __name__ == "__main__":
    # Loaded before the first worker is wanted.
    importlib.import_module("callguard.observe.metrics")
    importlib.import_module("callguard.counters.redis.store")
    _serve(sys.argv[1])
