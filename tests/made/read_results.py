"""What a reader gave, sorted into records and errors, and the least record there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from callguard.errors import RecordError
from callguard.records import Record

R = TypeVar("R")

LEAST: dict[str, Any] = {"event": "setup", "at": 1.0, "called_party_number": "110"}
CHECKED: dict[str, Any] = {**LEAST, "roaming": "unknown"}


def or_refusal(read: Callable[..., R], *args: Any) -> R | RecordError:
    """What the function gives, or the RecordError that it raises; nothing else may come of it."""
    try:
        return read(*args)
    except RecordError as error:
        return error


class Results:
    def __init__(self, given: Iterable[Record | RecordError], folder: str = "") -> None:
        self.all = list(given)
        self.records = [one for one in self.all if isinstance(one, Record)]
        self.errors = [one for one in self.all if isinstance(one, RecordError)]
        self.sources = [one.source.removeprefix(f"{folder}/") for one in self.all]
        self.reasons = [error.reason for error in self.errors]
