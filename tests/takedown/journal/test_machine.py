"""What becomes of orders, drawn at random, against a dictionary that is as plain as can be."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from callguard.errors import JournalError, PlanError
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.export import export_numbers
from callguard.takedown.journal.head import read_head
from callguard.takedown.journal.issue import issue
from callguard.takedown.journal.state import JournalState
from callguard.takedown.journal.status import status
from callguard.takedown.journal.store import Journal
from callguard.takedown.journal.verify import verify
from callguard.takedown.planning.folder import PlanFolder
from tests.conftest import LONG
from tests.made.journals import answered, memory_folder, restored
from tests.made.plans import AT, Order, order, write

ORDERS = [
    order(number, report, tier=tier)
    for number in (1, 2)
    for report in ("R1", "R2")
    for tier in ("reported", "expanded")
]
IDS = [one["order_id"] for one in ORDERS]
BY_ID = {one["order_id"]: one for one in ORDERS}
PEOPLE = st.sampled_from(["A", "a ", "B", "C"])
LIVE = {"issued", "acknowledged", "executed", "refused"}


@dataclass
class Drawn:
    """A plan and what became of it."""

    folder: PlanFolder
    ids: list[str]
    people: set[str] = field(default_factory=set)
    issued: list[str] | None = None


class Orders(RuleBasedStateMachine):
    """Commands in any order; ``states`` is what every order should be."""

    @initialize()
    def begin(self) -> None:
        self.room = ExitStack()
        self.folder = self.room.enter_context(memory_folder())
        self.journal = Journal.open(
            self.folder / "journal.db", head_file=self.folder / "head", create=True
        )
        self.states: dict[str, str] = {}
        self.plans: list[Drawn] = []
        self.now = AT

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.room.close()

    @rule(orders=st.lists(st.sampled_from(ORDERS), unique_by=lambda one: str(one["order_id"])))
    def plan(self, orders: list[Order]) -> None:
        self.now += 1
        folder = write(self.folder / f"plan{len(self.plans)}", orders, self.now)
        self.plans.append(Drawn(folder, [one["order_id"] for one in orders]))

    @precondition(lambda self: self.plans)
    @rule(data=st.data(), name=PEOPLE)
    def approve(self, data: st.DataObject, name: str) -> None:
        drawn = data.draw(st.sampled_from(self.plans))
        person = name.strip().lower()
        if person in drawn.people:
            with pytest.raises(PlanError):
                approve(self.journal, drawn.folder, by=name, at=self.now)
            return
        approve(self.journal, drawn.folder, by=name, at=self.now)
        drawn.people.add(person)
        for order_id in drawn.ids:
            self.states.setdefault(order_id, "planned")

    @precondition(lambda self: self.plans)
    @rule(data=st.data())
    def issue(self, data: st.DataObject) -> None:
        drawn = data.draw(st.sampled_from(self.plans))
        self.now += 1
        if len(drawn.people) < 2:
            with pytest.raises(PlanError):
                issue(self.journal, drawn.folder, self.folder / "out", at=self.now)
            return
        found = issue(self.journal, drawn.folder, self.folder / "out", at=self.now)
        assert found.again == (drawn.issued is not None)
        if drawn.issued is None:
            in_force = [one for one, state in self.states.items() if state in LIVE - {"refused"}]
            drawn.issued = [
                one
                for one in drawn.ids
                if self.states[one] == "planned"
                and not any(_covers(other, one) for other in in_force)
            ]
            self.states.update(dict.fromkeys(drawn.issued, "issued"))
        assert len(drawn.issued) == found.orders
        written = "".join(path.read_text() for path in found.files if path.suffix == ".jsonl")
        expected = {one for one in drawn.issued if self.states[one] in LIVE}
        assert expected == {one for one in IDS if one in written}

    @rule(order_id=st.sampled_from(IDS), outcome=st.sampled_from(["acknowledged", "executed"]))
    def answer(self, order_id: str, outcome: str) -> None:
        self._answer(order_id, outcome)

    @rule(order_id=st.sampled_from(IDS))
    def refuse(self, order_id: str) -> None:
        self._answer(order_id, "refused")

    def _answer(self, order_id: str, outcome: str) -> None:
        self.now += 1
        state = self.states.get(order_id)
        was_executed = (order_id, "executed") in self.answers
        if state in {None, "planned", "withdrawn"} or (outcome == "refused" and was_executed):
            with pytest.raises(JournalError):
                answered(self.journal, self.folder, (order_id, outcome, self.now))
            return
        found = answered(self.journal, self.folder, (order_id, outcome, self.now))
        if state == "restored":
            assert bool(found.late) == (not found.repeated)
        elif state != "executed":
            self.states[order_id] = outcome

    @property
    def answers(self) -> set[tuple[str | None, str]]:
        """What carriers have said, as the entries tell."""
        return {(entry.order_id, entry.kind) for entry in self.journal.raw()}

    @rule(order_id=st.sampled_from(IDS))
    def restore_order(self, order_id: str) -> None:
        self._restore([order_id] if order_id in self.states else [], order_id=order_id)

    @rule(report_id=st.sampled_from(["R1", "R2"]))
    def restore_report(self, report_id: str) -> None:
        chosen = [one for one in self.states if BY_ID[one]["report_id"] == report_id]
        self._restore(chosen, report_id=report_id)

    def _restore(
        self, chosen: list[str], order_id: str | None = None, report_id: str | None = None
    ) -> None:
        self.now += 1
        if not chosen:
            with pytest.raises(JournalError):
                restored(self.journal, self.folder / "out", order_id, report_id, at=self.now)
            return
        found = restored(self.journal, self.folder / "out", order_id, report_id, at=self.now)
        new = {one for one in chosen if self.states[one] not in {"restored", "withdrawn"}}
        assert new == {*found.restored, *found.withdrawn}
        assert set(chosen) - new == set(found.already)
        for one in new:
            self.states[one] = "withdrawn" if self.states[one] == "planned" else "restored"

    @invariant()
    def is_as_it_should_be(self) -> None:
        if not hasattr(self, "journal"):
            return
        state = JournalState.of(self.journal.entries())
        assert self.states == {one: order.state for one, order in state.orders.items()}
        counts = status(self.journal, at=self.now).total.states
        assert len(self.states) == sum(counts.values())
        expected = sorted(
            {
                BY_ID[one]["number"]
                for one, state in self.states.items()
                if state in LIVE and BY_ID[one]["act"] == "stop"
            }
        )
        listed = export_numbers(self.journal).splitlines()
        assert expected == [line for line in listed if not line.startswith("#")]
        assert verify(self.journal, read_head(self.folder / "head")).ok
        assert self.journal.head() == (read_head(self.folder / "head") or (0, "0" * 64))


def _covers(standing: str, wanted: str) -> bool:
    one, other = BY_ID[standing], BY_ID[wanted]
    return bool(
        one["number"] == other["number"] and (one["act"], other["act"]) != ("reverify", "stop")
    )


TestOrders = Orders.TestCase
TestOrders.settings = settings(
    max_examples=100 if LONG else 8, stateful_step_count=40 if LONG else 20
)
