from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callguard.errors import JournalError
from callguard.numbering import NumberingPlan, NumberList
from callguard.takedown.journal.export import export_list, export_numbers
from callguard.takedown.journal.history import batch_sizes, live_orders, restored_numbers
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.status import Spread, status
from callguard.takedown.journal.store import Journal
from tests.made.journals import answered, approve_twice, issued, restored
from tests.made.plans import AT, DAY, order, write

ORDERS = [
    order(1),
    order(2),
    order(3, carrier="x"),
    order(4, tier="expanded"),
    order(5, "R2"),
    order(6, "R2"),
]
IDS = [one["order_id"] for one in ORDERS]


@pytest.fixture
def busy(journal: Journal, tmp_path: Path) -> Journal:
    """Six orders planned at AT and issued 100 s later, some of which have come further."""
    plan = approve_twice(journal, write(tmp_path / "plan", ORDERS, AT))
    issue(journal, plan, tmp_path / "out", at=AT + 100)
    answered(
        journal,
        tmp_path,
        (IDS[0], "executed", AT + 160),
        (IDS[1], "executed", AT + 7300),
        (IDS[2], "executed", AT + 400),
        (IDS[3], "acknowledged", AT + 200),
        (IDS[4], "refused", AT + 300),
    )
    restored(journal, tmp_path / "out", IDS[1], at=AT + 9000)
    restored(journal, tmp_path / "out", IDS[5], ground="case_closed", at=AT + 9000)
    return journal


def test_how_orders_stand(busy: Journal) -> None:
    found = status(busy, at=AT + 10_000, due_s=3600)
    assert {
        "planned": 0,
        "issued": 0,
        "acknowledged": 1,
        "executed": 2,
        "refused": 1,
        "restored": 2,
        "withdrawn": 0,
    } == found.total.states
    assert Spread(3, 400, 7300) == found.total.planned_to_executed
    assert Spread(3, 300, 7200) == found.total.issued_to_executed
    assert (3, 1, 1 / 3) == (
        found.total.executed,
        found.total.wrongful,
        found.total.wrongful_share,
    )
    (late,) = found.overdue
    assert (IDS[3], "+8613800000004", "acknowledged", 9900) == (
        late.order_id,
        late.number,
        late.state,
        late.waited_s,
    )
    assert ["China Telecom", "x"] == list(found.carriers)
    assert (Spread(1, 300, 300), 0) == (
        found.carriers["x"].issued_to_executed,
        found.carriers["x"].overdue,
    )
    assert (1, 1) == (found.plans, found.plans_issued)
    assert "nearest rank" == orjson.loads(orjson.dumps(found.as_dict()))["method"]


def test_an_order_is_due_for_its_whole_time(busy: Journal) -> None:
    assert 0 == len(status(busy, at=AT + 3700, due_s=3600).overdue)
    assert 1 == len(status(busy, at=AT + 3701, due_s=3600).overdue)


def test_an_empty_journal_has_no_shares(sqlite: Journal) -> None:
    found = status(sqlite, at=AT).total
    assert (Spread(0, None, None), None) == (found.planned_to_executed, found.wrongful_share)


@given(st.lists(st.integers(0, 10_000), min_size=1))
def test_quantiles_are_observed_times_that_enough_do_not_exceed(times: list[int]) -> None:
    found = Spread.of(times)
    for value, share in ((found.median_s, 5), (found.p90_s, 9)):
        assert value in times
        within = sum(time <= value for time in times)
        below = sum(time < value for time in times)
        assert 10 * below < share * len(times) <= 10 * within


def test_numbers_to_load(busy: Journal, tmp_path: Path) -> None:
    path = tmp_path / "lists" / "ordered.txt"
    assert 3 == export_list(busy, path)
    text = path.read_text()
    assert export_numbers(busy) == text
    head = busy.head()
    assert [
        "# Numbers ordered down and not restored: 3 (stop).",
        f"# callguard takedown export-list; head of the journal: entry {head.seq} {head.hash}",
        "+8613800000001",
        "+8613800000003",
        "+8613800000005",
    ] == text.splitlines()
    loaded = NumberList.load(path, NumberingPlan("CN"))
    assert 3 == len(loaded)
    assert "+8613800000001" in loaded
    assert "+8613800000002" not in loaded
    assert 4 == export_list(busy, path, ("reverify", "stop"))
    assert "(reverify, stop)" in path.read_text()


@pytest.mark.parametrize("acts", [(), ("shut",)])
def test_only_acts_are_exported(sqlite: Journal, acts: tuple[str, ...]) -> None:
    with pytest.raises(JournalError, match="reverify, stop"):
        export_numbers(sqlite, acts)


def test_an_empty_list_is_still_a_list(sqlite: Journal, tmp_path: Path) -> None:
    assert 0 == export_list(sqlite, tmp_path / "list")
    assert 0 == len(NumberList.load(tmp_path / "list", NumberingPlan("CN")))


def test_what_planning_wants_to_know(busy: Journal, tmp_path: Path) -> None:
    issued(busy, tmp_path / "later", [order(7)], AT + 5 * DAY)
    issued(busy, tmp_path / "same", [order(7, "R3")], AT + 6 * DAY)
    assert [6, 1] == batch_sizes(busy, at=AT + 6 * DAY)
    assert [1] == batch_sizes(busy, at=AT + 30 * DAY + 100)
    assert [] == batch_sizes(busy, at=AT)
    assert [IDS[0], IDS[2], IDS[3], IDS[4], order(7)["order_id"]] == [
        order.order_id for order in live_orders(busy)
    ]
    assert {"+8613800000002": AT + 9000, "+8613800000006": AT + 9000} == restored_numbers(busy)
