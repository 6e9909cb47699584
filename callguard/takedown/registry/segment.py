"""Writing a segment: sorted twice outside memory, folded, indexed, whole or absent."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from callguard.files import digest_of, sync_folder, whole_folder
from callguard.takedown.registry.manifest import (
    SEGMENTS,
    FileInfo,
    InputInfo,
    Kind,
    Manifest,
    SegmentInfo,
)
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import Progress, SegmentWriter, feed_schema, no_progress

MEMORY_LIMIT: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Written:
    """What :func:`write_segment` wrote.

    ``total_rows`` and ``total_numbers`` count what is current once this segment is the newest.
    """

    name: str
    kind: Kind
    rows: int
    replaced: int
    total_rows: int
    total_numbers: int
    files: dict[str, FileInfo]

    def info(self, *, at: int, rejected: int, inputs: Iterable[InputInfo]) -> SegmentInfo:
        """The segment's entry in the manifest."""
        return SegmentInfo(
            name=self.name,
            kind=self.kind,
            at=at,
            rows=self.rows,
            rejected=rejected,
            replaced=self.replaced,
            inputs=tuple(inputs),
            files=self.files,
        )


def write_segment(
    folder: Path,
    name: str,
    batches: Iterable[pa.RecordBatch],
    older: Registry | None = None,
    progress: Progress = no_progress,
    *,
    memory_limit: int = MEMORY_LIMIT,
) -> Written:
    """Write ``segments/<name>`` of a registry folder from batches of :func:`feed_schema`.

    With ``older``, the registry so far, it becomes a delta: older rows of the numbers in the feed
    join it, a row of the feed wins over an older one of the same number, owner, registered_at and
    carrier. Of equal rows in the feed the one with the highest line stays. ``memory_limit`` (bytes)
    is for sorting; what does not fit goes to files inside the folder. The caller holds the folder
    (``files.locked``) and commits by writing the manifest. Equal rows give equal bytes.

    Raises RegistryError if sorting fails, what ``batches`` raises, and OSError.
    """
    target = folder / SEGMENTS / name
    files: dict[str, FileInfo] = {}
    with whole_folder(target, lambda: _holds(target, files)) as partial:
        writer = SegmentWriter(partial, older, progress)
        files |= writer.write(batches, memory_limit)
    sync_folder(folder)
    before = (0, 0) if older is None else (older.manifest.rows, older.manifest.numbers)
    return Written(
        name=name,
        kind="base" if older is None else "delta",
        rows=writer.rows,
        replaced=writer.replaced,
        total_rows=before[0] - writer.brought + writer.rows,
        total_numbers=before[1] - writer.known_numbers + writer.numbers,
        files={f"{SEGMENTS}/{name}/{file}": info for file, info in sorted(files.items())},
    )


def clear_leftovers(folder: Path, manifest: Manifest | None) -> None:
    """Remove segments that no manifest names: parts of builds that were killed.

    Only who holds the folder (``files.locked``) may do so. Raises OSError.
    """
    kept = {segment.name for segment in manifest.segments} if manifest else set()
    segments = folder / SEGMENTS
    if not segments.is_dir():
        return
    for path in sorted(segments.iterdir()):
        if path.name not in kept:
            shutil.rmtree(path)


def current_rows(registry: Registry) -> Iterator[pa.RecordBatch]:
    """All current rows as a feed for :func:`write_segment`: what a compaction writes as base."""
    line = 0
    for batch in registry.rows():
        lines = pa.array(np.arange(line, line + batch.num_rows))
        line += batch.num_rows
        columns = [lines if name == "line" else batch[name] for name in feed_schema().names]
        yield pa.RecordBatch.from_arrays(columns, schema=feed_schema())


def _holds(target: Path, files: dict[str, FileInfo]) -> bool:
    """Whether a folder holds these files already, byte for byte."""
    try:
        return all(digest_of(target / file) == info.sha256 for file, info in files.items())
    except OSError:
        return False
