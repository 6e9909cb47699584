"""Files of a segment while they are written: digests on the way, everything on disk at the end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from io import BufferedWriter, FileIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from callguard.files import named
from callguard.takedown.closing import Closing
from callguard.takedown.model import row_schema
from callguard.takedown.registry.layout import PLACE, Positions
from callguard.takedown.registry.manifest import FileInfo

if TYPE_CHECKING:
    from numpy.typing import NDArray

GROUP: Final = 122_880
_BUFFER: Final = 1 << 20
# Columns with few values. A dictionary of the others would only be thrown away again.
_WORDS: Final = ["owner_kind", "service", "status", "carrier", "agent", "registered_day"]
_BUCKETS: Final = 256
_BUCKET_BITS: Final = 20


class HashedFile(Closing):
    """A file that is written once from start to end; its digest needs no second reading."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream = BufferedWriter(FileIO(path, "x"), _BUFFER)
        self._hash = hashlib.sha256()
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        """Append bytes, or the bytes of an array. Raises OSError."""
        view = memoryview(data).cast("B")
        if self.closed:
            # A Parquet writer that is given up still wants to write its end.
            return len(view)
        self._hash.update(view)
        with named(self.path):
            self._stream.write(view)
        self.size += len(view)
        return len(view)

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        """Nothing: only :meth:`finish` makes bytes last."""

    def finish(self) -> FileInfo:
        """Have the file reach the disk. Raises OSError."""
        with named(self.path):
            self._stream.flush()
            os.fsync(self._stream.fileno())
        self.close()
        return FileInfo(self.size, self._hash.hexdigest())

    def close(self) -> None:
        """Let go of the file, finished or not. What is written after that goes nowhere."""
        if not self.closed:
            self.closed = True
            # The raw file: what the buffer holds is on the disk by now, or not wanted any more.
            self._stream.raw.close()


class RowsParquet:
    """Registry rows as Parquet: zstd, row groups of one size however the rows arrive.

    A thread of its own encodes and writes, one call of :meth:`write` behind its caller.
    """

    def __init__(self, path: Path) -> None:
        self.file = HashedFile(path)
        try:
            self._writer = pq.ParquetWriter(
                self.file,
                row_schema(),
                compression="zstd",
                compression_level=1,
                use_dictionary=_WORDS,
                write_page_index=True,
            )
        except BaseException:
            self.file.close()
            raise
        self._held: list[pa.Table] = []
        self._count = 0
        self._thread = ThreadPoolExecutor(1)
        self._behind: Future[None] = self._thread.submit(lambda: None)

    def write(self, rows: pa.Table) -> None:
        """Append rows of ``row_schema``. Raises OSError, for these rows or those before them."""
        self._behind.result()
        self._behind = self._thread.submit(self._write, rows)

    def _write(self, rows: pa.Table) -> None:
        self._held.append(rows)
        self._count += rows.num_rows
        if self._count >= GROUP:
            held = pa.concat_tables(self._held)
            whole = self._count - self._count % GROUP
            self._writer.write_table(held.slice(0, whole), row_group_size=GROUP)
            self._held = [held.slice(whole)]
            self._count -= whole

    def finish(self) -> FileInfo:
        """Write what is left and have the file reach the disk. Raises OSError."""
        self._behind.result()
        if self._count:
            self._writer.write_table(pa.concat_tables(self._held), row_group_size=GROUP)
        self._writer.close()
        return self.file.finish()

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._thread.shutdown()
        self.file.close()
        self._writer.close()


class Scatter:
    """Places that arrive in any order and leave by rank: kept in one file a stretch of ranks."""

    def __init__(self, folder: Path, count: int) -> None:
        """``count`` is the number of ranks, 0 to count - 1."""
        self._count = count
        self._bits = max(_BUCKET_BITS, (max(count - 1, 1) // _BUCKETS).bit_length())
        buckets = (count + (1 << self._bits) - 1) >> self._bits
        self._dtype = np.dtype([("rank", "<i8"), *((name, "<i8") for name in PLACE.names or ())])
        self._paths = [folder / f"bucket-{number}" for number in range(buckets)]
        self._files = [path.open("xb", buffering=_BUFFER // 4) for path in self._paths]

    def add(self, ranks: Positions, numbers: NDArray[np.int64], rows: Positions) -> None:
        """Keep the PLACE of each rank. Raises OSError."""
        entries = np.empty(len(ranks), self._dtype)
        entries["rank"], entries["number"], entries["row"] = ranks, numbers, rows
        buckets = (ranks >> self._bits).astype(np.uint16)
        entries = entries[np.argsort(buckets, kind="stable")]
        ends = np.cumsum(np.bincount(buckets, minlength=len(self._files))).tolist()
        start = 0
        for file, end in zip(self._files, ends, strict=True):
            if end > start:
                file.write(entries[start:end].tobytes())
            start = end

    def sorted(self) -> Iterator[NDArray[np.void]]:
        """The PLACE records by rank, a stretch at a time. Raises OSError."""
        for number, (path, file) in enumerate(zip(self._paths, self._files, strict=True)):
            file.close()
            entries = np.fromfile(path, self._dtype)
            path.unlink()
            positions = np.empty(len(entries), PLACE)
            at = entries["rank"] - (number << self._bits)
            positions["number"][at], positions["row"][at] = entries["number"], entries["row"]
            yield positions

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in self._files:
            file.close()
