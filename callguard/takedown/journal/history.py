"""What planning wants to know of earlier plans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callguard.takedown.journal.state import JournalState, OrderState
from callguard.takedown.journal.store import Journal

_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a plan takes from the journal; nothing before there is one.

    ``batches`` are the sizes of the batches of the last 30 days, ``restored`` the numbers that were
    given back, and when (seconds since 1970).
    """

    batches: Sequence[int] = ()
    restored: Mapping[str, int] = field(default_factory=dict)


def earlier(where: str | Path, *, at: int) -> Earlier:
    """What planning at ``at`` has to know of earlier plans. Raises JournalError."""
    journal = Journal.find(where)
    if journal is None:
        return Earlier()
    return Earlier(batch_sizes(journal, at=at), restored_numbers(journal))


def batch_sizes(journal: Journal, *, at: int, days: int = 30) -> list[int]:
    """How many orders each plan had that was issued in the ``days`` before ``at``, oldest first.

    Plans of which nothing was issued are left out. Raises JournalError.
    """
    plans = JournalState.of(journal.entries()).plans.values()
    issued = [
        (plan.issued_at, plan.size) for plan in plans if plan.issued_at is not None and plan.size
    ]
    return [size for when, size in sorted(issued) if at - days * _DAY_S < when <= at]


def live_orders(journal: Journal) -> list[OrderState]:
    """The orders that were issued and have not been restored, oldest first. Raises JournalError."""
    return [order for order in JournalState.of(journal.entries()).orders.values() if order.live]


def restored_numbers(journal: Journal) -> dict[str, int]:
    """The numbers that were restored or withdrawn and have no live order, and when (seconds).

    Raises JournalError.
    """
    state = JournalState.of(journal.entries())
    live = state.live_numbers()
    numbers: dict[str, int] = {}
    for order in state.orders.values():
        if order.restored_at is not None and order.number not in live:
            numbers[order.number] = max(
                order.restored_at, numbers.get(order.number, order.restored_at)
            )
    return numbers
