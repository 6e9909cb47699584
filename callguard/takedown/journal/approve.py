"""Approving a plan: two different people, each for the plan as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from callguard.errors import PlanError
from callguard.takedown.journal.entry import Draft
from callguard.takedown.journal.origin import Origin
from callguard.takedown.journal.people import person_of, shown_name
from callguard.takedown.journal.state import ACTS, JournalState, OrderState
from callguard.takedown.journal.store import Journal
from callguard.takedown.planning.folder import PlanFolder

NEEDED: Final = 2
_ORDER_ID: Final = re.compile("[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"\+[0-9]{1,15}")
_TEXTS: Final = ("number", "carrier", "service", "act", "tier", "report_id", "case_id")


@dataclass(frozen=True, slots=True)
class Approved:
    """A plan after an approval: who has approved it, and how many people still must."""

    plan: str
    people: tuple[str, ...]
    missing: int
    orders: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "people": list(self.people),
            "missing": self.missing,
            "orders": self.orders,
        }


def approve(
    journal: Journal, folder: PlanFolder, *, by: str, at: int, reviewed: bool = False
) -> Approved:
    """Record that a person approves the plan, under the digest that it has now.

    The first approval also writes what is planned, one entry an order. Raises PlanError, and
    nothing is written, if the name is empty or has approved this plan already, if caps were hit
    and ``reviewed`` is false, or if the plan was altered; JournalError, OSError.
    """
    name, person = _name(by)
    origin = Origin.of(folder)
    with journal.writing(at, name) as writer:
        state = JournalState.of(writer.entries)
        orders = dict(_orders(folder, origin.at, state))
        check_unaltered(folder)
        known = state.plans.get(folder.digest)
        if known and any(approval.person == person for approval in known.approvals):
            raise PlanError(
                f"{folder.path}: {name} has approved this plan already; "
                f"{NEEDED} different people must"
            )
        if origin.review and not reviewed:
            raise PlanError(
                f"{folder.path}: caps were hit ({_caps(origin.review)}); "
                "look at what was left out, then approve with --reviewed"
            )
        body = {
            "person": person,
            "reviewed": reviewed,
            "review": len(origin.review),
            "planned_at": origin.at,
            "reports": origin.reports_digest,
            "registry": origin.manifest_digest,
            "orders": len(orders),
        }
        drafts = [Draft("approved", folder.digest, None, body)]
        drafts += [
            Draft("planned", folder.digest, order_id, essentials)
            for order_id, essentials in orders.items()
            if order_id not in state.orders
        ]
        state.take(writer.append(drafts))
    people = tuple(approval.name for approval in state.plans[folder.digest].approvals)
    return Approved(folder.digest, people, max(0, NEEDED - len(people)), len(orders))


def check_unaltered(folder: PlanFolder) -> None:
    """Raise PlanError if the folder on the disk no longer holds the plan that was read."""
    if PlanFolder.load(folder.path).digest != folder.digest:
        raise PlanError(
            f"{folder.path}: there is another plan here now than the one that was read; "
            "plan and approve again"
        )


def _name(by: str) -> tuple[str, str]:
    name, person = shown_name(by), person_of(by)
    if not person:
        raise PlanError("an approval needs the name of the person who gives it")
    return name, person


def _caps(review: Sequence[Mapping[str, Any]]) -> str:
    shown = [f"{hit['cap']}: {hit['count']} of at most {hit['limit']}" for hit in review[:3]]
    return ", ".join([*shown, "…"] if len(review) > 3 else shown)


def _orders(
    folder: PlanFolder, at: int, state: JournalState
) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the journal keeps of each order of a plan. Raises PlanError at one that is unsound."""
    seen: set[str] = set()
    for line, order in enumerate(folder.orders, 1):
        location = f"{folder.path / 'orders.jsonl'}:{line}"
        try:
            order_id = order["order_id"]
            kept = {key: order[key] for key in _TEXTS}
            kept["registered_at"] = order["evidence"]["registered_at"]
        except (KeyError, TypeError):
            raise PlanError(f"{location}: the order lacks a column; plan again") from None
        if not all(isinstance(text, str) for text in (order_id, *kept.values())):
            raise PlanError(f"{location}: a column of the order is not text; plan again")
        if not _ORDER_ID.fullmatch(order_id) or order_id in seen:
            raise PlanError(
                f"{location}: the order id is not 32 hex digits, or appears twice; plan again"
            )
        if kept["act"] not in ACTS or not _NUMBER.fullmatch(kept["number"]):
            raise PlanError(
                f"{location}: order {order_id} has an act other than {' and '.join(ACTS)}, "
                "or no number of + and digits; plan again"
            )
        standing = state.orders.get(order_id)
        if standing and not _same(standing, kept):
            raise PlanError(
                f"{location}: order {order_id} is in the journal with other content; an id is a "
                "hash of what is ordered, so this line was altered; plan again"
            )
        seen.add(order_id)
        yield order_id, {**kept, "planned_at": at}


def _same(order: OrderState, kept: Mapping[str, Any]) -> bool:
    # The service is none of what an order id is made of: a feed may correct it.
    return all(getattr(order, key) == value for key, value in kept.items() if key != "service")
