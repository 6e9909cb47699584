"""Building a registry from feeds, folding in a daily delta, and compacting what has piled up.

Each writes one new segment and then the manifest, which is the moment at which it counts. Whoever
is killed before leaves a registry as it was; running again gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from callguard.errors import RegistryError
from callguard.numbering import Plan
from callguard.takedown.files import canonical, locked, write_whole
from callguard.takedown.registry.intake.fast import FastChecker
from callguard.takedown.registry.intake.feed import Feed, checked_batches, open_feeds
from callguard.takedown.registry.intake.owners import Key, read_key
from callguard.takedown.registry.intake.plain import Checker
from callguard.takedown.registry.intake.rejects import DEFAULT_SHARE, FOLDER, Rejects
from callguard.takedown.registry.manifest import InputInfo, Manifest, SegmentInfo
from callguard.takedown.registry.segment import (
    Written,
    clear_leftovers,
    current_rows,
    write_segment,
)
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import Progress, no_progress
from callguard.takedown.times import open_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

_NAME_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Intake:
    """How feeds are read.

    ``encoding`` is that of CSV files, None if it is to be found out; ``max_rejects`` the share of
    refused rows above which nothing is built.
    """

    encoding: str | None = None
    max_rejects: float = DEFAULT_SHARE


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did. ``segment`` is the new one, None if there was nothing to do.

    ``reasons`` counts refused rows by reason; ``rejects`` is the file that lists them.
    """

    manifest: Manifest
    segment: SegmentInfo | None
    warnings: tuple[str, ...] = ()
    reasons: tuple[tuple[str, int], ...] = ()
    rejects: Path | None = None


def build(  # noqa: PLR0913  what is built, and how: all of them matter
    inputs: Sequence[Path],
    key_file: Path | None,
    folder: Path,
    *,
    zone: str,
    home: str,
    at: int,
    progress: Progress = no_progress,
    intake: Intake = Intake(),
) -> Built:
    """Make ``folder`` a registry of these feeds and nothing else.

    ``key_file`` is needed where a feed holds documents. ``at`` is the time that is noted in the
    manifest, in seconds since 1970. Raises RegistryError, and leaves the registry that stands
    there as it was, if a feed cannot be read or holds too many rows that were refused; then
    ``rejects/`` says which. Raises TakedownError if another process changes the
    folder, and OSError.
    """
    plan = Plan(home)
    open_zone(zone)
    feeds, key = _opened(inputs, key_file, intake)
    with locked(folder):
        job = _Job(folder, plan, zone, key, intake, progress)
        found = job.segment(feeds, (), None, at)
        manifest = Manifest(
            zone=zone,
            home=home,
            key_id=_key_id(feeds, key),
            built_at=at,
            rows=found.written.total_rows,
            numbers=found.written.total_numbers,
            table_version=plan.table_version,
            segments=(found.info,),
        )
        _commit(folder, manifest)
    return found.built(manifest, feeds)


def update(
    inputs: Sequence[Path],
    key_file: Path | None,
    folder: Path,
    *,
    at: int,
    progress: Progress = no_progress,
    intake: Intake = Intake(),
) -> Built:
    """Fold a delta into a registry: its rows join those that are there, and win over equal ones.

    Feeds that have been folded in already change nothing. Zone and home are the registry's.
    Raises as :func:`build`, and RegistryError if the key file is another one than before.
    """
    feeds, key = _opened(inputs, key_file, intake)
    with locked(folder):
        before = Manifest.read(folder)
        plan = Plan(before.home)
        if before.key_id is not None and key is not None and key.key_id != before.key_id:
            raise RegistryError(
                f"{key_file}: is not the key of this registry (key id {key.key_id}, the registry "
                f"has {before.key_id}); one owner would become two"
            )
        job = _Job(folder, plan, before.zone, key, intake, progress)
        names = tuple(segment.name for segment in before.segments)
        for place, name in enumerate(names):
            if name == job.name(feeds, names[:place]):
                clear_leftovers(folder, before)
                return Built(before, None, _warnings(feeds))
        with Registry.open(folder) as older:
            found = job.segment(feeds, names, older, at)
        manifest = replace(
            before,
            key_id=before.key_id or _key_id(feeds, key),
            built_at=at,
            rows=found.written.total_rows,
            numbers=found.written.total_numbers,
            table_version=plan.table_version,
            segments=(*before.segments, found.info),
        )
        _commit(folder, manifest)
    return found.built(manifest, feeds)


def compact(folder: Path, *, at: int, progress: Progress = no_progress) -> Built:
    """Write all segments of a registry as one, without what has been superseded.

    The rows stay the same. Raises RegistryError if the registry cannot be read, TakedownError if
    another process changes it, and OSError.
    """
    with locked(folder):
        before = Manifest.read(folder)
        if len(before.segments) == 1:
            clear_leftovers(folder, before)
            return Built(before, None)
        name = _digest({"compacted": [segment.name for segment in before.segments]})
        with Registry.open(folder) as older:
            written = write_segment(folder, name, current_rows(older), None, progress)
        rejects = folder / FOLDER / f"{name}.jsonl"
        parts = [folder / FOLDER / f"{segment.name}.jsonl" for segment in before.segments]
        write_whole(rejects, b"".join(part.read_bytes() for part in parts if part.exists()))
        info = written.info(
            at=at,
            rejected=sum(segment.rejected for segment in before.segments),
            inputs=[one for segment in before.segments for one in segment.inputs],
        )
        info = replace(info, replaced=sum(segment.replaced for segment in before.segments))
        manifest = replace(before, built_at=at, segments=(info,))
        _commit(folder, manifest)
    return Built(manifest, info, rejects=rejects)


@dataclass(frozen=True, slots=True)
class _Found:
    written: Written
    info: SegmentInfo
    rejects: Rejects

    def built(self, manifest: Manifest, feeds: Sequence[Feed]) -> Built:
        reasons = tuple(self.rejects.reasons.most_common())
        return Built(manifest, self.info, _warnings(feeds), reasons, self.rejects.path)


@dataclass(frozen=True, slots=True)
class _Job:
    """What the segments of one build have in common."""

    folder: Path
    plan: Plan
    zone: str
    key: Key | None
    intake: Intake
    progress: Progress

    def name(self, feeds: Sequence[Feed], parents: tuple[str, ...]) -> str:
        """The segment's name: the same for all that decides what is in it."""
        return _digest(
            {
                "inputs": [feed.digest for feed in feeds],
                "encoding": self.intake.encoding,
                "key_id": _key_id(feeds, self.key),
                "zone": self.zone,
                "home": self.plan.home,
                "table": self.plan.table_version,
                "parents": list(parents),
            }
        )

    def segment(
        self,
        feeds: Sequence[Feed],
        parents: tuple[str, ...],
        older: Registry | None,
        at: int,
    ) -> _Found:
        name = self.name(feeds, parents)
        counts: list[int] = []
        with Rejects.of(self.folder, name, self.intake.max_rejects) as rejects:
            batches = self._batches(feeds, rejects, counts)
            written = write_segment(self.folder, name, batches, older, self.progress)
        inputs = [
            InputInfo(feed.name, feed.digest, rows)
            for feed, rows in zip(feeds, counts, strict=True)
        ]
        return _Found(written, written.info(at=at, rejected=rejects.count, inputs=inputs), rejects)

    def _batches(
        self, feeds: Sequence[Feed], rejects: Rejects, counts: list[int]
    ) -> Iterator[pa.RecordBatch]:
        """The good rows of all feeds. Ends with RegistryError if too many were not."""
        checker = FastChecker(Checker(self.plan, open_zone(self.zone), self.key))
        first = 0
        for feed in feeds:
            before = rejects.seen
            yield from checked_batches(feed, checker, rejects, first)
            counts.append(rejects.seen - before)
            first += rejects.seen - before
        rejects.judge()
        rejects.finish()


def _opened(
    inputs: Sequence[Path], key_file: Path | None, intake: Intake
) -> tuple[list[Feed], Key | None]:
    key = None if key_file is None else read_key(key_file)
    feeds = open_feeds(inputs, intake.encoding)
    with_documents = [feed.name for feed in feeds if feed.has_documents]
    if with_documents and key is None:
        raise RegistryError(
            f"{with_documents[0]}: holds owner_document, which is kept only as HMAC-SHA256; give "
            "the key file (--key-file)"
        )
    return feeds, key


def _key_id(feeds: Sequence[Feed], key: Key | None) -> str | None:
    return key.key_id if key is not None and any(feed.has_documents for feed in feeds) else None


def _warnings(feeds: Sequence[Feed]) -> tuple[str, ...]:
    return tuple(warning for feed in feeds for warning in feed.columns.warnings)


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()[:_NAME_DIGITS]


def _commit(folder: Path, manifest: Manifest) -> None:
    """Make the manifest count, and remove what it does not name."""
    manifest.write(folder)
    clear_leftovers(folder, manifest)
    kept = {f"{segment.name}.jsonl" for segment in manifest.segments}
    for path in sorted((folder / FOLDER).iterdir()):
        if path.name not in kept:
            path.unlink()
