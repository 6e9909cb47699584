"""Taking in what carriers answer to their orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from callguard.errors import JournalError
from callguard.faults import Faults
from callguard.takedown.journal.answers import Answer, read_answers
from callguard.takedown.journal.entry import Draft
from callguard.takedown.journal.people import shown_name
from callguard.takedown.journal.restore import ACT as RESTORE
from callguard.takedown.journal.restore import unknown
from callguard.takedown.journal.state import JournalState, OrderState
from callguard.takedown.journal.store import Journal

# How far a carrier's clock may differ from ours.
SKEW_S: Final = 300


@dataclass(slots=True)
class Acknowledged:
    """How many answers were new, by outcome, and how many had been taken in before.

    ``late`` are orders that a carrier answered although they had been restored: the number may
    be shut against the restore, and a person must ask.
    """

    acknowledged: int
    executed: int
    refused: int
    repeated: int
    late: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "acknowledged": self.acknowledged,
            "executed": self.executed,
            "refused": self.refused,
            "repeated": self.repeated,
            "late": list(self.late),
        }


def acknowledge(journal: Journal, files: Sequence[Path], *, at: int, by: str) -> Acknowledged:
    """Take in carriers' answers, each file as a whole or not at all.

    An answer that was taken in before has no further effect; the first ``executed`` stays.
    ``executed`` without ``acknowledged`` implies it. Raises JournalError with ``FILE:LINE`` of
    every fault after all sound files were taken in; OSError if the head file cannot be written.
    """
    name = shown_name(by)
    if not name:
        raise JournalError("taking in answers needs the name of the person who does it")
    result = Acknowledged(0, 0, 0, 0, ())
    bad = Faults(limit=None)
    taken = 0
    for path in files:
        faults = Faults(str(path))
        answers = read_answers(path, faults)
        if not faults:
            _take(journal, answers, at, name, faults, result)
        bad.extend(faults.faults)
        taken += not faults
    if bad:
        said = f"{bad}\nnothing of these files was taken in; {taken} others were"
        error = JournalError(said)
        error.faults = bad.faults
        raise error
    return result


def _take(
    journal: Journal,
    answers: Sequence[Answer],
    at: int,
    name: str,
    faults: Faults,
    result: Acknowledged,
) -> None:
    drafts: list[Draft] = []
    late: list[str] = []
    repeated = 0
    with journal.writing(at, name) as writer:
        state = JournalState.of(writer.entries)
        for answer in answers:
            if fault := _fault(answer, state, at):
                faults.add("", fault, line=answer.line)
                continue
            order = state.orders[answer.order_id]
            made = _drafts(answer, order)
            repeated += not made
            if made and order.restored_at is not None:
                late.append(order.order_id)
            for draft in made:
                # The next answers of the same file see this one.
                order.note(draft.kind, draft.body["answered_at"])
            drafts += made
        if faults:
            return
        writer.append(drafts)
    result.repeated += repeated
    result.late = tuple(dict.fromkeys([*result.late, *late]))
    for draft in drafts:
        setattr(result, draft.kind, getattr(result, draft.kind) + 1)


def _fault(answer: Answer, state: JournalState, at: int) -> str | None:
    order = state.orders.get(answer.order_id)
    if order is None:
        return str(unknown("order", answer.order_id, []))
    if order.issued_at is None:
        return f"order {order.order_id} was never issued"
    if answer.carrier and answer.carrier != order.carrier:
        return f"order {order.order_id} went to another carrier than the one that answers here"
    if answer.number and answer.number != order.number:
        return f"order {order.order_id} is about another number than the one in this line"
    if answer.act.lower() == RESTORE:
        return "is the answer to a restore, which the journal does not keep; leave the line out"
    if answer.at > at + SKEW_S:
        return "at is later than now; set the clock right"
    if answer.at < order.issued_at - SKEW_S:
        return f"at is before order {order.order_id} was issued"
    if answer.outcome == "refused" and order.executed_at is not None:
        known = ("refused", answer.at) in order.answers
        return None if known else f"order {order.order_id} was executed; it cannot be refused now"
    return None


def _drafts(answer: Answer, order: OrderState) -> list[Draft]:
    """The entries that an answer makes: none if it says nothing new."""
    body = {"answered_at": answer.at, "detail": answer.detail, "implied": False}
    draft = Draft(answer.outcome, order.plan, order.order_id, body)
    if (answer.outcome, answer.at) in order.answers or order.executed_at is not None:
        return []
    if answer.outcome == "executed":
        if order.acknowledged_at is not None:
            return [draft]
        implied = {"answered_at": answer.at, "detail": "", "implied": True}
        return [Draft("acknowledged", order.plan, order.order_id, implied), draft]
    return [] if order.answer == answer.outcome else [draft]
