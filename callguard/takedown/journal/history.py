"""What planning wants to know of earlier plans."""

from __future__ import annotations

from callguard.takedown.journal.life import Life, Lives
from callguard.takedown.journal.store import Journal

_DAY_S = 86_400


def batch_sizes(journal: Journal, *, at: int, days: int = 30) -> list[int]:
    """How many orders each plan had that was issued in the ``days`` before ``at``, oldest first.

    Plans of which nothing was issued are left out. Raises JournalError.
    """
    plans = Lives.of(journal.entries()).plans.values()
    issued = [
        (plan.issued_at, plan.size) for plan in plans if plan.issued_at is not None and plan.size
    ]
    return [size for when, size in sorted(issued) if at - days * _DAY_S < when <= at]


def live_orders(journal: Journal) -> list[Life]:
    """The orders that were issued and have not been restored, oldest first. Raises JournalError."""
    return [life for life in Lives.of(journal.entries()).orders.values() if life.live]


def restored_numbers(journal: Journal) -> dict[str, int]:
    """The numbers that were restored or withdrawn and have no live order, and when (seconds).

    Raises JournalError.
    """
    lives = Lives.of(journal.entries())
    live = lives.live_numbers()
    found: dict[str, int] = {}
    for life in lives.orders.values():
        if life.restored_at is not None and life.number not in live:
            found[life.number] = max(life.restored_at, found.get(life.number, life.restored_at))
    return found
