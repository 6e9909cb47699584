"""Feeds: files of registrations, opened and checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callguard.errors import RegistryError
from callguard.faults import Fault
from callguard.files import digest_of
from callguard.takedown.registry.intake.columns import Columns
from callguard.takedown.registry.intake.csvfile import read_csv, read_header
from callguard.takedown.registry.intake.encoding import TextFile, open_text
from callguard.takedown.registry.intake.fast import FastChecker, Reject
from callguard.takedown.registry.intake.parquetfile import MAGIC, read_columns, read_parquet
from callguard.takedown.registry.intake.raw import RawBatch
from callguard.takedown.registry.intake.rejects import Rejects

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Feed:
    """A file of registrations whose header is right.

    ``name`` is how messages and files of the registry call it; ``digest`` is its SHA-256 in hex.
    """

    path: Path
    name: str
    digest: str
    columns: Columns
    text: TextFile | None
    delimiter: str
    stamp: tuple[int, int]

    @property
    def has_documents(self) -> bool:
        return "owner_document" in self.columns.positions

    def fault(self, reject: Reject) -> Fault:
        """What is wrong with a row, with its place: Parquet has rows and no lines."""
        line, row = (0, reject.line) if self.text is None else (reject.line, 0)
        return Fault(self.name, line, 0, "", reject.reason, "", row=row, field=reject.column or "")

    def batches(self) -> Iterator[RawBatch]:
        """The rows as they are in the file. Raises RegistryError if it has changed since."""
        if self.text is None:
            yield from read_parquet(self.path, self.name, self.columns)
        else:
            yield from read_csv(self.text, self.columns, self.delimiter)
        if _stamp(self.path, self.name) != self.stamp:
            raise RegistryError(f"{self.name}: changed while it was read; run the build again")


def open_feed(path: Path, name: str, encoding: str | None = None) -> Feed:
    """Open a CSV (also packed with gzip) or Parquet file, recognised by how it begins.

    ``encoding`` is that of CSV; without it, it is found out. Raises RegistryError if the file
    cannot be read, is not of that encoding, or its header lacks columns.
    """
    stamp = _stamp(path, name)
    with path.open("rb") as stream:
        parquet = stream.read(len(MAGIC)) == MAGIC
    digest = digest_of(path)
    if parquet:
        columns = read_columns(path, name)
        return Feed(path, name, digest, columns, None, ",", stamp)
    text = open_text(path, name, encoding)
    columns, delimiter = read_header(text)
    return Feed(path, name, digest, columns, text, delimiter, stamp)


def open_feeds(paths: Sequence[Path], encoding: str | None = None) -> list[Feed]:
    """Open several feeds. They are called by their file names, or by paths if names repeat."""
    if not paths:
        raise RegistryError("no input: give at least one CSV or Parquet file")
    names = [path.name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    return [open_feed(path, name, encoding) for path, name in zip(paths, names, strict=True)]


def checked_batches(
    feed: Feed, checker: FastChecker, rejects: Rejects, first: int
) -> Iterator[pa.RecordBatch]:
    """The good rows of a feed; the refused ones are given to ``rejects``.

    Rows are counted on from ``first`` in the column ``line``.
    """
    for raw in feed.batches():
        checked = checker.check(raw, first)
        first += len(raw.lines)
        faults = [Reject(line, fault.column, fault.reason) for line, fault in raw.faults]
        refused = [feed.fault(reject) for reject in (*checked.rejects, *faults)]
        rejects.add(len(raw.lines) + len(faults), refused)
        yield checked.rows


def _stamp(path: Path, name: str) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise RegistryError(f"{name}: cannot be read ({error.strerror})") from None
    if not path.is_file():
        raise RegistryError(f"{name}: is not a regular file; a feed is read more than once")
    return status.st_size, status.st_mtime_ns
