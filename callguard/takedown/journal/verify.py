"""Whether the journal still is what was written into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callguard.takedown.journal.entry import GENESIS, Head, fault_of
from callguard.takedown.journal.store import Journal


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of the journal found.

    ``entries`` were sound before the first fault; ``seq`` is the first bad entry and ``fault``
    what is wrong with it, both None if nothing is. ``head`` is that of the last sound entry;
    ``kept`` is the head kept elsewhere that was compared with, None if none was given.
    ``unguarded`` names triggers of the database that are gone; the entries may still be sound.
    """

    entries: int
    head: Head
    kept: Head | None
    seq: int | None
    fault: str | None
    unguarded: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.seq is None

    @property
    def beyond(self) -> int:
        """How many sound entries are newer than the head kept elsewhere.

        None should be: a command that was stopped between both leaves some until the next one.
        """
        return 0 if self.kept is None else max(0, self.head.seq - self.kept.seq)

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": self.ok,
            "entries": self.entries,
            "head": self.head._asdict(),
            "kept": None if self.kept is None else self.kept._asdict(),
            "beyond": self.beyond,
            "seq": self.seq,
            "fault": self.fault,
            "unguarded": list(self.unguarded),
        }


def verify(journal: Journal, head: Head | None = None, *, guard: bool = False) -> Finding:
    """Check every entry, and the end against a head kept elsewhere (``read_head`` reads its file).

    Finds any entry that was changed, deleted, reordered or put in between. Entries that are gone
    from the end, and a journal that was rewritten as a whole, show only against ``head``. With
    ``guard``, triggers that are gone are put back if all entries are sound. Raises JournalError if
    the database cannot be read.
    """
    unguarded = journal.unguarded()
    before = GENESIS

    def finding(seq: int | None = None, fault: str | None = None) -> Finding:
        return Finding(before.seq, before, head, seq, fault, unguarded)

    for entry in journal.raw():
        if fault := fault_of(entry, before):
            return finding(before.seq + 1, fault)
        if head is not None and entry.seq == head.seq and entry.hash != head.hash:
            return finding(
                entry.seq, "has another hash than the head kept elsewhere: it was rewritten"
            )
        before = entry.head
    if head is not None and head.seq > before.seq:
        return finding(
            before.seq + 1,
            f"is missing: the end was cut off, the head kept elsewhere is entry {head.seq}",
        )
    if guard and unguarded:
        journal.guard()
    return finding()
