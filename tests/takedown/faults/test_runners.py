"""The same command again and again, and two processes at once: one effect."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from callguard.takedown.planning.folder import PlanFolder
from tests.conftest import LONG
from tests.takedown.faults.command_cases import TOO_LATE, Stage, cases
from tests.takedown.faults.faulted_runs import trial_of
from tests.takedown.faults.injector import Outcome
from tests.takedown.faults.snapshot import different, issued, snapshot

NAMES: Final = tuple(cases(Path("/")))
# Those that read a whole feed take long, and are one command in other clothes.
SOME: Final = tuple(
    pytest.param(name, marks=pytest.mark.long) if name in ("rebuild", "update") else name
    for name in NAMES
)


def check_again(stage: Stage, name: str, times: int) -> None:
    trial = trial_of(stage, name)
    stage.set_up(trial.case)
    for _ in range(times):
        check_end(stage.run(trial.case), trial.done)
    assert [] == list(different(trial.clean, snapshot(stage.root)))


def check_two(stage: Stage, name: str, rounds: int) -> None:
    trial = trial_of(stage, name)
    case = trial.case
    for _ in range(rounds):
        stage.set_up(case)
        both = stage.server.together([(case.arguments, case.at)] * 2)
        assert any(done.status == trial.done.status for done in both), both
        for done in both:
            check_end(done, trial.done)
        assert [] == list(different(trial.clean, snapshot(stage.root)))


def check_end(done: Outcome, alone: Outcome) -> None:
    """A process ended as it would have ended alone, or it says in a line that it came too late."""
    if done.status != alone.status:
        assert any(reason in done.stderr for reason in TOO_LATE), done
    assert "Traceback" not in done.stderr, done


@pytest.mark.parametrize("name", SOME)
def test_again_has_no_further_effect(stage: Stage, name: str) -> None:
    check_again(stage, name, 2)


@pytest.mark.parametrize("name", SOME)
def test_two_runners_at_once_have_one_effect(stage: Stage, name: str) -> None:
    check_two(stage, name, 1)


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_times_and_many_races_have_one_effect(stage: Stage, name: str) -> None:
    check_again(stage, name, 10)
    check_two(stage, name, 5)


def test_a_whole_batch_many_times_issues_every_order_once(stage: Stage) -> None:
    """All the steps of a batch, again and again, also after an order was restored."""
    steps = [stage.cases[name] for name in ("build", "plan", "approve", "second", "issue")]
    stage.set_up(steps[0])
    stage.run(steps[0])
    for _ in range(10 if LONG else 5):
        for case in steps[1:]:
            done = stage.run(case)
            assert "Traceback" not in done.stderr, done.stderr
        stage.run(stage.cases["restore"])
    found = issued(snapshot(stage.root))
    assert found
    assert len(found) == len(set(found))


def test_different_people_at_once_are_two_approvals(stage: Stage) -> None:
    first, second = stage.cases["approve"], stage.cases["second"]
    stage.set_up(first)
    both = stage.server.together([(case.arguments, case.at) for case in (first, second)])
    assert [0, 0] == [done.status for done in both], both
    kinds = [entry.kind for entry in snapshot(stage.root).entries if entry.order_id is None]
    assert ["approved", "approved"] == kinds


def test_issue_and_restore_at_once_leave_no_order_shut_and_open(stage: Stage) -> None:
    """Either order of the two is right; the files say what the journal says."""
    issue, restore = stage.cases["issue"], stage.cases["restore"]
    for _ in range(3):
        stage.set_up(issue)
        both = stage.server.together([(case.arguments, case.at) for case in (issue, restore)])
        assert [0, 0] == [done.status for done in both], both
        found = snapshot(stage.root)
        restored = {entry.order_id for entry in found.entries if entry.kind == "restored"}
        assert restored
        # A second run brings files up to date in which the other process could not look.
        stage.run(issue)
        sheets = (stage.root / "plan/issued").glob("*.jsonl")
        told = "".join(path.read_text() for path in sheets)
        assert set() == {order for order in restored if order is not None and order in told}


def test_two_different_plans_at_once_leave_one_of_them_whole(stage: Stage) -> None:
    plan, replan = stage.cases["plan"], stage.cases["replan"]
    expected = []
    for case in (plan, replan):
        stage.set_up(plan)
        stage.run(case)
        expected.append(snapshot(stage.root))
    for _ in range(3):
        stage.set_up(plan)
        both = stage.server.together([(case.arguments, case.at) for case in (plan, replan)])
        assert 0 in [done.status for done in both], both
        for done in both:
            check_end(done, both[0] if both[0].status == 0 else both[1])
        assert snapshot(stage.root) in expected


@pytest.mark.parametrize("change", ["rebuild", "update"])
def test_a_plan_while_the_registry_changes_is_of_one_registry_or_none(
    stage: Stage, change: str
) -> None:
    plan, other = stage.cases["plan"], stage.cases[change]
    stage.set_up(plan)
    stage.run(plan)
    old = PlanFolder.load(stage.root / "plan").digest
    stage.set_up(plan)
    stage.run(other)
    stage.run(plan)
    new = PlanFolder.load(stage.root / "plan").digest
    for _ in range(3):
        stage.set_up(plan)
        runs = [(case.arguments, case.at) for case in (plan, other)]
        planned, changed = stage.server.together(runs)
        assert "Traceback" not in planned.stderr + changed.stderr, (planned, changed)
        if planned.status == 0:
            assert PlanFolder.load(stage.root / "plan").digest in {old, new}
        else:
            assert 1 == planned.stderr.count("\n"), planned
            assert not (stage.root / "plan/summary.json").exists()
