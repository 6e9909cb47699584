"""What a reader gave, sorted into records and errors, and the least record there is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from callguard.errors import RecordError
from callguard.records import Record

LEAST: dict[str, Any] = {"event": "setup", "at": 1.0, "called_party_number": "110"}
CHECKED: dict[str, Any] = {**LEAST, "roaming": "unknown"}


class Results:
    def __init__(self, given: Iterable[Record | RecordError], folder: str = "") -> None:
        self.all = list(given)
        self.records = [one for one in self.all if isinstance(one, Record)]
        self.errors = [one for one in self.all if isinstance(one, RecordError)]
        self.sources = [one.source.removeprefix(f"{folder}/") for one in self.all]
        self.reasons = [error.reason for error in self.errors]
