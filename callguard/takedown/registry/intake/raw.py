"""Batches of a feed as they were read, before anything in them is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from callguard.takedown.registry.intake.columns import RowError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Rows that are checked at once.
BATCH: Final = 200_000


@dataclass(frozen=True, slots=True)
class RawBatch:
    """Rows of a feed.

    ``columns`` holds the columns that the feed has, by name: strings, or in Parquet also whole
    numbers (``number``), dates and timestamps. ``lines`` says where each row is: the line
    of a CSV file, the row of a Parquet file, counted from 1. ``faults`` are lines that hold no
    row at all.
    """

    columns: dict[str, pa.Array]
    lines: NDArray[np.int64]
    faults: list[tuple[int, RowError]]

    def column(self, name: str) -> pa.Array:
        """A column; nothing but nulls if the feed does not have it."""
        column = self.columns.get(name)
        return pa.nulls(len(self.lines), pa.string()) if column is None else column


def as_texts(column: pa.Array) -> pa.Array:
    """A column as the texts that a CSV feed would have in its place."""
    if pa.types.is_timestamp(column.type) and column.type.tz is not None:
        naive = column.cast(pa.timestamp(column.type.unit, "UTC")).cast(
            pa.timestamp(column.type.unit)
        )
        return pc.binary_join_element_wise(naive.cast(pa.string()), "Z", "")
    return column.cast(pa.string())
