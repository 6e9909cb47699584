"""Running commands with a fault at one of their writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[2]
SOURCES: Final = ("inject.c", "writes.c", "changes.c")


class Fault(NamedTuple):
    """What happens at call number ``at``; see inject.c. ``sticky`` goes on with it."""

    at: int
    act: str
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A line of the injector's log: a call that changed something, below the folder."""

    name: str
    bytes: int
    path: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a process ended: its exit status (minus a signal), what it said, its changing calls."""

    status: int
    stdout: str
    stderr: str
    calls: int


def read_log(path: Path) -> list[Call]:
    """The calls in the order in which they were made; the log is removed."""
    lines = [line.split(" ", 3) for line in path.read_text().splitlines()]
    path.unlink()
    return [Call(name, int(size), where) for _, name, size, where in lines]


def compile_injector(folder: Path) -> Path | None:
    """Compile the injector into a folder; None without a compiler or on another system."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    library = folder / "inject.so"
    flags = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"]
    sources = [str(HERE / name) for name in SOURCES]
    subprocess.run([compiler, *flags, "-o", str(library), *sources, "-ldl"], check=True)
    return library


def environment(library: Path | None) -> dict[str, str]:
    """The environment in which the injector is loaded, if there is one, and threads are few."""
    preload = {} if library is None else {"LD_PRELOAD": str(library)}
    return {
        **os.environ,
        **preload,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONFAULTHANDLER": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


class Server:
    """The process that forks one for each run (server.py). Use it in a ``with`` block."""

    def __init__(self, library: Path | None, folder: Path, **variables: str) -> None:
        """What processes say goes to files in ``folder``; ``variables`` join the environment."""
        self._folder = folder
        self._runs = 0
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.takedown.faults.fork_server"],
            env={**environment(library), **variables},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        arguments: Sequence[str],
        at: int,
        root: Path,
        fault: Fault | None = None,
        log: Path | None = None,
    ) -> Outcome:
        """Run a command line with a fault at a call below ``root``; without one, count calls."""
        place = {"root": str(root), "log": None if log is None else str(log)}
        strike = {} if fault is None else {"fault": fault._asdict()}
        return self._ask([{"arguments": arguments, "at": at, **place, **strike}])[0]

    def broken(self, arguments: Sequence[str], at: int, function: str, how: str) -> Outcome:
        """Run a command line while a function of callguard raises, or aborts the process."""
        job = {"arguments": arguments, "at": at, "broken": {"function": function, "how": how}}
        return self._ask([job])[0]

    def together(self, runs: Sequence[tuple[Sequence[str], int]]) -> list[Outcome]:
        """Run command lines, each with its time, in processes that start at one moment."""
        return self._ask([{"arguments": arguments, "at": at} for arguments, at in runs])

    def _ask(self, jobs: list[dict[str, Any]]) -> list[Outcome]:
        said = []
        for job in jobs:
            self._runs += 1
            said.append([self._folder / f"{self._runs}.{name}" for name in ("out", "err")])
            job["stdout"], job["stderr"] = map(str, said[-1])
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"jobs": jobs}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return [
            Outcome(status, out.read_text(), err.read_text(), answer["calls"])
            for status, (out, err) in zip(answer["statuses"], said, strict=True)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
