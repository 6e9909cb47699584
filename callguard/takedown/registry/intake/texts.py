"""Columns of texts as arrays: signs of texts of one length, and a function once for each text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from callguard.takedown.registry.intake.columns import RowError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def matrix(column: pa.Array, length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Which rows of a string column have ``length`` bytes, and these bytes, one row each."""
    lengths = pc.binary_length(column).fill_null(-1).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(lengths == length)
    if not len(rows):
        return rows, np.zeros((0, length), np.uint8)
    chosen = column if len(rows) == len(column) else column.take(pa.array(rows))
    _, starts, data = chosen.buffers()
    first = int(np.frombuffer(starts, np.int32)[chosen.offset])
    signs = np.frombuffer(data, np.uint8, len(rows) * length, first)
    return rows, signs.reshape(-1, length)


def each(column: pa.Array, read: Callable[[str | None], Any]) -> tuple[NDArray[Any], list[Any]]:
    """Apply ``read`` once to each different value of a string column.

    Returns a code for each row and the results by code; a result is the RowError if one was
    raised.
    """
    encoded = column.dictionary_encode()
    results = []
    for text in [*encoded.dictionary.to_pylist(), None]:
        try:
            results.append(read(text))
        except RowError as fault:
            results.append(fault)
    codes = encoded.indices.fill_null(len(results) - 1).to_numpy(zero_copy_only=False)
    return codes, results
