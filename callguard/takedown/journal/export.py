"""Issued numbers as a number list, for the engine to load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from callguard.errors import JournalError
from callguard.files import write_whole
from callguard.takedown.journal.entry import GENESIS, Head
from callguard.takedown.journal.state import ACTS, JournalState
from callguard.takedown.journal.store import Journal

STOP: Final = ("stop",)


def export_numbers(journal: Journal, acts: Sequence[str] = STOP) -> str:
    """The E.164 numbers with an order that was issued and not restored, as the text of a list.

    One number a line, in order, each once; ``acts`` chooses among ``ACTS``. The comment at the
    top has the count and the journal's head and no time: the same journal gives the same text.
    Raises JournalError.
    """
    state = JournalState.of(journal.entries())
    return _text(state, acts)


def export_list(journal: Journal, path: Path, acts: Sequence[str] = STOP) -> int:
    """Write :func:`export_numbers` to a file, whole or not at all; gives the count of numbers.

    Raises JournalError, OSError.
    """
    with journal.alone() as entries:
        state = JournalState.of(entries)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _text(state, acts).encode())
    return len(_numbers(state, acts))


def _text(state: JournalState, acts: Sequence[str]) -> str:
    numbers = _numbers(state, acts)
    return "\n".join([*_comment(len(numbers), state.head, acts), *numbers, ""])


def _comment(count: int, head: Head, acts: Sequence[str]) -> list[str]:
    end = "no entries" if head == GENESIS else f"entry {head.seq} {head.hash}"
    chosen = ", ".join(act for act in ACTS if act in acts)
    return [
        f"# Numbers ordered down and not restored: {count} ({chosen}).",
        f"# callguard takedown export-list; head of the journal: {end}",
    ]


def _numbers(state: JournalState, acts: Sequence[str]) -> list[str]:
    if not acts or not set(acts) <= set(ACTS):
        raise JournalError(f"acts to export are among {', '.join(ACTS)}")
    return sorted(
        {order.number for order in state.orders.values() if order.live and order.act in acts}
    )
