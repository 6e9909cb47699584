from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from callguard.errors import JournalError
from callguard.takedown.documents import MASK
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.restore import COLUMNS, restore
from callguard.takedown.journal.store import Journal
from tests.made.journals import contents, issued, life_of, restored
from tests.made.plans import AT, order, write


def test_one_order_is_taken_back(journal: Journal, tmp_path: Path) -> None:
    issued(journal, tmp_path / "plan", [order(1), order(2)])
    found = restored(journal, tmp_path / "out", order(1)["order_id"])
    assert ((order(1)["order_id"],), (), (), ()) == (
        found.restored,
        found.withdrawn,
        found.already,
        found.still,
    )
    (line,) = found.files[1].read_bytes().splitlines()
    expected = {key: order(1)[key] for key in COLUMNS if key in order(1)} | {
        "act": "restore",
        "ground": "appeal",
        "reason": "the owner appealed",
        "restored_at": "2026-11-24T00:01:40Z",
    }
    assert expected == orjson.loads(line)
    assert ["restored", "issued"] == [life_of(journal, order(n)).state for n in (1, 2)]


def test_everything_that_came_from_a_report(journal: Journal, tmp_path: Path) -> None:
    orders = [order(1), order(2, tier="expanded", carrier="x"), order(3, "R2")]
    issued(journal, tmp_path / "plan", orders)
    found = restored(journal, tmp_path / "out", report_id="R1")
    assert (orders[0]["order_id"], orders[1]["order_id"]) == found.restored
    assert 4 == len(found.files)
    assert ["restored", "restored", "issued"] == [life_of(journal, one).state for one in orders]


def test_restoring_twice_is_one_effect(journal: Journal, tmp_path: Path) -> None:
    issued(journal, tmp_path / "plan", [order(1)])
    first = restored(journal, tmp_path / "out", order(1)["order_id"])
    files, head = contents(tmp_path / "out"), journal.head()
    again = restored(journal, tmp_path / "out", order(1)["order_id"], ground="error", at=AT + 900)
    assert ((), first.restored, first.files) == (again.restored, again.already, again.files)
    assert files == contents(tmp_path / "out")
    assert head == journal.head()
    assert "appeal" == life_of(journal, order(1)).ground


def test_what_was_never_issued_is_withdrawn_for_good(journal: Journal, tmp_path: Path) -> None:
    plan = write(tmp_path / "plan", [order(1), order(2)])
    approve(journal, plan, by="A", at=AT)
    found = restored(journal, tmp_path / "out", order(1)["order_id"])
    assert ((), (order(1)["order_id"],), ()) == (found.restored, found.withdrawn, found.files)
    withdrawn = {"restored": [], "withdrawn": [order(1)["order_id"]]}
    assert {**withdrawn, "already": [], "still": [], "files": []} == found.as_dict()
    approve(journal, plan, by="B", at=AT)
    went = issue(journal, plan, tmp_path / "out", at=AT)
    assert (1, (order(1)["order_id"],)) == (went.orders, went.restored)
    assert "withdrawn" == life_of(journal, order(1)).state


def test_other_orders_on_the_number_are_named(sqlite: Journal, tmp_path: Path) -> None:
    weaker = order(1, tier="expanded")
    issued(sqlite, tmp_path / "one", [weaker])
    issued(sqlite, tmp_path / "two", [order(1, "R2")], AT + 1)
    assert (weaker["order_id"],) == restored(sqlite, tmp_path / "out", report_id="R2").still


@pytest.mark.parametrize(
    ("order_id", "report_id", "hint"),
    [
        (order(1)["order_id"][:-1] + "x", None, f"; did you mean {order(1)['order_id']}"),
        (order(1)["order_id"][:6], None, f"; did you mean {order(1)['order_id']}"),
        (None, "police-2026-10", "; did you mean police-2026-01"),
        (None, "", "no report  is in the journal"),
        ("zzz", None, "no order zzz is in the journal$"),
    ],
)
def test_an_unknown_id(
    sqlite: Journal, tmp_path: Path, order_id: str | None, report_id: str | None, hint: str
) -> None:
    issued(sqlite, tmp_path / "one", [order(1), order(2, "police-2026-01")])
    with pytest.raises(JournalError, match=hint):
        restored(sqlite, tmp_path / "out", order_id, report_id)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"by": " "}, "the name"),
        ({"reason": "\u200b"}, "a reason"),
        ({"ground": "mercy"}, "one of appeal, error, case_closed"),
        ({"report_id": "R1"}, "not both"),
        ({"order_id": None}, "one order id or one report id"),
    ],
)
def test_what_is_wanted(
    sqlite: Journal, tmp_path: Path, change: dict[str, str], message: str
) -> None:
    issued(sqlite, tmp_path / "one", [order(1)])
    before = sqlite.head()
    given = {"order_id": order(1)["order_id"], "by": "C", "reason": "why", "ground": "error"}
    with pytest.raises(JournalError, match=message):
        restore(sqlite, **{**given, **change}, output=tmp_path / "out", at=AT)
    assert before == sqlite.head()


def test_no_identity_document_gets_in_through_a_reason(sqlite: Journal, tmp_path: Path) -> None:
    issued(sqlite, tmp_path / "one", [order(1)])
    reason = (
        "身份证11010519491231002X号、１１０１０５１９４９１２３１００２１ and 110105 491231 002"
    )
    restore(
        sqlite,
        order_id=order(1)["order_id"],
        by="C",
        reason=f"{reason}; tel +8613800000001",
        ground="error",
        output=tmp_path / "out",
        at=AT,
    )
    expected = f"身份证{MASK}号、{MASK} and {MASK}; tel +8613800000001"
    assert expected == life_of(sqlite, order(1)).reason
    assert "19491231" not in "".join(entry.body for entry in sqlite.entries())
