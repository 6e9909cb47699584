"""A program that has everything loaded already and forks a process for each run of a command.

Started with the injector preloaded. Reads one JSON request a line: {"jobs": [job, …]}, where a job
has ``arguments`` and ``at`` (see command_run.py), ``root``, ``fault`` (``at``, ``act``,
``sticky``), ``broken``, ``log``, ``stdout`` and ``stderr`` (paths). All jobs of a request are let
go at the same moment. Answers with one JSON line: {"statuses": [status, …], "calls": count}; a
status below 0 is a signal.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import sys
from typing import Any

from tests.takedown.faults import command_run

Job = dict[str, Any]


def main() -> None:
    injector = ctypes.CDLL(None) if "LD_PRELOAD" in os.environ else None
    if injector is not None:
        injector.inject_count.restype = ctypes.c_long
        # Makes the counter that the children share with this process.
        injector.inject_set(None, ctypes.c_long(0), None, 0, None)
    command_run.load()
    gc.freeze()
    for line in sys.stdin:
        answer = run(injector, json.loads(line)["jobs"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def run(injector: ctypes.CDLL | None, jobs: list[Job]) -> dict[str, Any]:
    waiting, start = os.pipe()
    children = []
    for job in jobs:
        child = os.fork()
        if child == 0:
            os.close(start)
            os.read(waiting, 1)
            os.close(waiting)
            become(injector, job)
        children.append(child)
    os.close(waiting)
    # The end of the pipe is what all of them wait for.
    os.close(start)
    statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return {"statuses": statuses, "calls": injector.inject_count() if injector else 0}


def become(injector: ctypes.CDLL | None, job: Job) -> None:
    """Run the job in this process, which ends with it."""
    status, fault = 1, job.get("fault", {})
    try:
        for name, descriptor in (("stdout", 1), ("stderr", 2)):
            opened = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)
        if injector is not None:
            injector.inject_set(
                _bytes(job.get("root")),
                ctypes.c_long(fault.get("at", 0)),
                _bytes(fault.get("act")),
                int(fault.get("sticky", 0)),
                _bytes(job.get("log")),
            )
        if "broken" in job:
            command_run.break_function(**job["broken"])
        status = command_run.run(job["arguments"], job["at"])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001  whatever it is, it is what the test looks for
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(status)


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else os.fsencode(text)


if __name__ == "__main__":
    main()
