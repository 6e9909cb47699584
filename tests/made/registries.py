"""Registries for tests, written from rows without a feed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from callguard.takedown.registry.manifest import Manifest
from callguard.takedown.registry.segment import write_segment
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import feed_schema
from tests.made.registry_rows import Row


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
