"""Restoring: an order, or all that came from one report, is taken back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from callguard.errors import JournalError
from callguard.takedown.journal.entry import Draft
from callguard.takedown.journal.people import shown_name
from callguard.takedown.journal.sheets import Row, write_sheets
from callguard.takedown.journal.state import GROUNDS, JournalState, OrderState
from callguard.takedown.journal.store import Journal
from callguard.takedown.text import clean
from callguard.times import format_utc

ACT: Final = "restore"
COLUMNS: Final = (
    "order_id",
    "number",
    "act",
    "service",
    "carrier",
    "report_id",
    "case_id",
    "ground",
    "reason",
    "restored_at",
)
_HEX: Final = re.compile("[0-9a-f]{32}")
_OF_ORDER: Final = frozenset({"order_id", "number", "service", "carrier", "report_id", "case_id"})


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring.

    ``restored`` were with a carrier and are taken back, ``withdrawn`` had never been issued and
    never will be, ``already`` had been restored or withdrawn before: order ids. ``still`` are
    live orders from other reports on the same numbers, which stay in force. ``files`` are
    for the carriers.
    """

    restored: tuple[str, ...]
    withdrawn: tuple[str, ...]
    already: tuple[str, ...]
    still: tuple[str, ...]
    files: tuple[Path, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "restored": list(self.restored),
            "withdrawn": list(self.withdrawn),
            "already": list(self.already),
            "still": list(self.still),
            "files": [str(path) for path in self.files],
        }


def restore(  # noqa: PLR0913  who, why and on what ground are all wanted
    journal: Journal,
    *,
    order_id: str | None = None,
    report_id: str | None = None,
    by: str,
    reason: str,
    ground: str,
    output: Path,
    at: int,
) -> Restored:
    """Take back one order, or every order of one report; exactly one of both is named.

    Entries first, then one CSV and one JSONL a carrier in ``output``, with all orders that were
    named and had been issued, whenever they were restored: a run that was stopped is finished by
    running it again. The first reason stays. Raises JournalError for an unknown id, an unknown
    ground, an empty name or reason; OSError.
    """
    name, why = shown_name(by), clean(reason)
    _check(order_id, report_id, name, why, ground)
    with journal.writing(at, name) as writer:
        state = JournalState.of(writer.entries)
        chosen = _chosen(state, order_id, report_id)
        open_ones = [order for order in chosen if order.restored_at is None]
        already = tuple(order.order_id for order in chosen if order.restored_at is not None)
        body = {"ground": ground, "reason": why}
        drafts = [Draft("restored", order.plan, order.order_id, body) for order in open_ones]
        state.take(writer.append(drafts))
    with journal.alone(state.head) as since:
        state.take(since)
        named = order_id or f"report\0{report_id}"
        ending = f"restore-{hashlib.sha256(named.encode()).hexdigest()[:12]}"
        files = write_sheets(output, ending, COLUMNS, _rows(_chosen(state, order_id, report_id)))
    ids = {order.order_id for order in chosen}
    numbers = state.live_numbers()
    return Restored(
        tuple(order.order_id for order in open_ones if order.state == "restored"),
        tuple(order.order_id for order in open_ones if order.state == "withdrawn"),
        already,
        tuple(
            sorted(
                other.order_id
                for number in {order.number for order in chosen}
                for other in numbers.get(number, [])
                if other.order_id not in ids
            )
        ),
        files,
    )


def _check(order_id: str | None, report_id: str | None, name: str, why: str, ground: str) -> None:
    if (order_id is None) == (report_id is None):
        raise JournalError("name one order id or one report id, not both")
    if not name or not why:
        raise JournalError("restoring needs the name of the person who does it, and a reason")
    if ground not in GROUNDS:
        raise JournalError(f"the ground is one of {', '.join(GROUNDS)}")


def _chosen(state: JournalState, order_id: str | None, report_id: str | None) -> list[OrderState]:
    if order_id is not None:
        if order_id in state.orders:
            return [state.orders[order_id]]
        raise unknown("order", order_id, list(state.orders))
    chosen = [order for order in state.orders.values() if order.report_id == report_id]
    if not chosen:
        known = {order.report_id for order in state.orders.values()}
        raise unknown("report", str(report_id), sorted(known))
    return chosen


def unknown(what: str, given: str, known: list[str]) -> JournalError:
    """The error for an id that the journal does not have, with those that look like it."""
    near = [one for one in known if given and one.startswith(given)] if len(given) >= 4 else []
    near = (near or get_close_matches(given, known, 3, 0.8))[:3]
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    shown = given if _HEX.fullmatch(given) else clean(given, 64)
    return JournalError(f"no {what} {shown} is in the journal{hint}")


def _rows(chosen: list[OrderState]) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for order in chosen:
        if order.state == "restored" and order.restored_at is not None:
            rows.setdefault(order.carrier, []).append(
                {
                    **{key: getattr(order, key) for key in COLUMNS if key in _OF_ORDER},
                    "act": ACT,
                    "ground": order.ground or "",
                    "reason": order.reason or "",
                    "restored_at": format_utc(order.restored_at),
                }
            )
    return rows
