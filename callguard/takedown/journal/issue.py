"""Issuing a plan: what two people approved goes to the carriers, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from callguard.errors import PlanError
from callguard.files import digest_of
from callguard.takedown.journal.approve import NEEDED, check_unaltered
from callguard.takedown.journal.entry import Draft
from callguard.takedown.journal.origin import Origin
from callguard.takedown.journal.people import shown_name
from callguard.takedown.journal.sheets import Row, write_sheets
from callguard.takedown.journal.state import ACTS, JournalState, OrderState, PlanState
from callguard.takedown.journal.store import Journal
from callguard.takedown.planning.folder import PlanFolder
from callguard.times import format_utc

DAY_S: Final = 86_400
MAX_AGE_S: Final = 7 * DAY_S
COLUMNS: Final = (
    "order_id",
    "number",
    "act",
    "tier",
    "service",
    "carrier",
    "report_id",
    "case_id",
    "issued_at",
)


@dataclass(frozen=True, slots=True)
class Issued:
    """What came of issuing a plan.

    ``orders`` went out with this plan. Left out were: ``superseded`` (order id -> id of the live
    order that the number has already), ``already`` (issued by an earlier plan), ``restored``
    (restored or withdrawn before). ``again`` says that the plan had been issued before and only
    its files were written; ``since_restored`` of its orders were restored meanwhile and no longer
    are in them.
    """

    plan: str
    orders: int
    superseded: dict[str, str]
    already: tuple[str, ...]
    restored: tuple[str, ...]
    files: tuple[Path, ...]
    again: bool
    since_restored: int

    def as_dict(self) -> dict[str, Any]:
        return {
            "plan": self.plan,
            "orders": self.orders,
            "superseded": self.superseded,
            "already": list(self.already),
            "restored": list(self.restored),
            "files": [str(path) for path in self.files],
            "again": self.again,
            "since_restored": self.since_restored,
        }


def issue(
    journal: Journal,
    folder: PlanFolder,
    output: Path,
    *,
    at: int,
    by: str = "callguard",
    max_age_s: int = MAX_AGE_S,
) -> Issued:
    """Issue an approved plan: entries first, then one CSV and one JSONL a carrier in ``output``.

    The files are made from the journal alone, so a run that was stopped is finished by running
    it again: the plan counts as issued then, nothing is checked or appended again. A number that
    has a live order of the same or a stronger act, with the same carrier and for the same
    registration, from an earlier plan gets no second one; an order that a carrier refused is not
    in the way. Raises PlanError with every reason at once if the plan must not be issued;
    JournalError, OSError.
    """
    with journal.writing(at, shown_name(by) or "callguard") as writer:
        state = JournalState.of(writer.entries)
        plan = state.plans.get(folder.digest)
        again = plan is not None and plan.issued_at is not None
        if not again:
            plan = _check(folder, state, at, max_age_s)
            state.take(writer.append(list(_drafts(folder, state))))
    if plan is None:
        raise PlanError(f"{folder.path}: no person has approved this plan")
    with journal.alone(state.head) as since:
        state.take(since)
        issued = [
            order
            for order in state.orders.values()
            if order.plan == folder.digest and order.issued_at is not None
        ]
        files = write_sheets(output, folder.digest[:12], COLUMNS, _rows(issued))
    return Issued(
        folder.digest,
        plan.size,
        plan.left_out["superseded"],
        tuple(plan.left_out["already"]),
        tuple(plan.left_out["restored"]),
        files,
        again,
        sum(not order.live for order in issued),
    )


def _check(folder: PlanFolder, state: JournalState, at: int, max_age_s: int) -> PlanState:
    """The plan in the journal. Raises PlanError with every reason why it must not be issued."""
    plan, origin = state.plans.get(folder.digest), Origin.of(folder)
    reasons = [
        *_unapproved(folder, origin, state),
        *_changed(origin),
        *_aged(origin.at, at, max_age_s),
    ]
    if plan is None or reasons:
        raise PlanError("\n".join([f"{folder.path}: the plan is not issued:", *reasons]))
    return plan


def _unapproved(folder: PlanFolder, origin: Origin, state: JournalState) -> Iterator[str]:
    plan = state.plans.get(folder.digest)
    people = [] if plan is None else [approval.name for approval in plan.approvals]
    if len(people) < NEEDED:
        yield (
            f"- {len(people)} of {NEEDED} people have approved it"
            + (f" ({', '.join(people)})" if people else "")
            + "; run `callguard takedown approve`"
        )
    if plan is None and (other := _approved_otherwise(origin, state)):
        yield (
            f"- it was altered after approval: what was approved has the digest {other[:12]}…, "
            f"this has {folder.digest[:12]}…; plan and approve again"
        )
    try:
        check_unaltered(folder)
    except PlanError as error:
        yield f"- {error}"


def _approved_otherwise(origin: Origin, state: JournalState) -> str | None:
    """The digest of an approved plan of the same time and reports, if there is one."""
    same = (origin.at, origin.reports_digest)
    return next(
        (plan.digest for plan in state.plans.values() if same == (plan.planned_at, plan.reports)),
        None,
    )


def _changed(origin: Origin) -> Iterator[str]:
    for what, path, digest in (
        ("registry", origin.manifest, origin.manifest_digest),
        ("reports", origin.reports, origin.reports_digest),
    ):
        try:
            digest_now = digest_of(path)
        except OSError as error:
            yield f"- its {what} cannot be read: {path}: {error.strerror}"
            continue
        if digest_now != digest:
            yield f"- its {what} changed since it was planned: {path}; plan and approve again"


def _aged(planned_at: int, at: int, max_age_s: int) -> Iterator[str]:
    if at - planned_at > max_age_s:
        yield (
            f"- it is of {format_utc(planned_at)}, older than {max_age_s / DAY_S:g} days; "
            "plan and approve again"
        )
    if at < planned_at:
        yield f"- it is of {format_utc(planned_at)}, later than now; set the clock right"


def _drafts(folder: PlanFolder, state: JournalState) -> Iterator[Draft]:
    live = state.live_numbers()
    going: list[str] = []
    superseded: dict[str, str] = {}
    already: list[str] = []
    restored: list[str] = []
    for line in folder.orders:
        order = state.orders[line["order_id"]]
        if order.restored_at is not None:
            restored.append(order.order_id)
        elif order.issued_at is not None:
            already.append(order.order_id)
        elif standing := _standing(order, live.get(order.number, [])):
            superseded[order.order_id] = standing
        else:
            going.append(order.order_id)
    left_out = {"superseded": superseded, "already": already, "restored": restored}
    yield Draft("issued", folder.digest, None, {"orders": len(going), "left_out": left_out})
    for order_id in going:
        yield Draft("issued", folder.digest, order_id, {})


def _standing(order: OrderState, others: list[OrderState]) -> str | None:
    """The id of the live order that does already what ``order`` asks for."""
    for other in others:
        if (
            ACTS.index(other.act) >= ACTS.index(order.act)
            and (other.carrier, other.registered_at) == (order.carrier, order.registered_at)
            and other.state != "refused"
        ):
            return other.order_id
    return None


def _rows(issued: list[OrderState]) -> dict[str, list[Row]]:
    """The carriers' rows; a carrier whose orders are all restored gets files without rows."""
    rows: dict[str, list[Row]] = {order.carrier: [] for order in issued}
    for order in issued:
        if order.live and order.issued_at is not None:
            rows[order.carrier].append(
                {
                    **{key: getattr(order, key) for key in COLUMNS[:-1]},
                    "issued_at": format_utc(order.issued_at),
                }
            )
    return rows
