"""One entry of the journal, and the hash that chains it to the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, NamedTuple

from callguard.errors import JournalError
from callguard.takedown.json_text import canonical

KINDS: Final = (
    "planned",
    "approved",
    "issued",
    "acknowledged",
    "executed",
    "refused",
    "restored",
)

_DOMAIN: Final = b"callguard entry 1\0"
# No text is that long, so null and the empty text are never mixed up.
_NULL: Final = b"\xff" * 8
# The types of an entry's columns, about an order and about a plan. A database may hold others.
_TYPES: Final = (
    (int, int, str, str, str, str, str, str, str),
    (int, int, str, str, type(None), str, str, str, str),
)


class Head(NamedTuple):
    """The last entry's number and hash; ``GENESIS`` where there is none."""

    seq: int
    hash: str


GENESIS: Final = Head(0, "0" * 64)


class Entry(NamedTuple):
    """One entry as it is in the database; ``at`` is seconds since 1970 UTC.

    ``order_id`` is None where the entry is about a whole plan; ``body`` is canonical JSON.
    """

    seq: int
    at: int
    kind: str
    plan: str
    order_id: str | None
    actor: str
    body: str
    previous: str
    hash: str

    @property
    def head(self) -> Head:
        """What the next entry continues."""
        return Head(self.seq, self.hash)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to become an entry: everything but its place in the chain, its time and actor."""

    kind: str
    plan: str
    order_id: str | None
    body: Mapping[str, Any]


def hash_of(entry: Entry) -> str:
    """The SHA-256 that the entry's other columns give, in hex.

    Every column goes in with its length before it (8 bytes, big end first), so that no two
    different entries are ever the same bytes; ``hash`` itself is left out. Numbers go in as
    decimal digits.
    """
    parts = [_DOMAIN]
    for value in (str(entry.seq), str(entry.at), *entry[2:8]):
        if value is None:
            parts.append(_NULL)
        else:
            # Text that was damaged inside the database is still hashed, to a wrong hash.
            data = value.encode("utf-8", "surrogateescape")
            parts += (len(data).to_bytes(8, "big"), data)
    return sha256(b"".join(parts)).hexdigest()


def chain(draft: Draft, head: Head, at: int, actor: str) -> Entry:
    """The entry that a draft becomes behind ``head``.

    Raises JournalError if a text in it cannot be written as UTF-8.
    """
    try:
        body = canonical(dict(draft.body)).decode().removesuffix("\n")
        actor.encode()
    except (TypeError, UnicodeEncodeError):
        raise JournalError(
            f"an entry of kind {draft.kind} holds text that is not Unicode; "
            "give names and reasons as UTF-8"
        ) from None
    entry = Entry(
        head.seq + 1, at, draft.kind, draft.plan, draft.order_id, actor, body, head.hash, ""
    )
    return entry._replace(hash=hash_of(entry))


def fault_of(entry: Entry, before: Head) -> str | None:
    """What is wrong with an entry that should continue ``before``; None if nothing is."""
    if tuple(map(type, entry)) not in _TYPES:
        return f"was changed: its column {_odd_column(entry)} holds what no entry holds there"
    if entry.seq != before.seq + 1:
        if entry.seq <= before.seq:
            return f"entry {entry.seq} was put in: entries count from 1"
        return f"is missing: the entry that follows {before.seq} is {entry.seq}"
    right = hash_of(entry) == entry.hash
    if entry.previous != before.hash:
        return (
            f"does not continue entry {before.seq}: "
            + (f"entry {before.seq} was changed with its hash, or this one" if right else "it")
            + " was changed, reordered or put in"
        )
    return None if right else "was changed: its content does not give its hash"


def _odd_column(entry: Entry) -> str:
    return next(
        name
        for name, value, *types in zip(Entry._fields, entry, *_TYPES, strict=True)
        if type(value) not in types
    )
