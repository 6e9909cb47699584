"""The manifest of a registry: what it holds, from which inputs, with which files.

``manifest.json`` is written last and whole: what it does not name is no part of the registry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, Self

import orjson

from callguard.errors import RegistryError
from callguard.files import write_whole
from callguard.numbering import NumberingPlan, RangeText
from callguard.takedown.json_text import canonical

MANIFEST: Final = "manifest.json"
SEGMENTS: Final = "segments"
# Rows of a segment, in Parquet.
BY_OWNER: Final = "by_owner.parquet"
BY_NUMBER: Final = "by_number.parquet"
VERSION: Final = 1

Kind = Literal["base", "delta"]


@dataclass(frozen=True, slots=True)
class FileInfo:
    """Size in bytes and SHA-256 (hex) of one file of a registry."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class InputInfo:
    """A file that went in: its name, SHA-256 (hex) and number of rows."""

    name: str
    digest: str
    rows: int


@dataclass(frozen=True, slots=True)
class SegmentInfo:
    """One segment: the base or a daily delta.

    ``at`` is the moment that the build was given (seconds since 1970), ``rejected`` the input rows
    that were refused, ``replaced`` those that a later line of the same input made void. The keys of
    ``files`` are paths inside the registry folder.
    """

    name: str
    kind: Kind
    at: int
    rows: int
    rejected: int
    replaced: int
    inputs: tuple[InputInfo, ...]
    files: Mapping[str, FileInfo]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a registry holds now.

    ``rows`` and ``numbers`` count what is current, rows that a newer segment supersedes left out.
    ``segments`` has the oldest first. ``key_id`` is None if no identity document was ever read.
    ``number_ranges`` is the text of the operator's number ranges, None if there are none.
    """

    zone: str
    home: str
    key_id: str | None
    built_at: int
    rows: int
    numbers: int
    table_version: str
    segments: tuple[SegmentInfo, ...] = field(default=())
    number_ranges: str | None = None

    def encode(self) -> bytes:
        """The bytes of manifest.json: one form only for equal manifests."""
        values = {"version": VERSION, **asdict(self)}
        if self.number_ranges is None:  # manifests of before number ranges stay as they are
            del values["number_ranges"]
        return canonical(values)

    @property
    def numbering(self) -> NumberingPlan:
        """The plan by which the registry's numbers are read; another one each time.

        Raises NumberingError if its number ranges do not fit the numbering table of today.
        """
        ranges = None
        if self.number_ranges is not None:
            ranges = RangeText("the registry's number ranges", self.number_ranges)
        return NumberingPlan(self.home, number_ranges=ranges)

    @property
    def digest(self) -> str:
        """The SHA-256 of manifest.json, in hex: changes whenever the registry does."""
        return hashlib.sha256(self.encode()).hexdigest()

    def write(self, folder: Path) -> None:
        """Make this the manifest of a registry folder: the commit point. Raises OSError."""
        write_whole(folder / MANIFEST, self.encode())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of a registry folder.

        Raises RegistryError if there is none, it is of another version, or it does not read.
        """
        path = folder / MANIFEST
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise RegistryError(
                f"{folder}: is not a registry, it has no {MANIFEST}; make one with "
                "callguard registry build"
            ) from None
        except OSError as error:
            raise RegistryError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            values = orjson.loads(data)
            version = values.pop("version")
        except (orjson.JSONDecodeError, KeyError, AttributeError, TypeError):
            raise _altered(path) from None
        if version != VERSION:
            raise RegistryError(
                f"{path}: is of version {version!r}, this callguard reads version {VERSION}; "
                "build the registry again"
            )
        try:
            manifest = cls(**{**values, "segments": tuple(map(_segment, values["segments"]))})
            whole = manifest.encode() == data
        except (KeyError, TypeError, AttributeError, orjson.JSONEncodeError):
            raise _altered(path) from None
        if not whole or not _sound(manifest):
            raise _altered(path)
        return manifest


def _segment(values: dict[str, Any]) -> SegmentInfo:
    inputs = tuple(InputInfo(**one) for one in values["inputs"])
    files = {path: FileInfo(**one) for path, one in values["files"].items()}
    return SegmentInfo(**{**values, "inputs": inputs, "files": files})


def _sound(manifest: Manifest) -> bool:
    """Whether every value is of its type, and paths stay inside the registry."""
    counts = [manifest.built_at, manifest.rows, manifest.numbers]
    texts = [manifest.zone, manifest.home, manifest.table_version, manifest.key_id or ""]
    texts.append("" if manifest.number_ranges is None else manifest.number_ranges)
    paths = []
    for segment in manifest.segments:
        counts += [segment.at, segment.rows, segment.rejected, segment.replaced]
        counts += [info.bytes for info in segment.files.values()]
        counts += [one.rows for one in segment.inputs]
        texts += [info.sha256 for info in segment.files.values()]
        texts += [text for one in segment.inputs for text in (one.name, one.digest)]
        paths += [f"{SEGMENTS}/{segment.name}", *segment.files]
        if segment.kind not in {"base", "delta"} or "/" in segment.name:
            return False
    return (
        all(type(count) is int for count in counts)
        and all(type(text) is str for text in texts)
        and all(part not in {"", ".", ".."} for path in paths for part in path.split("/"))
    )


def _altered(path: Path) -> RegistryError:
    return RegistryError(
        f"{path}: is not as callguard wrote it; bring it back from a copy, or build the registry "
        "again"
    )
