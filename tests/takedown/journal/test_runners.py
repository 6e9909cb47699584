from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from callguard.takedown.journal.head import read_head
from callguard.takedown.journal.state import JournalState
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from tests.made.journals import contents
from tests.made.plans import AT, order, write
from tests.real_servers.postgres import Postgres
from tests.takedown.journal.journal_process import run, run_together, run_until

ONE, TWO = order(1), order(2, carrier="x")
COMMANDS = [
    ["approve", "plan", "A"],
    ["approve", "plan", "B"],
    ["issue", "plan"],
    ["acknowledge", "answers.csv"],
    ["restore", "R1"],
]


def _scene(folder: Path) -> None:
    """A plan and an answer to it."""
    write(folder / "plan", [ONE, TWO])
    answer = f"order_id,outcome,at\n{ONE['order_id']},executed,2026-11-24T00:00:20Z\n"
    (folder / "answers.csv").write_text(answer)


def test_two_runners_at_once_have_one_effect(where: str, tmp_path: Path) -> None:
    write(tmp_path / "one", [ONE, TWO])
    write(tmp_path / "two", [order(1, "R2"), order(3)], AT + 1)
    lines = [
        [
            *(["approve", plan, name] for plan in plans for name in names),
            *(["issue", plan] for plan in plans),
        ]
        for plans, names in ((("one", "two"), "AB"), (("two", "one"), "BA"))
    ]
    run_together(where, tmp_path, *lines, *lines)
    journal = Journal.open(where)
    state = JournalState.of(journal.entries())
    assert [2, 2] == [len(plan.approvals) for plan in state.plans.values()]
    assert ["A", "B"] == sorted(one.name for one in next(iter(state.plans.values())).approvals)
    live = state.live_numbers()
    assert [1, 1, 1] == [len(live[one["number"]]) for one in (ONE, TWO, order(3))]
    # Two plans: approved twice each and issued once each; four orders planned, three issued.
    assert 6 + 4 + 3 == journal.head().seq
    assert read_head(tmp_path / "head.json") == journal.head()
    assert verify(journal).ok
    assert not [name for name in contents(tmp_path / "out") if name.endswith(".partial")]
    # The plan that came second has no order on number 1.
    first = "R1" == live[ONE["number"]][0].report_id
    assert (6 if first else 4) == len(contents(tmp_path / "out"))


def test_killed_at_any_write_and_run_again_it_is_as_if_nothing_had_been(tmp_path: Path) -> None:
    _scene(tmp_path)
    before, kills = _folder(tmp_path, "0"), []
    for number, command in enumerate(COMMANDS, 1):
        after = tmp_path / str(number)
        shutil.copytree(before, after, symlinks=True)
        run(str(after / "journal.db"), after, command)
        ticks = 1
        while True:
            trial = tmp_path / f"{number}-{ticks}"
            shutil.copytree(before, trial, symlinks=True)
            if run_until(str(trial / "journal.db"), trial, command, ticks):
                break
            run(str(trial / "journal.db"), trial, command)
            assert _state(after) == _state(trial), (command, ticks)
            ticks += 1
        kills.append(ticks - 1)
        before = after
    # An append, and two for each file: four go out, two come back, and the head every time.
    assert [3, 3, 11, 3, 11] == kills


@pytest.mark.long
def test_killed_again_and_again_it_gets_there(postgres: Postgres, tmp_path: Path) -> None:
    _scene(tmp_path)
    calm, rough = (_folder(tmp_path, name) for name in ("calm", "rough"))
    url = postgres.fresh()
    for command in COMMANDS:
        run(str(calm / "journal.db"), calm, command)
        if command[0] == "issue":
            ticks = 1
            while not run_until(url, rough, command, ticks):
                ticks += 1
            assert ticks > 5
        run(url, rough, command)
    assert _state(calm) == _state(rough, url)


def _folder(beside: Path, name: str) -> Path:
    """A folder for what commands write; the plan names paths, so it is the same for all."""
    folder = beside / name
    folder.mkdir()
    for shared in ("plan", "answers.csv"):
        (folder / shared).symlink_to(beside / shared)
    return folder


def _state(folder: Path, where: str | None = None) -> object:
    journal = Journal.open(where or folder / "journal.db")
    assert verify(journal, read_head(folder / "head.json")).ok
    out = folder / "out"
    return (
        list(journal.entries()),
        (folder / "head.json").read_bytes(),
        contents(out) if out.exists() else {},
    )
