"""The states of orders: by state and carrier, times to shut, overdue, wrongful closures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Final

from callguard.takedown.journal.state import STATES, JournalState, OrderState
from callguard.takedown.journal.store import Journal

DUE_S: Final = 86_400
# Grounds that say that the number should not have been shut.
WRONGFUL: Final = frozenset({"appeal", "error"})
# A quantile is always a time that was observed: number ceil(q * n) of n in order.
METHOD: Final = "nearest rank"


@dataclass(frozen=True, slots=True)
class Spread:
    """Times in seconds: how many, and quantiles by nearest rank; None where there are none."""

    count: int
    median_s: int | None
    p90_s: int | None

    @classmethod
    def of(cls, times: Iterable[int]) -> Spread:
        """The spread of times."""
        ranked = sorted(times)
        count = len(ranked)
        if not count:
            return cls(0, None, None)
        # In whole tenths: 0.9 * 10 is 9.000000000000002 to some machine or other.
        return cls(count, ranked[ceil(5 * count / 10) - 1], ranked[ceil(9 * count / 10) - 1])


@dataclass(frozen=True, slots=True)
class Overdue:
    """An order that a carrier should have dealt with: it was issued ``waited_s`` ago."""

    order_id: str
    number: str
    carrier: str
    act: str
    state: str
    issued_at: int
    waited_s: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Some orders: counts by state, times to shut, and what went wrong.

    ``planned_to_executed`` counts from the time of the first plan, ``issued_to_executed`` from the
    issue, both to the time that the carrier gives for its act; orders that were restored later
    count as well. ``wrongful`` were restored on appeal or as an error after they had been issued;
    ``wrongful_share`` is the share of such orders among all that were executed, None if none was.
    """

    states: dict[str, int]
    planned_to_executed: Spread
    issued_to_executed: Spread
    overdue: int
    executed: int
    wrongful: int
    wrongful_share: float | None


@dataclass(frozen=True, slots=True)
class Status:
    """The journal at one moment. ``plans`` counts approved plans, ``plans_issued`` issued ones."""

    at: int
    due_s: int
    entries: int
    plans: int
    plans_issued: int
    total: Standing
    carriers: dict[str, Standing]
    overdue: tuple[Overdue, ...]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "overdue": [asdict(one) for one in self.overdue], "method": METHOD}


def status(journal: Journal, *, at: int, due_s: int = DUE_S) -> Status:
    """The states of all orders at ``at``; one is overdue ``due_s`` seconds after its issue.

    Overdue means: issued, and neither executed nor refused nor restored; the longest waiting come
    first. Raises JournalError.
    """
    state = JournalState.of(journal.entries())
    orders = list(state.orders.values())
    by_carrier: dict[str, list[OrderState]] = {}
    for order in orders:
        by_carrier.setdefault(order.carrier, []).append(order)
    overdue = sorted(
        (_overdue(order, at) for order in orders if _is_overdue(order, at, due_s)),
        key=lambda one: (one.issued_at, one.order_id),
    )
    return Status(
        at=at,
        due_s=due_s,
        entries=state.head.seq,
        plans=len(state.plans),
        plans_issued=sum(plan.issued_at is not None for plan in state.plans.values()),
        total=_standing(orders, at, due_s),
        carriers={name: _standing(by_carrier[name], at, due_s) for name in sorted(by_carrier)},
        overdue=tuple(overdue),
    )


def _is_overdue(order: OrderState, at: int, due_s: int) -> bool:
    return (
        order.issued_at is not None
        and order.state in {"issued", "acknowledged"}
        and at - order.issued_at > due_s
    )


def _overdue(order: OrderState, at: int) -> Overdue:
    issued_at = order.issued_at or 0
    return Overdue(
        order.order_id,
        order.number,
        order.carrier,
        order.act,
        order.state,
        issued_at,
        at - issued_at,
    )


def _standing(orders: list[OrderState], at: int, due_s: int) -> Standing:
    states = dict.fromkeys(STATES, 0)
    planned, issued = [], []
    executed = wrongful = wrongful_executed = 0
    for order in orders:
        states[order.state] += 1
        wrong = order.state == "restored" and order.ground in WRONGFUL
        wrongful += wrong
        if order.executed_at is not None and order.issued_at is not None:
            executed += 1
            wrongful_executed += wrong
            # A carrier's clock may lag behind ours: no order is shut before it is made.
            planned.append(max(0, order.executed_at - order.planned_at))
            issued.append(max(0, order.executed_at - order.issued_at))
    return Standing(
        states=states,
        planned_to_executed=Spread.of(planned),
        issued_to_executed=Spread.of(issued),
        overdue=sum(_is_overdue(order, at, due_s) for order in orders),
        executed=executed,
        wrongful=wrongful,
        wrongful_share=wrongful_executed / executed if executed else None,
    )
