"""What the entries say: the state of every order, and who approved which plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Self

import orjson

from callguard.errors import JournalError
from callguard.takedown.journal.entry import GENESIS, Entry

# Acts from the weakest to the strongest.
ACTS: Final = ("reverify", "stop")
STATES: Final = (
    "planned",
    "issued",
    "acknowledged",
    "executed",
    "refused",
    "restored",
    "withdrawn",
)
GROUNDS: Final = ("appeal", "error", "case_closed")


@dataclass(slots=True)
class OrderState:
    """One order, as far as it has come. Times are seconds since 1970, None if not reached.

    The plain columns are those of the order's line in its plan; ``plan`` is the plan that it was
    issued with, before that the one that it was first planned in. ``executed_at`` is the carrier's
    own time. ``answer`` is the last of ``acknowledged`` and ``refused``.
    """

    order_id: str
    plan: str
    number: str
    carrier: str
    service: str
    act: str
    tier: str
    report_id: str
    case_id: str
    registered_at: str
    planned_at: int
    issued_at: int | None = None
    acknowledged_at: int | None = None
    executed_at: int | None = None
    restored_at: int | None = None
    answer: str | None = None
    ground: str | None = None
    reason: str | None = None
    answers: set[tuple[str, int]] = field(default_factory=set)

    @property
    def state(self) -> str:
        """One of ``STATES``; ``withdrawn`` is restored without ever having been issued."""
        if self.restored_at is not None:
            return "withdrawn" if self.issued_at is None else "restored"
        if self.executed_at is not None:
            return "executed"
        return self.answer or ("planned" if self.issued_at is None else "issued")

    @property
    def live(self) -> bool:
        """Whether it was issued and has not been restored."""
        return self.issued_at is not None and self.restored_at is None

    def note(self, outcome: str, answered_at: int) -> None:
        """Go on with a carrier's answer."""
        self.answers.add((outcome, answered_at))
        if outcome == "executed":
            self.executed_at = answered_at
            return
        self.answer = outcome
        if outcome == "acknowledged" and self.acknowledged_at is None:
            self.acknowledged_at = answered_at


@dataclass(slots=True)
class Approval:
    """One person's yes to a plan."""

    person: str
    name: str
    at: int
    reviewed: bool


@dataclass(slots=True)
class PlanState:
    """One plan that somebody has approved."""

    digest: str
    planned_at: int
    reports: str
    approvals: list[Approval] = field(default_factory=list)
    issued_at: int | None = None
    size: int = 0
    left_out: dict[str, Any] = field(default_factory=dict)


class JournalState:
    """All orders by id and all plans by digest, in the order in which they came.

    ``head`` is that of the last entry that was taken.
    """

    def __init__(self) -> None:
        self.orders: dict[str, OrderState] = {}
        self.plans: dict[str, PlanState] = {}
        self.head = GENESIS

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """Fold entries, oldest first."""
        state = cls()
        state.take(entries)
        return state

    def take(self, entries: Iterable[Entry]) -> None:
        """Go on with further entries. Raises JournalError at one that makes no sense."""
        for entry in entries:
            try:
                body = orjson.loads(entry.body)
                if entry.order_id is None:
                    self._plan(entry, body)
                else:
                    self._order(entry, entry.order_id, body)
            except (KeyError, TypeError, ValueError):
                raise JournalError(
                    f"entry {entry.seq} of the journal ({entry.kind}) cannot be understood: "
                    "another version of callguard wrote it, or another program"
                ) from None
            self.head = entry.head

    def _plan(self, entry: Entry, body: dict[str, Any]) -> None:
        if entry.kind == "approved":
            plan = self.plans.setdefault(
                entry.plan, PlanState(entry.plan, body["planned_at"], body["reports"])
            )
            plan.approvals.append(Approval(body["person"], entry.actor, entry.at, body["reviewed"]))
        else:
            plan = self.plans[entry.plan]
            plan.issued_at, plan.size = entry.at, body["orders"]
            plan.left_out = body["left_out"]

    def _order(self, entry: Entry, order_id: str, body: dict[str, Any]) -> None:
        if entry.kind == "planned":
            self.orders[order_id] = OrderState(order_id, entry.plan, **body)
            return
        order = self.orders[order_id]
        if entry.kind == "issued":
            order.plan, order.issued_at = entry.plan, entry.at
        elif entry.kind == "restored":
            order.restored_at, order.ground, order.reason = entry.at, body["ground"], body["reason"]
        else:
            order.note(entry.kind, body["answered_at"])

    def live_numbers(self) -> dict[str, list[OrderState]]:
        """The live orders by number."""
        by_number: dict[str, list[OrderState]] = {}
        for order in self.orders.values():
            if order.live:
                by_number.setdefault(order.number, []).append(order)
        return by_number
