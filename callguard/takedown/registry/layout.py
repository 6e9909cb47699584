"""Registry rows as fixed-width records, and back into Arrow tables.

A record is what ``rows.bin`` holds: 80 bytes, little endian, times as in ``model.row_schema``.
Names of carriers and agents are their positions in ``names.json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from callguard.takedown.model import FOREVER, row_schema

# ``kinds`` is the owner's kind in the low four bits and the service in the high four; ``owner_id``
# is the place of the text in owner_ids.bin in bytes, shifted left by 16, plus its length in bytes.
ROW: Final = np.dtype(
    [
        ("owner_hi", "<i8"),
        ("owner_lo", "<i8"),
        ("number", "<i8"),
        ("registered_at", "<i8"),
        ("closed_at", "<i8"),
        ("activated_at", "<i8"),
        ("contested_until", "<i8"),
        ("owner_id", "<i8"),
        ("registered_day", "<i4"),
        ("activated_day", "<i4"),
        ("agent", "<i4"),
        ("carrier", "<u2"),
        ("kinds", "u1"),
        ("status", "u1"),
    ]
)
# One entry of numbers.bin: a number and the place of one of its rows in rows.bin.
PLACE: Final = np.dtype([("number", "<i8"), ("row", "<i8")])
# One entry of owners.fence: the owner of every BLOCKth row.
OWNER: Final = np.dtype([("hi", "<i8"), ("lo", "<i8")])
# A look-up reads one block of this many records after a search over the first ones of all blocks.
BLOCK: Final = 64

_ARROW: Final = {
    "<i8": pa.int64(),
    "<i4": pa.int32(),
    "<u2": pa.uint16(),
    "|i1": pa.int8(),
}

NONE: Final = -(1 << 63)
NO_DAY: Final = -(1 << 31)
ID_BITS: Final = 16

Rows = NDArray[np.void]
Positions = NDArray[np.int64]


def integers(column: pa.Array | pa.ChunkedArray, missing: int = 0) -> NDArray[Any]:
    """A column of whole numbers or names' codes without its nulls, which become ``missing``."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.null_count:
        column = column.fill_null(missing)
    return np.asarray(column.to_numpy(zero_copy_only=False))


def records(columns: Mapping[str, pa.Array], owner_ids: Positions) -> Rows:
    """The records of rows whose carriers and agents are codes."""
    rows: Rows = np.empty(len(owner_ids), ROW)
    for name in ("owner_hi", "owner_lo", "number", "registered_at", "registered_day", "status"):
        rows[name] = integers(columns[name])
    rows["closed_at"] = integers(columns["closed_at"], FOREVER)
    rows["activated_at"] = integers(columns["activated_at"], NONE)
    rows["contested_until"] = integers(columns["contested_until"], NONE)
    rows["activated_day"] = integers(columns["activated_day"], NO_DAY)
    rows["owner_id"] = owner_ids
    rows["agent"] = integers(columns["agent"], -1)
    rows["carrier"] = integers(columns["carrier"])
    rows["kinds"] = integers(columns["owner_kind"]) | integers(columns["service"]) << 4
    return rows


def table(rows: Rows, carriers: pa.Array, agents: pa.Array, owner_ids: pa.Array) -> pa.Table:
    """Records as a table of ``row_schema``; ``owner_ids`` are the texts, one a record."""
    columns: Mapping[str, pa.Array] = {
        **{
            name: column(rows[name])
            for name in ("number", "owner_hi", "owner_lo", "registered_at", "registered_day")
        },
        "owner_kind": column((rows["kinds"] & 15).astype(np.int8)),
        "service": column((rows["kinds"] >> 4).astype(np.int8)),
        "status": column(rows["status"].astype(np.int8)),
        "closed_at": column(rows["closed_at"], FOREVER),
        "activated_at": column(rows["activated_at"], NONE),
        "contested_until": column(rows["contested_until"], NONE),
        "activated_day": column(rows["activated_day"], NO_DAY),
        "carrier": carriers.take(column(rows["carrier"])),
        "agent": agents.take(column(rows["agent"], -1)),
        "owner_id": owner_ids,
    }
    schema = row_schema()
    return pa.Table.from_arrays([columns[name] for name in schema.names], schema=schema)


def column(values: NDArray[Any], missing: int | None = None) -> pa.Array:
    """Whole numbers as an Arrow array, null where they are ``missing``.

    Built from buffers: pyarrow's own conversions load pandas first, if that is there.
    """
    valid = None
    if missing is not None:
        valid = pa.py_buffer(np.packbits(values != missing, bitorder="little"))
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(_ARROW[values.dtype.str], len(values), [valid, data])


def texts(values: Sequence[bytes | None]) -> pa.Array:
    """UTF-8 texts as an Arrow array, built from buffers as well."""
    sizes = np.array([0, *(len(value or b"") for value in values)], np.int64)
    valid = np.array([value is not None for value in values], np.bool_)
    buffers = [
        pa.py_buffer(np.packbits(valid, bitorder="little")),
        pa.py_buffer(np.cumsum(sizes)),
        pa.py_buffer(b"".join(value or b"" for value in values)),
    ]
    long = pa.Array.from_buffers(pa.large_string(), len(values), buffers)
    return long.cast(pa.string())


def ranges(starts: Positions, ends: Positions) -> Positions:
    """All whole numbers from each start up to (not including) its end, one after the other."""
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()), dtype=np.int64)
