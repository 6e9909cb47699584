"""Rows of Parquet feeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from callguard.errors import RegistryError
from callguard.takedown.registry.intake.columns import TIMES, Columns, match_columns
from callguard.takedown.registry.intake.raw import BATCH, RawBatch

MAGIC: Final = b"PAR1"


def read_columns(path: Path, name: str) -> Columns:
    """The columns of a Parquet file.

    Raises RegistryError if it cannot be read, lacks columns, or holds them in a type that is
    no text (times may also be dates and timestamps, numbers whole numbers).
    """
    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
    except (pa.ArrowException, OSError) as error:
        raise RegistryError(f"{name}: cannot be read as Parquet ({type(error).__name__})") from None
    columns = match_columns(schema.names, name)
    for column, place in columns.positions.items():
        kind = schema.field(place).type
        if not _readable(column, kind):
            raise RegistryError(
                f"{name}: the column {column} is of type {kind}; write it as {_wanted(column)}"
            )
    return columns


def read_parquet(path: Path, name: str, columns: Columns) -> Iterator[RawBatch]:
    """The rows of a Parquet file. Raises RegistryError if it is damaged or holds no UTF-8."""
    done = 0
    try:
        with pq.ParquetFile(path) as file:
            titles = file.schema_arrow.names
            wanted = [titles[place] for place in columns.positions.values()]
            for batch in file.iter_batches(BATCH, columns=wanted, use_threads=False):
                arrays = {
                    column: _plain(batch.column(titles[place]), column, name)
                    for column, place in columns.positions.items()
                }
                lines = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64)
                done += batch.num_rows
                yield RawBatch(arrays, lines, [])
    except (pa.ArrowException, OSError) as error:
        raise RegistryError(
            f"{name}: is damaged behind row {done} ({type(error).__name__}); fetch it again"
        ) from None


def _readable(column: str, kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_null(kind)
    )
    if column == "number":
        return bool(text or pa.types.is_integer(kind))
    if column in TIMES:
        return bool(text or pa.types.is_date(kind) or pa.types.is_timestamp(kind))
    return bool(text)


def _wanted(column: str) -> str:
    if column == "number":
        return "text or a whole number"
    return "text, a date or a timestamp" if column in TIMES else "text"


def _plain(column: pa.Array, name: str, where: str) -> pa.Array:
    """A column as a string column, or as whole numbers, dates or timestamps."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return column
    try:
        texts = column.cast(pa.string())
        # Files hold whatever bytes their writer called a string.
        texts.validate(full=True)
    except pa.ArrowInvalid:
        raise RegistryError(
            f"{where}: the column {name} holds bytes that are not UTF-8; write it again as UTF-8"
        ) from None
    return texts
