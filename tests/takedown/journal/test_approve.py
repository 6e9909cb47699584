from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from callguard.errors import PlanError
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.state import JournalState
from callguard.takedown.journal.store import Journal
from callguard.takedown.planning.folder import PlanFolder
from tests.made.plans import AT, order, write


@pytest.fixture
def plan(tmp_path: Path) -> PlanFolder:
    return write(tmp_path / "plan", [order(1), order(2, tier="expanded")])


def test_the_first_approval_writes_what_is_planned(journal: Journal, plan: PlanFolder) -> None:
    found = approve(journal, plan, by="Li Wei", at=AT + 5)
    assert (("Li Wei",), 1, 2) == (found.people, found.missing, found.orders)
    entries = list(journal.entries())
    assert ["approved", "planned", "planned"] == [entry.kind for entry in entries]
    assert {(AT + 5, plan.digest, "Li Wei")} == {
        (entry.at, entry.plan, entry.actor) for entry in entries
    }
    kept = JournalState.of(entries).orders[plan.orders[1]["order_id"]]
    assert ("+8613800000002", "China Telecom", "reverify", "expanded", "R1", "C1", AT) == (
        kept.number,
        kept.carrier,
        kept.act,
        kept.tier,
        kept.report_id,
        kept.case_id,
        kept.planned_at,
    )


def test_the_second_approval_is_one_entry(journal: Journal, plan: PlanFolder) -> None:
    approve(journal, plan, by="Li Wei", at=AT)
    found = approve(journal, plan, by="王芳", at=AT + 1)
    assert (("Li Wei", "王芳"), 0) == (found.people, found.missing)
    assert 4 == journal.head().seq


@pytest.mark.parametrize(
    "spelling",
    ["Li Wei", "li  wei ", "LI WEI", "\tLi\u3000Wei", "Ｌｉ Ｗｅｉ", "Li\u200b Wei", "Li\xa0Wei"],
)
def test_one_person_is_one_approval_however_spelled(
    sqlite: Journal, plan: PlanFolder, spelling: str
) -> None:
    approve(sqlite, plan, by="Li Wei", at=AT)
    before = sqlite.head()
    with pytest.raises(PlanError, match="has approved this plan already; 2 different people must"):
        approve(sqlite, plan, by=spelling, at=AT + 9)
    assert before == sqlite.head()


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\x00", "\u3000"])
def test_a_name_is_wanted(sqlite: Journal, plan: PlanFolder, name: str) -> None:
    with pytest.raises(PlanError, match="needs the name"):
        approve(sqlite, plan, by=name, at=AT)
    assert 0 == sqlite.head().seq


def test_caps_that_were_hit_want_a_review(journal: Journal, tmp_path: Path) -> None:
    hit = {"cap": "owner", "subject": "x", "count": 30, "limit": 20}
    plan = write(tmp_path / "plan", [order(1)], review=[hit])
    with pytest.raises(PlanError, match=r"caps were hit \(owner: 30 of at most 20\).*--reviewed"):
        approve(journal, plan, by="A", at=AT)
    assert 0 == journal.head().seq
    approve(journal, plan, by="A", at=AT, reviewed=True)
    (approval,) = JournalState.of(journal.entries()).plans[plan.digest].approvals
    assert (True, "A", AT) == (approval.reviewed, approval.name, approval.at)


def test_an_altered_plan_is_refused(sqlite: Journal, plan: PlanFolder) -> None:
    write(plan.path, [order(1)])
    with pytest.raises(PlanError, match="another plan"):
        approve(sqlite, plan, by="A", at=AT)
    (plan.path / "orders.jsonl").write_bytes(b"")
    with pytest.raises(PlanError, match="altered"):
        approve(sqlite, plan, by="A", at=AT)
    assert 0 == sqlite.head().seq


def test_approvals_are_for_one_digest(sqlite: Journal, plan: PlanFolder) -> None:
    approve(sqlite, plan, by="A", at=AT)
    other = write(plan.path, [order(1)])
    assert 1 == approve(sqlite, other, by="B", at=AT).missing


def test_an_order_is_planned_once(sqlite: Journal, plan: PlanFolder, tmp_path: Path) -> None:
    approve(sqlite, plan, by="A", at=AT)
    later = write(tmp_path / "later", [order(1), order(3)], AT + 60)
    approve(sqlite, later, by="A", at=AT + 60)
    planned = [entry.order_id for entry in sqlite.entries() if entry.kind == "planned"]
    assert [order(1)["order_id"], order(2, tier="expanded")["order_id"], order(3)["order_id"]] == (
        planned
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"order_id": "x"}, "the order id is not 32 hex digits"),
        ({"number": "13800000001"}, "no number of"),
        ({"act": "erase"}, "an act other than"),
        ({"carrier": None}, "is not text"),
        ({"carrier": "other"}, "is in the journal with other content"),
        ({"evidence": None}, "lacks a column"),
    ],
)
def test_an_unsound_order_is_refused(
    sqlite: Journal, plan: PlanFolder, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    approve(sqlite, plan, by="A", at=AT)
    bad = write(tmp_path / "bad", [order(5), {**order(1), **change}])
    with pytest.raises(PlanError, match=rf"orders\.jsonl:2: .*{message}"):
        approve(sqlite, bad, by="A", at=AT)


def test_an_order_that_stands_twice_is_refused(sqlite: Journal, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="appears twice"):
        approve(sqlite, write(tmp_path / "bad", [order(5), order(5)]), by="A", at=AT)


@pytest.mark.parametrize(
    "change",
    [{"at": "now"}, {"at": None}, {"registry": {}}, {"reports": "x"}, {"review": [{}]}],
)
def test_a_summary_that_does_not_say_enough_is_refused(
    sqlite: Journal, plan: PlanFolder, change: dict[str, object]
) -> None:
    poor = replace(plan, summary={**plan.summary, **change})
    with pytest.raises(PlanError, match=r"summary\.json: does not say when and out of what"):
        approve(sqlite, poor, by="A", at=AT)
