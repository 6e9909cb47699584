"""Short forms of the commands on a journal, for tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from callguard.takedown.journal.acknowledge import Acknowledged, acknowledge
from callguard.takedown.journal.approve import approve
from callguard.takedown.journal.issue import Issued, issue
from callguard.takedown.journal.restore import Restored, restore
from callguard.takedown.journal.state import JournalState, OrderState
from callguard.takedown.journal.store import Journal
from callguard.takedown.planning.folder import PlanFolder
from callguard.times import format_utc
from tests.made.plans import AT, Order, write

_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of the test's own is made in it


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory where there is one: these tests wait for the disk more than they work."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="callguard-journal-", dir=place) as folder:
        yield Path(folder)


def approve_twice(journal: Journal, plan: PlanFolder, at: int = AT) -> PlanFolder:
    """Two people approve."""
    for name in ("A", "B"):
        approve(journal, plan, by=name, at=at)
    return plan


def issued(journal: Journal, folder: Path, orders: Sequence[Order], at: int = AT) -> Issued:
    """A plan of these orders, approved and issued into ``folder/out``."""
    plan = approve_twice(journal, write(folder, orders, at), at)
    return issue(journal, plan, folder / "out", at=at)


def restored(
    journal: Journal,
    output: Path,
    order_id: str | None = None,
    report_id: str | None = None,
    ground: str = "appeal",
    at: int = AT + 100,
) -> Restored:
    """Take back one order or all of a report."""
    return restore(
        journal,
        order_id=order_id,
        report_id=report_id,
        by="C",
        reason="the owner appealed",
        ground=ground,
        output=output,
        at=at,
    )


def answered(
    journal: Journal, folder: Path, *answers: tuple[str, str, int], at: int | None = None
) -> Acknowledged:
    """Take in answers (order id, outcome, at) from a CSV file."""
    path = folder / "answers.csv"
    lines = [f"{order_id},{outcome},{format_utc(when)}" for order_id, outcome, when in answers]
    path.write_text("\n".join(["order_id,outcome,at", *lines, ""]))
    latest = max((when for _, _, when in answers), default=AT)
    return acknowledge(journal, [path], at=latest if at is None else at, by="D")


def life_of(journal: Journal, order: Order | str) -> OrderState:
    """One order as the journal has it."""
    order_id = order if isinstance(order, str) else order["order_id"]
    return JournalState.of(journal.entries()).orders[order_id]


def contents(folder: Path) -> dict[str, bytes]:
    """All files in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}
