from __future__ import annotations

import csv
import io
from pathlib import Path

import orjson
import pytest

from callguard.errors import PlanError
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.issue import COLUMNS, issue
from callguard.takedown.journal.store import Journal
from tests.made.journals import (
    answered,
    approve_twice,
    contents,
    issued,
    life_of,
    restored,
)
from tests.made.plans import AT, DAY, order, write


def test_each_carrier_gets_its_orders_in_two_forms(journal: Journal, tmp_path: Path) -> None:
    orders = [order(1), order(2, carrier="中国移动"), order(3, tier="expanded")]
    found = issued(journal, tmp_path / "plan", orders)
    assert (3, {}, (), (), False) == (
        found.orders,
        found.superseded,
        found.already,
        found.restored,
        found.again,
    )
    assert {
        "plan": found.plan,
        "orders": 3,
        "superseded": {},
        "already": [],
        "restored": [],
        "files": [str(path) for path in found.files],
        "again": False,
        "since_restored": 0,
    } == found.as_dict()
    names = [path.name for path in found.files]
    end = found.plan[:12]
    assert 4 == len(names)
    assert names[0].startswith("china-telecom-")
    assert names[0].endswith(f"-{end}.csv")
    assert names[3].startswith("中国移动-")
    assert names[3].endswith(f"-{end}.jsonl")
    lines = [orjson.loads(line) for line in found.files[1].read_bytes().splitlines()]
    expected = {key: orders[0][key] for key in COLUMNS[:-1]} | {"issued_at": "2026-11-24T00:00:00Z"}
    assert expected == lines[0]
    assert [orders[0]["order_id"], orders[2]["order_id"]] == [line["order_id"] for line in lines]
    text = found.files[0].read_bytes().decode()
    assert text.endswith("\r\n")
    assert lines == list(csv.DictReader(io.StringIO(text, newline="")))
    assert "issued" == life_of(journal, orders[0]).state


@pytest.mark.parametrize(("by", "actor"), [(" Zhao  Min ", "Zhao Min"), (" ", "callguard")])
def test_the_journal_says_who_issued(journal: Journal, tmp_path: Path, by: str, actor: str) -> None:
    plan = approve_twice(journal, write(tmp_path / "plan", [order(1)]))
    issue(journal, plan, tmp_path / "out", at=AT + 5, by=by)
    entries = [entry for entry in journal.entries() if entry.kind == "issued"]
    assert [actor, actor] == [entry.actor for entry in entries]


def test_issuing_ten_times_is_one_effect(journal: Journal, tmp_path: Path) -> None:
    plan = approve_twice(journal, write(tmp_path / "plan", [order(1), order(2, carrier="x")]))
    first = issue(journal, plan, tmp_path / "out", at=AT + 5)
    files, head = contents(tmp_path / "out"), journal.head()
    for later in range(1, 10):
        again = issue(journal, plan, tmp_path / "out", at=AT + later * DAY)
        assert again.again
        assert (first.orders, first.files) == (again.orders, again.files)
        assert files == contents(tmp_path / "out")
    assert head == journal.head()


def test_every_reason_against_it_at_once(journal: Journal, tmp_path: Path) -> None:
    plan = write(tmp_path / "plan", [order(1)])
    approve(journal, plan, by="A", at=AT)
    (tmp_path / "registry" / "manifest.json").write_bytes(b"{1}")
    (tmp_path / "reports.csv").unlink()
    (plan.path / "orders.jsonl").write_bytes(b"")
    with pytest.raises(PlanError) as caught:
        issue(journal, plan, tmp_path / "out", at=AT + 7 * DAY + 1)
    lines = str(caught.value).splitlines()
    assert f"{plan.path}: the plan is not issued:" == lines[0]
    assert "- 1 of 2 people have approved it (A); run `callguard takedown approve`" == lines[1]
    assert "altered since it was planned" in lines[2]
    assert "- its registry changed since it was planned" in lines[3]
    assert "- its reports cannot be read" in lines[4]
    assert "older than 7 days; plan and approve again" in lines[5]
    assert 6 == len(lines)
    assert not (tmp_path / "out").exists()
    assert 2 == journal.head().seq


def test_a_plan_that_nobody_approved(sqlite: Journal, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="0 of 2 people have approved it; run"):
        issue(sqlite, write(tmp_path / "plan", [order(1)]), tmp_path / "out", at=AT)


def test_a_plan_that_was_altered_whole_after_approval(sqlite: Journal, tmp_path: Path) -> None:
    plan = approve_twice(sqlite, write(tmp_path / "plan", [order(1)]))
    altered = write(plan.path, [order(1), order(2)])
    with pytest.raises(PlanError, match=f"altered after approval.*{plan.digest[:12]}"):
        issue(sqlite, altered, tmp_path / "out", at=AT)


def test_a_plan_from_the_future(sqlite: Journal, tmp_path: Path) -> None:
    plan = approve_twice(sqlite, write(tmp_path / "plan", [order(1)], AT + 1))
    with pytest.raises(PlanError, match="later than now; set the clock right"):
        issue(sqlite, plan, tmp_path / "out", at=AT)


@pytest.mark.parametrize(
    ("first", "second", "superseded"),
    [
        (order(1), order(1, "R2"), True),
        (order(1), order(1, "R2", tier="expanded"), True),
        (order(1, tier="expanded"), order(1, "R2"), False),
        (order(1), order(1, "R2", carrier="another"), False),
        (order(1), order(1, "R2", registered="2026-10-01T00:00:00+08:00"), False),
    ],
    ids=["same", "weaker", "stronger", "another carrier", "another registration"],
)
def test_a_number_that_is_ordered_already_is_not_ordered_again(
    sqlite: Journal, tmp_path: Path, first: dict[str, str], second: dict[str, str], superseded: bool
) -> None:
    issued(sqlite, tmp_path / "one", [first])
    found = issued(sqlite, tmp_path / "two", [second, order(9)], AT + 60)
    expected = {second["order_id"]: first["order_id"]} if superseded else {}
    assert expected == found.superseded
    assert 2 - superseded == found.orders
    assert ("planned" if superseded else "issued") == life_of(sqlite, second["order_id"]).state


def test_an_order_that_was_refused_is_not_in_the_way(sqlite: Journal, tmp_path: Path) -> None:
    issued(sqlite, tmp_path / "one", [order(1)])
    answered(sqlite, tmp_path, (order(1)["order_id"], "refused", AT + 1))
    assert 1 == issued(sqlite, tmp_path / "two", [order(1, "R2")], AT + 60).orders


def test_a_restored_number_may_be_ordered_through_another_report(
    journal: Journal, tmp_path: Path
) -> None:
    issued(journal, tmp_path / "one", [order(1)])
    restored(journal, tmp_path / "out", order(1)["order_id"])
    found = issued(journal, tmp_path / "two", [order(1), order(1, "R2")], AT + 200)
    assert (1, (order(1)["order_id"],)) == (found.orders, found.restored)
    assert ("restored", "issued") == (
        life_of(journal, order(1)).state,
        life_of(journal, order(1, "R2")).state,
    )


def test_an_order_that_an_earlier_plan_issued_stays_with_it(
    journal: Journal, tmp_path: Path
) -> None:
    issued(journal, tmp_path / "one", [order(1)])
    found = issued(journal, tmp_path / "two", [order(1), order(2)], AT + 60)
    assert (1, (order(1)["order_id"],)) == (found.orders, found.already)
    (line,) = found.files[1].read_bytes().splitlines()
    assert order(2)["order_id"] == orjson.loads(line)["order_id"]


def test_an_order_that_was_restored_meanwhile_leaves_the_file(
    journal: Journal, tmp_path: Path
) -> None:
    plan = approve_twice(journal, write(tmp_path / "plan", [order(1), order(2, carrier="x")]))
    issue(journal, plan, tmp_path / "out", at=AT)
    restored(journal, tmp_path / "restored", order(2, carrier="x")["order_id"])
    again = issue(journal, plan, tmp_path / "out", at=AT + 200)
    assert (2, 1) == (again.orders, again.since_restored)
    assert b"" == again.files[3].read_bytes()
    assert 1 == len(again.files[1].read_bytes().splitlines())


def test_plans_do_not_overwrite_each_other(sqlite: Journal, tmp_path: Path) -> None:
    for number in (1, 2):
        plan = approve_twice(sqlite, write(tmp_path / str(number), [order(number)], AT + number))
        issue(sqlite, plan, tmp_path / "out", at=AT + 5)
    assert 4 == len(contents(tmp_path / "out"))


def test_a_plan_without_orders(sqlite: Journal, tmp_path: Path) -> None:
    found = issued(sqlite, tmp_path / "plan", [])
    assert (0, ()) == (found.orders, found.files)
    assert sqlite.head_file is not None
    assert str(sqlite.head().hash) in sqlite.head_file.read_text()
