"""Rows of registries in days of UTC that are easy to read, and registries written from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from callguard.takedown.model import FOREVER, OWNER_KINDS, SERVICES, STATUSES, row_schema
from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.segment import write_segment
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import feed_schema

Row = dict[str, Any]
DAY = 86_400


def row(
    number: int,
    owner: int,
    registered: float,
    closed: float | None = None,
    *,
    activated: float | None = None,
    kind: str = "person",
    service: str = "mobile",
    carrier: str = "CT",
    owner_id: str | None = None,
) -> Row:
    """A row whose times are days since 1970-01-01 UTC; ``owner`` is a small number."""
    return {
        "number": number,
        "owner_hi": owner,
        "owner_lo": owner,
        "owner_kind": OWNER_KINDS.index(kind),
        "service": SERVICES.index(service),
        "status": STATUSES.index("active" if closed is None else "closed"),
        "registered_at": int(registered * DAY),
        "activated_at": None if activated is None else int(activated * DAY),
        "closed_at": None if closed is None else int(closed * DAY),
        "registered_day": int(registered),
        "activated_day": None if activated is None else int(activated),
        "carrier": carrier,
        "agent": None,
        "owner_id": owner_id,
    }


def contested(rows: Sequence[Row]) -> list[Row]:
    """The rows with ``contested_until``, by comparing each with each."""
    found = []
    for one in rows:
        ends = [
            _end(other)
            for other in rows
            if other["number"] == one["number"]
            and (other["owner_hi"], other["owner_lo"]) != (one["owner_hi"], one["owner_lo"])
            and max(one["registered_at"], other["registered_at"]) < min(_end(one), _end(other))
        ]
        found.append({**one, "contested_until": max(ends, default=None)})
    return found


def table(rows: Iterable[Row]) -> pa.Table:
    """The rows as an Arrow table, ``contested_until`` included."""
    return pa.Table.from_pylist(contested(list(rows)), schema=row_schema())


def _end(one: Row) -> int:
    closed: int | None = one["closed_at"]
    return FOREVER if closed is None else closed


def make_registry(
    folder: Path, *feeds: Sequence[Row], zone: str = "UTC", built_at: int = 0
) -> Path:
    """A registry of a base and deltas, one for each feed."""
    for place, rows in enumerate(feeds):
        older = Registry.open(folder) if place else None
        lines = [{**one, "line": line} for line, one in enumerate(rows, 2)]
        batch = pa.RecordBatch.from_pylist(lines, schema=feed_schema())
        written = write_segment(folder, f"{place:016x}", [batch], older)
        segments = older.manifest.segments if older else ()
        if older:
            older.close()
        Manifest(
            zone=zone,
            home="CN",
            key_id=None,
            built_at=built_at + place,
            rows=written.total_rows,
            numbers=written.total_numbers,
            table_version="test",
            segments=(*segments, written.info(at=place, rejected=0, inputs=())),
        ).write(folder)
    return folder
