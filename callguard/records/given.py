"""Fields that a source lacks, and keys that no field has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from callguard import times
from callguard.closeness import nearest
from callguard.errors import RecordError
from callguard.records import values
from callguard.records.fields import DERIVED_FIELDS, RAW_FIELDS

# Keys of the record format that no rule reads yet.
_KEPT: Final = frozenset({"cell", "identity", "smsc_seen"})
KNOWN_KEYS: Final = frozenset(RAW_FIELDS) | _KEPT
# Of so many unknown keys something is said.
_MOST_KEYS: Final = 100


def field_value(field: str, text: str) -> object:
    """The value of a record's field that is written as text.

    Raises RecordError, with what was expected, for a name that is no raw field and for a value that
    the field cannot hold.
    """
    if field in DERIVED_FIELDS:
        raise RecordError(f"{field!r} is worked out from the record; set what it comes from")
    if field not in RAW_FIELDS:
        raise RecordError(f"{field!r} is no field of a record{_meant(field)}")
    value: object = text.strip()
    if field in values.SPELLINGS:
        value = values.SPELLINGS[field].get(text.strip().lower())
    elif field == "at":
        value = times.parse_event_time(values.written_number(text))
    elif field in values.NUMERIC_KEYS:
        value = values.parse_numeric(field, values.written_number(text))
    if value in (None, ""):
        raise RecordError(values.fault(field, text))
    return value


def filled(mapping: Mapping[str, object], given: Mapping[str, object]) -> Mapping[str, object]:
    """The record with the ``given`` fields where it has none (absent or None)."""
    return {**mapping, **{key: given[key] for key in given if mapping.get(key) is None}}


class UnknownKeys:
    """What is said of keys that no field has: once a key, however many records hold it."""

    def __init__(self) -> None:
        self._said: set[object] = set()

    def said_of(self, record: Mapping[str, object], source: str) -> Iterable[str]:
        """A sentence for each key of ``record`` that is unknown and that nothing was said of."""
        # Somebody who makes up keys must not fill the memory with what was said.
        if record.keys() <= KNOWN_KEYS or len(self._said) > _MOST_KEYS:
            return []
        keys = record.keys() - KNOWN_KEYS - self._said
        self._said |= keys
        return [
            f"{source}: {key!r} is no field of a record and is not read{_meant(key)}"
            for key in sorted(keys)
        ]


def _meant(name: str) -> str:
    near = nearest(name, RAW_FIELDS)
    return f"; did you mean {near!r}?" if near is not None else ""
