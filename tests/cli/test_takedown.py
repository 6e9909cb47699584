"""``callguard takedown``: plans that are approved, issued, answered and taken back."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from callguard import Guard
from tests.command_line.running import Run
from tests.command_line.takedown import N1, N2, N5, NOW, World, report, table, write, write_reports


@pytest.fixture
def world(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World.make(run, tmp_path, monkeypatch)


def answer(path: str, *rows: tuple[str, str, str]) -> Path:
    """A carrier's answer: order id, outcome, time."""
    with Path(path).open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([("order_id", "outcome", "at"), *rows])
    return Path(path)


def test_two_people_approve_and_a_plan_is_issued_once(world: World) -> None:
    assert 0 == world.plan().status
    done = world.takedown("approve", "plan", "--by", "Li")
    assert (0, "another person must approve it too\n") == (done.status, done.err)
    assert "plan: 1 to stop, 2 to verify again, approved by Li (plan " in done.out
    done = world.takedown("approve", "plan", "--by", "Wang")
    assert (0, "next: callguard takedown issue plan\n") == (done.status, done.err)
    done = world.takedown("issue", "plan")
    assert (0, "3 orders issued\n") == (done.status, done.err)
    files = [Path(line) for line in done.out.splitlines()]
    assert [".csv", ".jsonl"] * 3 == [path.suffix for path in files]
    assert {Path("plan/issued")} == {path.parent for path in files}
    assert 3 == sum(len(path.read_text().splitlines()) for path in files if path.suffix != ".csv")
    before = [path.read_bytes() for path in files]
    again = world.takedown("issue", "plan")
    assert (0, done.out) == (again.status, again.out)
    assert "3 orders issued before; only the files were written\n" == again.err
    assert before == [path.read_bytes() for path in files]


def test_approvals_and_issues_as_json(world: World) -> None:
    world.plan()
    found = world.json("approve", "plan", "--by", "Li")
    assert (["Li"], 1, 3) == (found["people"], found["missing"], found["orders"])
    world.takedown("approve", "plan", "--by", "Wang")
    found = world.json("issue", "plan", "--output", "out", "--by", "night run")
    assert (3, False) == (found["orders"], found["again"])
    assert {"out"} == {str(Path(file).parent) for file in found["files"]}


@pytest.mark.parametrize("name", ["Li", " li ", "ＬＩ"])
def test_the_same_person_twice_is_one(world: World, name: str) -> None:
    world.plan()
    world.takedown("approve", "plan", "--by", "Li")
    done = world.takedown("approve", "plan", "--by", name)
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "has approved this plan already; 2 different people must" in done.err
    done = world.takedown("issue", "plan")
    assert (1, "") == (done.status, done.out)
    assert "1 of 2 people have approved it (Li)" in done.err


def test_a_plan_that_nobody_approved(world: World) -> None:
    world.plan()
    done = world.takedown("issue", "plan")
    assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
    assert "there is no journal at journal.db; the first `callguard takedown approve`" in done.err
    assert not Path("journal.db").exists()


def test_a_folder_that_is_no_plan(world: World) -> None:
    for command in (("approve", ".", "--by", "Li"), ("issue", "plam")):
        done = world.takedown(*command)
        assert (1, "", 1) == (done.status, done.out, len(done.err.splitlines()))
        assert "summary.json: cannot be read: No such file or directory; name the" in done.err
    assert not Path("journal.db").exists()


def test_what_was_altered_or_changed_is_not_issued(world: World) -> None:
    world.plan()
    world.approve()
    write_reports(Path("reports.csv"), [report(N1, authority="nobody")])
    done = world.takedown("issue", "plan")
    assert (1, True) == (done.status, "its reports changed since it was planned" in done.err)
    orders = Path("plan/orders.jsonl")
    write(orders, orders.read_text(encoding="utf-8").replace("reverify", "stop"))
    done = world.takedown("issue", "plan")
    assert (1, True) == (done.status, "altered since it was planned; plan again" in done.err)
    assert not Path("plan/issued").exists()


def test_an_old_plan_is_not_issued(world: World) -> None:
    world.plan()
    world.approve()
    world.at += 3 * 86_400
    done = world.takedown("issue", "plan", "--max-age", "2d")
    assert (1, True) == (done.status, "older than 2 days" in done.err)
    assert 0 == world.takedown("issue", "plan", "--max-age", "4d").status


def test_answers_are_taken_in_once(world: World) -> None:
    first, second, third = (order["order_id"] for order in world.issued())
    world.at += 7200
    at = "2026-11-24T10:30:00+08:00"
    file = answer(
        "answers.csv", (first, "executed", at), (second, "acknowledged", at), (third, "refused", at)
    )
    done = world.takedown("acknowledge", file)
    assert (0, "") == (done.status, done.err)
    assert (["1"], ["1"], ["0"]) == tuple(
        table(done.out)[name] for name in ("executed", "refused", "repeated")
    )
    again = world.json("acknowledge", file, "--by", "Li")
    assert (0, 0, 0, 3) == tuple(
        again[name] for name in ("acknowledged", "executed", "refused", "repeated")
    )


def test_a_faulty_answer_names_its_line(world: World) -> None:
    order = world.issued()[0]["order_id"]
    file = answer("answers.csv", (order, "executed", "2026-11-24T10:30:00+08:00"), ("x", "y", "z"))
    world.at += 7200
    done = world.takedown("acknowledge", file)
    assert (1, "") == (done.status, done.out)
    assert "callguard: answers.csv:3: " in done.err
    assert 0 == world.json("status")["total"]["executed"]


def test_an_answer_to_a_restored_order_is_a_finding(world: World) -> None:
    order = world.issued()[0]["order_id"]
    world.takedown("restore", order, "--by", "Li", "--reason", "appeal")
    world.at += 7200
    done = world.takedown(
        "acknowledge", answer("late.csv", (order, "executed", "2026-11-24T10:30:00+08:00"))
    )
    assert 1 == done.status
    assert f"ask the carrier whether the number works: {order}" in done.err


def test_an_order_is_restored(world: World) -> None:
    order = world.issued()[0]
    done = world.takedown("restore", order["order_id"], "--by", "Li", "--reason", "appeal 7 upheld")
    assert (0, f"1 restored: {order['order_id']}\n") == (done.status, done.err)
    [lines] = [Path(name) for name in done.out.splitlines() if name.endswith(".jsonl")]
    assert Path("restored") == lines.parent
    told = json.loads(lines.read_text(encoding="utf-8"))
    assert ("restore", N1, "appeal", "appeal 7 upheld") == tuple(
        told[name] for name in ("act", "number", "ground", "reason")
    )
    again = world.takedown("restore", order["order_id"], "--by", "Wang", "--reason", "again")
    assert (0, f"1 had been restored before: {order['order_id']}\n") == (again.status, again.err)


def test_all_of_a_report_is_restored(world: World) -> None:
    orders = {order["order_id"] for order in world.issued()}
    found = world.json(
        "restore", "--report", "R1", "--by", "Li", "--reason", "x", "--ground", "error",
        "--output", "out",
    )  # fmt: skip
    assert orders == set(found["restored"])
    assert 6 == len(found["files"])
    assert 3 == world.json("status")["total"]["wrongful"]


def test_an_order_that_was_not_issued_is_withdrawn(world: World) -> None:
    world.plan()
    world.takedown("approve", "plan", "--by", "Li")
    order = world.orders()[0]["order_id"]
    done = world.takedown("restore", order, "--by", "Li", "--reason", "no")
    assert (0, "") == (done.status, done.out)
    assert f"1 withdrawn before they were issued: {order}\n" == done.err
    world.takedown("approve", "plan", "--by", "Wang")
    assert "1 left out: restored before" in world.takedown("issue", "plan").err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "give either one ORDER_ID or --report ID"),
        (("a" * 32, "--report", "R1"), 2, "give either one ORDER_ID or --report ID"),
        (("a" * 32,), 1, "no order aaaa"),
        (("--report", "R2"), 1, "no report R2 is in the journal"),
        (("--report", "R1", "--ground", "whim"), 2, "'whim' is not one of"),
    ],
)
def test_what_cannot_be_restored(
    world: World, arguments: tuple[str, ...], status: int, said: str
) -> None:
    world.issued()
    done = world.takedown("restore", *arguments, "--by", "Li", "--reason", "x")
    assert (status, "", True) == (done.status, done.out, said in done.err)


def test_the_engine_loads_what_is_exported(world: World, rules: Path) -> None:
    order = world.issued()[0]["order_id"]
    Path("lists").mkdir()
    done = world.takedown("export-list", "lists/taken_down.txt")
    assert (0, "lists/taken_down.txt\t1\n") == (done.status, done.out)
    text = rules.read_text(encoding="utf-8").split("---\n")[0]
    text = text.replace("calling.country: CN", "calling.e164|expand: '%taken_down%'")
    text = text.replace("+8613800138000", N1)
    guard = Guard.load(write(Path("rules.yaml"), text))
    call = {"event": "setup", "at": NOW, "calling_party_number": N1, "called_party_number": N2}
    call |= {"ingress": "international", "roaming": "no"}
    assert "block" == guard.score(call).action
    world.takedown("restore", order, "--by", "Li", "--reason", "appeal")
    assert "lists/taken_down.txt\t0\n" == world.takedown("export-list", "lists/taken_down.txt").out
    assert N1 not in Path("lists/taken_down.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("act", "numbers"), [("stop", [N1]), ("reverify", [N2, N5]), ("all", [N1, N2, N5])]
)
def test_which_numbers_are_exported(world: World, act: str, numbers: list[str]) -> None:
    world.issued()
    done = world.takedown("export-list", "-", "--act", act)
    assert numbers == [line for line in done.out.splitlines() if not line.startswith("#")]
