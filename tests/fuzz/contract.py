"""What every reader promises for any bytes at all: records, or the errors that it documents."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from callguard.errors import RecordError, UnforeseenError
from callguard.records import Record, validate_lenient


class BrokenContractError(AssertionError):
    """A reader gave something that it does not promise."""


def records_of(given: Iterable[Record | RecordError]) -> list[Record]:
    """The records among what a reader gave; everything else must be a documented error.

    Raises :class:`BrokenContractError`, also for an error that stands for a fault of our own, which
    readers catch so that it costs one record: a fuzzer must see it.
    """
    records = []
    for one in given:
        if isinstance(one, UnforeseenError):
            raise BrokenContractError(one.reason) from one.__cause__
        if isinstance(one, RecordError):
            expect(bool(one.reason and one.source), "an error without a reason or a source")
        else:
            expect(isinstance(one, Record), "neither a record nor an error")
            expect(validate_lenient(dict(one))[0] == one, "a record that a second check changes")
            records.append(one)
    return records


def expect(holds: bool, broken: str) -> None:
    """Raise :class:`BrokenContractError` unless the promise holds."""
    if not holds:
        raise BrokenContractError(broken)


def scratch_file(name: str) -> Path:
    """A file for what can only be read from one, in memory if the system has a place for that."""
    memory = Path("/dev/shm")  # noqa: S108 (the folder made in it is this process's own)
    place = memory if memory.is_dir() else None
    return Path(tempfile.mkdtemp(prefix="callguard-fuzz-", dir=place)) / name
