"""Where a made-up feed goes: Parquet, CSV, or CSV packed with gzip, whole or absent."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from callguard.errors import TakedownError
from callguard.files import whole_file

# Feeds of Chinese carriers are written in China's time.
_OFFSET: Final = 8 * 3600
_OFFSET_TEXT: Final = "+08:00"
_LONG: Final = ("number", "owner_id", "owner_document", "registered_at", "activated_at")
GROUP: Final = 250_000


class FeedSink(Protocol):
    schema: pa.Schema

    def write(self, table: pa.Table) -> None: ...


class _Parquet:
    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self.schema = schema
        dictionary = [name for name in schema.names if name not in _LONG]
        self.writer = pq.ParquetWriter(
            stream,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=dictionary,
            store_schema=False,
        )

    def write(self, table: pa.Table) -> None:
        self.writer.write_table(table, row_group_size=GROUP)


class _Csv:
    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self.schema = schema
        texts = pa.schema([pa.field(name, pa.string()) for name in schema.names])
        self.writer = _csv_writer(stream, texts)

    def write(self, table: pa.Table) -> None:
        columns = [_text(column) for column in table.columns]
        texts = [pa.field(name, pa.string()) for name in table.schema.names]
        self.writer.write_table(pa.Table.from_arrays(columns, schema=pa.schema(texts)))


@contextmanager
def open_sink(path: Path, schema: pa.Schema) -> Iterator[FeedSink]:
    """A feed to write, in the form that its name says; it appears when the block ends well.

    Raises TakedownError for another ending than ``.parquet``, ``.csv`` and ``.csv.gz``.
    """
    name = path.name
    if not name.endswith((".parquet", ".csv", ".csv.gz")):
        raise TakedownError(f"{path}: name the feed .parquet, .csv or .csv.gz")
    with whole_file(path) as raw:
        sink: _Parquet | _Csv
        if name.endswith(".gz"):
            # The time that gzip notes would make equal feeds differ.
            with gzip.GzipFile("", "wb", 3, raw, mtime=0) as packed:
                sink = _Csv(cast("IO[bytes]", packed), schema)
                yield sink
                sink.writer.close()
            return
        sink = _Parquet(raw, schema) if name.endswith(".parquet") else _Csv(raw, schema)
        yield sink
        sink.writer.close()


@contextmanager
def open_labels(path: Path, owner_column: str) -> Iterator[Any]:
    """A file of labels to write batches into; it appears when the block ends well."""
    fields = [(owner_column, pa.string()), ("label", pa.string()), ("numbers", pa.int64())]
    with whole_file(path) as stream:
        writer = _csv_writer(stream, pa.schema(fields))
        yield writer
        writer.close()


def _csv_writer(stream: IO[bytes], schema: pa.Schema) -> Any:
    # Nothing that is made up here needs quotes, and text without them is read faster.
    stream.write(",".join(schema.names).encode() + b"\n")
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none")
    return arrow_csv.CSVWriter(stream, schema, write_options=options)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_timestamp(column.type):
        return column.cast(pa.string())
    local = pc.add(column.cast(pa.int64()), _OFFSET).cast(pa.timestamp("s"))
    texts = pc.replace_substring(local.cast(pa.string()), " ", "T")
    return pc.binary_join_element_wise(texts, _OFFSET_TEXT, "")
