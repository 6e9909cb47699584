"""Building a registry from feeds, folding in a daily delta, and compacting what has piled up.

Each writes one new segment and then the manifest, which is the moment at which it counts. A
process that is killed before leaves a registry as it was; running again gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

from callguard.errors import RegistryError, TakedownError
from callguard.files import locked, write_whole
from callguard.numbering import NumberingPlan, RangeText
from callguard.takedown.registry.feeding import (
    DEFAULT_INTAKE,
    Intake,
    Job,
    Segment,
    key_id_of,
    open_inputs,
    segment_name,
    warnings_of,
    without_known,
)
from callguard.takedown.registry.intake.rejects import FOLDER
from callguard.takedown.registry.manifest import MANIFEST, SEGMENTS, Manifest, SegmentInfo
from callguard.takedown.registry.segment import clear_leftovers, current_rows, write_segment
from callguard.takedown.registry.store import Registry
from callguard.takedown.registry.writer import Progress, no_progress
from callguard.times import open_zone


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
    number_ranges: str | PathLike[str] | None = None,
    progress: Progress = no_progress,
    intake: Intake = DEFAULT_INTAKE,
) -> Built:
    """Make ``folder`` a registry of these feeds and nothing else.

    ``key_file`` is needed where a feed holds documents. ``at`` is the time that is noted in the
    manifest, in seconds since 1970. ``number_ranges`` is a file of number ranges that the numbering
    table lacks; the registry keeps them, so that plans read numbers alike. Raises RegistryError,
    and leaves the registry that is there as it was, if a feed cannot be read or holds too many
    rows that were refused; then ``rejects/`` says which. Raises TakedownError if another process
    changes the
    folder, NumberingError for ranges that cannot be used, and OSError.
    """
    ranges = None if number_ranges is None else RangeText.load(number_ranges)
    numbering = NumberingPlan(home, number_ranges=ranges)
    open_zone(zone, RegistryError)
    feeds, key = open_inputs(inputs, key_file, intake)
    with locked(folder, TakedownError):
        job = Job(folder, numbering, zone, key, intake, progress)
        made = job.segment(feeds, (), None, at)
        manifest = Manifest(
            zone=zone,
            home=home,
            key_id=key_id_of(feeds, key),
            built_at=at,
            rows=made.written.total_rows,
            numbers=made.written.total_numbers,
            table_version=numbering.table_version,
            segments=(made.info,),
            number_ranges=None if ranges is None else ranges.text,
        )
        _commit(folder, manifest)
    return _built(manifest, made, warnings_of(feeds))


def update(
    inputs: Sequence[Path],
    key_file: Path | None,
    folder: Path,
    *,
    at: int,
    number_ranges: str | PathLike[str] | None = None,
    progress: Progress = no_progress,
    intake: Intake = DEFAULT_INTAKE,
) -> Built:
    """Fold a delta into a registry: its rows join those that are there, and win over equal ones.

    Feeds that are part of the registry already are passed over, and a warning says so.
    Zone and home are the registry's, and so are number ranges unless others are given, which the
    registry keeps from then on. Raises as :func:`build`, and RegistryError if the key file
    is another one than before.
    """
    feeds, key = open_inputs(inputs, key_file, intake)
    Manifest.read(folder)  # before a lock file makes a folder of a wrong name
    with locked(folder, TakedownError):
        before = Manifest.read(folder)
        if number_ranges is not None:
            before = replace(before, number_ranges=RangeText.load(number_ranges).text)
        numbering = before.numbering
        if before.key_id is not None and key is not None and key.key_id != before.key_id:
            raise RegistryError(
                f"{key_file}: is not the key of this registry (key id {key.key_id}, the registry "
                f"has {before.key_id}); one owner would become two"
            )
        job = Job(folder, numbering, before.zone, key, intake, progress)
        feeds, warnings = without_known(feeds, before)
        if not feeds:
            _tidy(folder, before)
            return Built(before, None, warnings)
        names = tuple(segment.name for segment in before.segments)
        with Registry.open(folder) as older:
            made = job.segment(feeds, names, older, at)
        manifest = replace(
            before,
            key_id=before.key_id or key_id_of(feeds, key),
            built_at=at,
            rows=made.written.total_rows,
            numbers=made.written.total_numbers,
            table_version=numbering.table_version,
            segments=(*before.segments, made.info),
        )
        _commit(folder, manifest)
    return _built(manifest, made, warnings)


def compact(folder: Path, *, at: int, progress: Progress = no_progress) -> Built:
    """Write all segments of a registry as one, without what has been superseded.

    The rows stay the same. Raises RegistryError if the registry cannot be read, TakedownError if
    another process changes it, and OSError.
    """
    Manifest.read(folder)  # before a lock file makes a folder of a wrong name
    with locked(folder, TakedownError):
        before = Manifest.read(folder)
        if len(before.segments) == 1:
            _tidy(folder, before)
            return Built(before, None)
        name = segment_name({"compacted": [segment.name for segment in before.segments]})
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


def check_registry_folder(folder: Path) -> None:
    """Raise RegistryError for a folder that holds something else than a registry."""
    if not folder.is_dir() or (folder / MANIFEST).exists():
        return
    strangers = sorted(
        path.name
        for path in folder.iterdir()
        if path.name not in {SEGMENTS, FOLDER} and not path.name.startswith(".")
    )
    if strangers:
        raise RegistryError(
            f"{folder}: holds something else ({strangers[0]}); name a new or empty folder for "
            "the registry"
        )


def _built(manifest: Manifest, made: Segment, warnings: tuple[str, ...]) -> Built:
    reasons = tuple(made.rejects.reasons.most_common())
    return Built(manifest, made.info, warnings, reasons, made.rejects.path)


def _commit(folder: Path, manifest: Manifest) -> None:
    """Make the manifest count, and remove what it does not name."""
    manifest.write(folder)
    _tidy(folder, manifest)


def _tidy(folder: Path, manifest: Manifest) -> None:
    """Remove what a manifest does not name, such as parts of builds that were killed."""
    clear_leftovers(folder, manifest)
    kept = {f"{segment.name}.jsonl" for segment in manifest.segments}
    rejects = folder / FOLDER
    for path in sorted(rejects.iterdir()) if rejects.is_dir() else ():
        if path.name not in kept:
            path.unlink()
