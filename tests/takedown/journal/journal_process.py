"""Commands on a journal in a process of its own, which may be told to die on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from callguard.errors import PlanError
from callguard.takedown.journal.acknowledge import acknowledge
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.restore import restore
from callguard.takedown.journal.store import Journal, Writer
from callguard.takedown.planning.folder import PlanFolder
from tests.made.plans import AT

# Processes fork from a server that has loaded this module and runs nothing else.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


def run(where: str, folder: Path, command: Sequence[str]) -> None:
    """One command; files lie in ``folder``. An approval that stands already is fine."""
    journal = Journal.open(where, head_file=folder / "head.json", create=True)
    match command:
        case ["approve", plan, name]:
            try:
                approve(journal, PlanFolder.load(folder / plan), by=name, at=AT)
            except PlanError as error:
                if "approved this plan already" not in str(error):
                    raise
        case ["issue", plan]:
            issue(journal, PlanFolder.load(folder / plan), folder / "out", at=AT + 10)
        case ["acknowledge", file]:
            acknowledge(journal, [folder / file], at=AT + 50, by="D")
        case ["restore", report]:
            restore(
                journal,
                report_id=report,
                by="E",
                reason="error",
                ground="error",
                output=folder / "out",
                at=AT + 100,
            )
        case _:
            raise ValueError(command)


def run_until(where: str, folder: Path, command: Sequence[str], ticks: int) -> bool:
    """Run a command in a process that kills itself at a tick; whether it got to its end before.

    A tick is every append that is not committed yet, and every file that is about to be synced.
    """
    process = _context.Process(target=_dying, args=(where, folder, command, ticks))
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == 0


def run_together(where: str, folder: Path, *commands: Sequence[Sequence[str]]) -> None:
    """Run lists of commands at once, each list in a process of its own."""
    barrier = _context.Barrier(len(commands))
    processes = [
        _context.Process(target=_waiting, args=(barrier, where, folder, line)) for line in commands
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [0] * len(commands) == [process.exitcode for process in processes]


def _waiting(barrier: Barrier, where: str, folder: Path, line: Sequence[Sequence[str]]) -> None:
    barrier.wait()
    for command in line:
        run(where, folder, command)


def _dying(where: str, folder: Path, command: Sequence[str], ticks: int) -> None:
    left = ticks

    def tick() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def after(step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any) -> Any:
            try:
                return step(*arguments)
            finally:
                tick()

        return stepping

    def before(step: Callable[..., Any]) -> Callable[..., Any]:
        def stepping(*arguments: Any) -> Any:
            tick()
            return step(*arguments)

        return stepping

    setattr(Writer, "append", after(Writer.append))  # noqa: B010  mypy allows no assignment
    os.fsync = before(os.fsync)
    run(where, folder, command)
