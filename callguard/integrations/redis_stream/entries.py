"""Entries of the record stream, and the records in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgpack

from callguard.errors import RecordError
from callguard.records import Record, validate_lenient
from callguard.records.codecs.msgpack import MAX_ITEMS, MAX_RECORD

# The field of an entry that holds the record, a MessagePack map.
RECORD: Final = b"record"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it was given out.

    ``fields`` are names and values in turn; None if the entry was deleted from the stream before
    anybody scored it. ``deliveries`` is how often it was given out, this time included.
    """

    id: str
    fields: Sequence[bytes] | None
    deliveries: int = 1

    @property
    def data(self) -> bytes | None:
        """The value of the field ``record``; None without one."""
        fields = self.fields or ()
        for index in range(0, len(fields) - 1, 2):
            if fields[index] == RECORD:
                return fields[index + 1]
        return None


def read_record(entry: Entry) -> Record:
    """The record in an entry, its ``source`` the entry's id.

    Wrong values of optional keys are dropped and named in ``faults``. Raises RecordError if the
    entry holds no record.
    """
    if entry.fields is None:
        raise RecordError("the entry was deleted from the stream before it was scored", entry.id)
    data = entry.data
    if data is None:
        names = ", ".join(map(repr, _names(entry.fields)))
        raise RecordError(f"no field 'record'; found {names}", entry.id)
    if len(data) > MAX_RECORD:
        raise RecordError(f"{len(data)} bytes; expected at most {MAX_RECORD}", entry.id)
    return validate_lenient(_unpack(data, entry.id), entry.id)[0]


def _unpack(data: bytes, source: str) -> Any:
    try:
        value = msgpack.unpackb(
            data,
            unicode_errors="replace",
            timestamp=1,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
        )
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise RecordError(
            f"not MessagePack, or more than {MAX_ITEMS} items "
            f"({str(error) or type(error).__name__})",
            source,
        ) from None
    if type(value) is not dict:
        raise RecordError(f"found a value of type {type(value).__name__}, expected a map", source)
    return value


def _names(fields: Sequence[bytes]) -> list[str]:
    """The names of the fields, the first few of them, short."""
    return [name[:40].decode("utf-8", "replace") for name in fields[:8:2]]
