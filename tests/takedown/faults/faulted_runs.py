"""A command, what it starts from, and what becomes of it under a fault."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from tests.takedown.faults.command_cases import TOO_LATE, Case, Stage
from tests.takedown.faults.injector import Call, Fault, Outcome, read_log
from tests.takedown.faults.snapshot import JOURNAL, Snapshot, different, snapshot, unsound

KILLED: Final = -9
DEADLY: Final = frozenset({"kill", "half"})


class Trial:
    """One command, what it starts from, and what it leaves when nothing goes wrong."""

    def __init__(self, stage: Stage, case: Case) -> None:
        self.stage, self.case = stage, case
        stage.set_up(case)
        self.start = self.seen()
        log = stage.root.with_name("log")
        self.done = stage.run(case, log=log)
        self.calls = read_log(log)
        assert "Traceback" not in self.done.stderr, self.done.stderr
        self.clean = snapshot(stage.root)
        assert self.start != self.clean

    def seen(self) -> Snapshot:
        found: list[Snapshot] = []
        self.stage.aside(lambda root: found.append(snapshot(root)))
        return found[0]

    def strike(self, fault: Fault) -> Iterator[str]:
        """What is wrong when this happens to the command, and when it is run again."""
        self.stage.set_up(self.case)
        outcome = self.stage.run(self.case, fault)
        survived = (outcome.status, outcome.stderr) == (self.done.status, self.done.stderr)
        if survived and fault.act not in DEADLY:
            yield from (f"done, but {how}" for how in different(self.clean, self.seen()))
            if not tolerable(call := self.calls[fault.at - 1], fault):
                yield f"done, although {call} failed"
        else:
            yield from told(outcome, fault)
        problems: list[str] = []
        self.stage.aside(lambda root: problems.extend(unsound(root, self.start, self.clean)))
        yield from (f"after the fault: {problem}" for problem in problems)
        again = self.stage.run(self.case)
        if again.status != self.done.status and not any(said in again.stderr for said in TOO_LATE):
            yield f"run again: {again.status}, {again.stderr}"
        yield from (f"run again: {how}" for how in different(self.clean, snapshot(self.stage.root)))


def tolerable(call: Call, fault: Fault) -> bool:
    """Whether a call may fail without a word, as long as all else is as it should be.

    To make a folder that is there, and to clear away what nobody reads. SQLite opens a database for
    reading when it cannot for writing, and syncs the folder of its journal as well as it can
    (fdatasync; callguard itself uses fsync). On a full disk a sync does not fail.
    """
    of_sqlite = call.path.startswith(JOURNAL) or call.name == "fdatasync"
    return call.name in {"mkdir", "unlink", "rmdir"} or of_sqlite or fault.act == "full"


def told(outcome: Outcome, fault: Fault) -> Iterator[str]:
    """What is wrong with how a process ended."""
    if fault.act in DEADLY:
        if outcome.status != KILLED:
            yield f"it was to be killed, and ended with {outcome.status}: {outcome.stderr}"
    elif outcome.status != 1 or outcome.stderr.count("\n") != 1:
        yield f"it ended with {outcome.status} and said {outcome.stderr!r}"
    if "Traceback" in outcome.stderr:
        yield "it printed a traceback"


@cache
def trial_of(stage: Stage, name: str) -> Trial:
    """The trial of a case; what is left without a fault is found out once."""
    return Trial(stage, stage.cases[name])
