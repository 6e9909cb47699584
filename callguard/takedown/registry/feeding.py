"""From opened feeds to a segment of a registry."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from callguard.errors import RegistryError
from callguard.numbering import NumberingPlan
from callguard.takedown.json_text import canonical
from callguard.takedown.registry.intake.fast import FastChecker
from callguard.takedown.registry.intake.feed import Feed, checked_batches, open_feeds
from callguard.takedown.registry.intake.owners import Key, read_key
from callguard.takedown.registry.intake.plain import Checker
from callguard.takedown.registry.intake.rejects import DEFAULT_SHARE, Rejects
from callguard.takedown.registry.manifest import InputInfo, Manifest, SegmentInfo
from callguard.takedown.registry.segment import Written, write_segment
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import Progress
from callguard.times import open_zone

if TYPE_CHECKING:
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


DEFAULT_INTAKE: Final = Intake()


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is written, and the rows that were refused on the way."""

    written: Written
    info: SegmentInfo
    rejects: Rejects


@dataclass(frozen=True, slots=True)
class Job:
    """What the segments of one build have in common."""

    folder: Path
    numbering: NumberingPlan
    zone: str
    key: Key | None
    intake: Intake
    progress: Progress

    def name(self, feeds: Sequence[Feed], parents: tuple[str, ...]) -> str:
        """The segment's name: the same for all that decides what is in it."""
        return segment_name(
            {
                "inputs": [feed.digest for feed in feeds],
                "encoding": self.intake.encoding,
                "key_id": key_id_of(feeds, self.key),
                "zone": self.zone,
                "home": self.numbering.home,
                "table": self.numbering.table_version,
                "parents": list(parents),
            }
        )

    def segment(
        self,
        feeds: Sequence[Feed],
        parents: tuple[str, ...],
        older: Registry | None,
        at: int,
    ) -> Segment:
        """Write the segment of these feeds and the file of their refused rows.

        Raises RegistryError if too many rows are refused, and as ``write_segment`` does.
        """
        name = self.name(feeds, parents)
        counts: list[int] = []
        with Rejects.of(self.folder, name, self.intake.max_rejects) as rejects:
            batches = self._batches(feeds, rejects, counts)
            written = write_segment(self.folder, name, batches, older, self.progress)
        inputs = [
            InputInfo(feed.name, feed.digest, rows)
            for feed, rows in zip(feeds, counts, strict=True)
        ]
        return Segment(written, written.info(at=at, rejected=rejects.count, inputs=inputs), rejects)

    def _batches(
        self, feeds: Sequence[Feed], rejects: Rejects, counts: list[int]
    ) -> Iterator[pa.RecordBatch]:
        """The good rows of all feeds. Ends with RegistryError if too many were not."""
        checker = FastChecker(
            Checker(self.numbering, open_zone(self.zone, RegistryError), self.key)
        )
        first = 0
        for feed in feeds:
            before = rejects.seen
            yield from checked_batches(feed, checker, rejects, first)
            counts.append(rejects.seen - before)
            first += rejects.seen - before
        rejects.judge()
        rejects.finish()


def open_inputs(
    inputs: Sequence[Path], key_file: Path | None, intake: Intake
) -> tuple[list[Feed], Key | None]:
    """Open all that a build reads. Raises RegistryError if any of it cannot be used."""
    key = None if key_file is None else read_key(key_file)
    feeds = open_feeds(inputs, intake.encoding)
    with_documents = [feed.name for feed in feeds if feed.has_documents]
    if with_documents and key is None:
        raise RegistryError(
            f"{with_documents[0]}: holds owner_document, which is kept only as HMAC-SHA256; give "
            "the key file (--key-file)"
        )
    return feeds, key


def without_known(feeds: list[Feed], before: Manifest) -> tuple[list[Feed], tuple[str, ...]]:
    """The feeds that are not part of a registry yet, and what to say of the others.

    An old delta that comes again would undo what newer ones brought.
    """
    there = {one.digest for segment in before.segments for one in segment.inputs}
    warnings = [
        f"{feed.name}: is part of the registry already, and is not folded in again"
        for feed in feeds
        if feed.digest in there
    ]
    fresh = [feed for feed in feeds if feed.digest not in there]
    return fresh, (*warnings, *warnings_of(fresh))


def key_id_of(feeds: Sequence[Feed], key: Key | None) -> str | None:
    """The id of the key, if there is a document to which it is applied."""
    return key.key_id if key is not None and any(feed.has_documents for feed in feeds) else None


def warnings_of(feeds: Sequence[Feed]) -> tuple[str, ...]:
    """What of these feeds is not read."""
    return tuple(warning for feed in feeds for warning in feed.columns.warnings)


def segment_name(value: Any) -> str:
    """The name of a segment that these values decide."""
    return hashlib.sha256(canonical(value)).hexdigest()[:_NAME_DIGITS]
