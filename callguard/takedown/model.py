"""Words and shapes of registrations: what a row of a registry holds.

A row is one line of a carrier's subscriber feed, made compact. A *registration* is one period in
which one owner held one number: rows of one owner on one number that touch are one registration.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa

# The place of a word in its tuple is its code in a registry. Words are only ever added at the end.
OWNER_KINDS: Final = ("person", "company", "agent", "iot", "guardian")
SERVICES: Final = ("mobile", "fixed", "400", "one_number", "switchboard", "data")
STATUSES: Final = ("active", "suspended", "closed")

PERSON: Final = OWNER_KINDS.index("person")


@cache
def row_schema() -> pa.Schema:
    """The Arrow schema of registry rows, in Parquet files and in tables.

    ``number`` is the E.164 number without its ``+``; ``owner_hi`` and ``owner_lo`` are the two
    halves of the 128-bit owner key, big end first, as signed integers; times are seconds since
    1970 UTC, days are days since 1970-01-01 in the registry's time zone. ``closed_at`` null means
    open. ``owner_id`` is the owner's id as the feed gave it, null where the feed gave a document.
    ``contested_until`` is null unless another owner's row of the same number overlaps this one in
    time: then it is the end of the longest such row (``FOREVER`` if that is open).
    """
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("number", pa.int64(), nullable=False),
            pa.field("owner_hi", pa.int64(), nullable=False),
            pa.field("owner_lo", pa.int64(), nullable=False),
            pa.field("owner_kind", pa.int8(), nullable=False),
            pa.field("service", pa.int8(), nullable=False),
            pa.field("status", pa.int8(), nullable=False),
            pa.field("registered_at", pa.int64(), nullable=False),
            pa.field("activated_at", pa.int64()),
            pa.field("closed_at", pa.int64()),
            pa.field("registered_day", pa.int32(), nullable=False),
            pa.field("activated_day", pa.int32()),
            pa.field("carrier", pa.string(), nullable=False),
            pa.field("agent", pa.string()),
            pa.field("owner_id", pa.string()),
            pa.field("contested_until", pa.int64()),
        ]
    )


# Later than any time that a feed can hold (the end of the year 9999).
FOREVER: Final = 1 << 38


def owner_label(owner_hi: int, owner_lo: int, owner_id: str | None = None) -> str:
    """How people read an owner: the id that the feed gave, or the key as 32 hex digits."""
    if owner_id is not None:
        return owner_id
    mask = (1 << 64) - 1
    return f"{owner_hi & mask:016x}{owner_lo & mask:016x}"
