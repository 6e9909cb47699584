"""Issued numbers as a number list, for the engine to load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from callguard.errors import JournalError
from callguard.files import write_whole
from callguard.takedown.journal.entry import GENESIS, Head
from callguard.takedown.journal.life import ACTS, Lives
from callguard.takedown.journal.store import Journal

STOP: Final = ("stop",)


def export_numbers(journal: Journal, acts: Sequence[str] = STOP) -> str:
    """The E.164 numbers with an order that was issued and not restored, as the text of a list.

    One number a line, in order, each once; ``acts`` chooses among ``ACTS``. The comment at the
    top has the count and the journal's head and no time: the same journal gives the same text.
    Raises JournalError.
    """
    lives = Lives.of(journal.entries())
    return _text(lives, acts)


def export_list(journal: Journal, path: Path, acts: Sequence[str] = STOP) -> int:
    """Write :func:`export_numbers` to a file, whole or not at all; gives the count of numbers.

    Raises JournalError, OSError.
    """
    with journal.alone() as entries:
        lives = Lives.of(entries)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _text(lives, acts).encode())
    return len(_numbers(lives, acts))


def _text(lives: Lives, acts: Sequence[str]) -> str:
    numbers = _numbers(lives, acts)
    return "\n".join([*_comment(len(numbers), lives.head, acts), *numbers, ""])


def _comment(count: int, head: Head, acts: Sequence[str]) -> list[str]:
    end = "no entries" if head == GENESIS else f"entry {head.seq} {head.hash}"
    chosen = ", ".join(act for act in ACTS if act in acts)
    return [
        f"# Numbers ordered down and not restored: {count} ({chosen}).",
        f"# callguard takedown export-list; head of the journal: {end}",
    ]


def _numbers(lives: Lives, acts: Sequence[str]) -> list[str]:
    if not acts or not set(acts) <= set(ACTS):
        raise JournalError(f"acts to export are among {', '.join(ACTS)}")
    return sorted({life.number for life in lives.orders.values() if life.live and life.act in acts})
