"""Whatever happens at whatever write: running again gives the same bytes, and no order twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.takedown.faults.command_cases import Stage, answer, cases
from tests.takedown.faults.faulted_runs import KILLED, Trial, trial_of
from tests.takedown.faults.injector import Call, Fault, environment
from tests.takedown.faults.snapshot import JOURNAL, Snapshot, different, snapshot

NAMES: Final = tuple(cases(Path("/")))
SLOW: Final = frozenset({"build", "rebuild", "update", "compact", "plan", "replan", "one"})
ACTS: Final = (
    ("kill", False),
    ("half", False),
    ("enospc", False),
    ("enospc", True),
    ("eio", False),
    ("eio", True),
    ("full", False),
)
# How many of ACTS strike each write in the long test, drawn by seed; 7 are all of them. Without
# the variable it is two, and one for commands that take long.
EACH: Final = int(os.environ.get("CALLGUARD_FAULTS", "0"))
SEED: Final = os.environ.get("CALLGUARD_FAULT_SEED", "1")
NIGHT: Final = (
    "build",
    "update",
    "plan",
    "approve",
    "second",
    "issue",
    "acknowledge",
    "restore",
    "export",
)


def unsafe(calls: Sequence[Call]) -> Iterator[str]:
    """What a power cut could undo or tear: names given to bytes that were not synced before.

    SQLite sees to its own files. A folder is synced after the last name in it was given.
    """
    loose: set[str] = set()
    named: set[str] = set()
    for call in calls:
        if Path(call.path).name.startswith(JOURNAL):
            continue
        if call.name == "rename":
            yield from (f"{call.path} got its name before {path} was synced" for path in loose)
            named.add(str(Path(call.path).parent))
        elif "write" in call.name or call.name == "ftruncate":
            loose.add(call.path)
        elif call.name in {"fsync", "fdatasync"}:
            named.discard(call.path)
            loose.discard(call.path)
        elif call.name == "unlink":
            loose.discard(call.path)
    yield from (f"{path} was never synced" for path in loose)
    yield from (f"the names in {folder} were not synced" for folder in named)


def struck(trial: Trial, faults: Sequence[Fault]) -> list[str]:
    """All problems that a list of faults brings up."""
    return [
        f"{trial.case.name} {fault}: {problem}"
        for fault in faults
        for problem in trial.strike(fault)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_what_counts_is_on_the_disk_before(stage: Stage, name: str) -> None:
    assert [] == list(unsafe(trial_of(stage, name).calls))


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_at_some_writes_leaves_nothing_wrong(stage: Stage, name: str) -> None:
    trial = trial_of(stage, name)
    draw = random.Random(name)
    # What takes long gets every third act; its neighbours in the list get the others.
    acts = ACTS[NAMES.index(name) % 3 :: 3] if name in SLOW else ACTS
    faults = [Fault(draw.randint(1, trial.done.calls), *act) for act in acts]
    assert [] == struck(trial, faults)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_a_fault_at_every_write_leaves_nothing_wrong(stage: Stage, name: str) -> None:
    trial = trial_of(stage, name)
    draw = random.Random(f"{SEED} {name}")
    each = min(EACH, len(ACTS)) or (1 if name in SLOW else 2)
    faults = [
        Fault(at, *act) for at in range(1, trial.done.calls + 1) for act in draw.sample(ACTS, each)
    ]
    assert [] == struck(trial, faults)


def test_a_process_of_its_own_fares_alike(stage: Stage, injector: Path) -> None:
    """The same through the program that people start, and not a fork that has all loaded."""
    trial = trial_of(stage, "reexport")
    case = trial.case
    stage.set_up(case)
    inject = {"INJECT_ROOT": str(stage.root), "INJECT_ACT": "half", "INJECT_AT": "3"}
    for variables, expected in ((inject, KILLED), ({}, 0)):
        done = subprocess.run(
            [sys.executable, "-m", "callguard", *case.arguments],
            env={**environment(injector), **variables},
            capture_output=True,
            check=False,
        )
        assert expected == done.returncode, done.stderr
    assert [] == list(different(trial.clean, snapshot(stage.root)))


def night(stage: Stage, draw: random.Random | None) -> Snapshot:
    """All that one batch goes through; ``draw`` strikes each command until it has had enough."""
    stage.set_up(stage.cases[NIGHT[0]])
    for name in NIGHT:
        case = stage.cases[name]
        if name == "acknowledge":
            answer(stage.root)
        while draw and draw.random() < 0.7:
            fault = Fault(draw.randint(1, 60), *draw.choice(ACTS))
            assert "Traceback" not in stage.run(case, fault).stderr, (name, fault)
        done = stage.run(case)
        assert done.status in {0, 1}, done
        assert "Traceback" not in done.stderr, done
    return snapshot(stage.root)


@pytest.mark.parametrize("seed", [1, pytest.param(range(2, 25), marks=pytest.mark.long)])
def test_a_night_full_of_faults_ends_as_a_quiet_one(stage: Stage, seed: int | range) -> None:
    quiet = night(stage, None)
    for one in [seed] if isinstance(seed, int) else seed:
        struck_one = night(stage, random.Random(one))
        assert [] == [f"seed {one}: {how}" for how in different(quiet, struck_one)]
