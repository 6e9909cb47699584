"""The fast checker: whole batches at once. What is unusual goes to the plain one, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from callguard.takedown.model import STATUSES
from callguard.takedown.registry.intake.columns import COLUMNS, RowError
from callguard.takedown.registry.intake.moments import Clock
from callguard.takedown.registry.intake.numbers import Numbers
from callguard.takedown.registry.intake.plain import WORDS, Checker, Row, halves, kept, word
from callguard.takedown.registry.intake.raw import RawBatch, as_texts
from callguard.takedown.registry.intake.texts import each, matrix
from callguard.takedown.registry.writer import feed_schema

Flags = NDArray[np.bool_]

_CLOSED: Final = STATUSES.index("closed")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was refused: its line (row number in Parquet), and why."""

    line: int
    column: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The good rows of a batch in feed order (``writer.feed_schema``), and the others."""

    rows: pa.RecordBatch
    rejects: list[Reject]


class FastChecker:
    """Checks batches as ``Checker.row`` checks rows."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker
        self._clock = Clock(checker.zone)
        self._numbers = Numbers(checker)

    def check(self, raw: RawBatch, first: int = 0) -> Checked:
        """Check a batch whose rows are ``first``, ``first`` + 1, … of all that is read."""
        count = len(raw.lines)
        odd: Flags = np.zeros(count, np.bool_)
        columns = {
            "number": self._numbers.read(raw.column("number"), odd),
            **self._owners(raw, odd),
            **{name: _words(raw, name, odd) for name in WORDS},
            **self._times(raw, odd),
            "carrier": _texts(raw, "carrier", odd, needed=True),
            "agent": _texts(raw, "agent", odd, needed=False),
        }
        _check_order(columns, odd)
        columns["line"] = pa.array(np.arange(first, first + count, dtype=np.int64))
        schema = feed_schema()
        arrays = [_array(columns[field.name], field.type) for field in schema]
        rows = pa.RecordBatch.from_arrays(arrays, schema=schema)
        if not odd.any():
            return Checked(rows, [])
        return self._judge_odd(raw, rows, np.flatnonzero(odd), first)

    def _judge_odd(
        self, raw: RawBatch, rows: pa.RecordBatch, odd: NDArray[Any], first: int
    ) -> Checked:
        """Have the plain checker judge the odd rows, and put them where they belong."""
        good, rejects = self.plain(raw, odd, first)
        ordinary = np.ones(rows.num_rows, np.bool_)
        ordinary[odd] = False
        merged = pa.Table.from_batches([rows.filter(pa.array(ordinary)), good])
        batches = merged.sort_by("line").combine_chunks().to_batches()
        return Checked(batches[0] if batches else good, rejects)

    def plain(
        self, raw: RawBatch, positions: NDArray[Any], first: int = 0
    ) -> tuple[pa.RecordBatch, list[Reject]]:
        """What the plain checker makes of the rows at these positions."""
        texts: dict[str, list[str | None]] = {
            name: as_texts(raw.columns[name].take(pa.array(positions))).to_pylist()
            for name in COLUMNS
            if name in raw.columns
        }
        good: list[tuple[int, Row]] = []
        rejects = []
        for index, place in enumerate(positions.tolist()):
            values = {name: column[index] for name, column in texts.items()}
            try:
                good.append((first + place, self._checker.row(values)))
            except RowError as fault:
                rejects.append(Reject(int(raw.lines[place]), fault.column, fault.reason))
        return _batch(good), rejects

    def _owners(self, raw: RawBatch, odd: Flags) -> dict[str, Any]:
        """Owner keys: keys given as hex at once, other ids and documents once for each."""
        keys: NDArray[np.int64] = np.zeros((len(odd), 2), np.int64)
        labels = pa.nulls(len(odd), pa.string())
        given = raw.column("owner_id"), raw.column("owner_document")
        ids, documents = (_there(column) for column in given)
        odd |= ids == documents
        if ids.any():
            rest = ids & ~_hex_keys(given[0], keys)
            if rest.any():
                mask = pa.array(rest)
                texts = pc.if_else(mask, given[0], None)
                labels = self._keys(
                    texts, rest, (keys, odd), lambda text: self._checker.owner(text, None)
                )
        if documents.any():
            self._keys(
                given[1], documents, (keys, odd), lambda text: self._checker.owner(None, text)
            )
        return {"owner_hi": keys[:, 0], "owner_lo": keys[:, 1], "owner_id": labels}

    @staticmethod
    def _keys(
        column: pa.Array,
        where: Flags,
        into: tuple[NDArray[np.int64], Flags],
        read: Callable[[str | None], tuple[bytes, str | None]],
    ) -> pa.Array:
        """Write the keys of a column where they are wanted; returns the ids to keep."""
        codes, results = each(column, read)
        bad = np.array([isinstance(result, RowError) for result in results])
        pairs = [(b"\0" * 16, None) if bad[i] else result for i, result in enumerate(results)]
        known = np.frombuffer(b"".join(key for key, _ in pairs), ">i8").reshape(-1, 2)
        keys, odd = into
        keys[where] = known[codes[where]]
        odd |= where & bad[codes]
        return pa.array([label for _, label in pairs], pa.string()).take(pa.array(codes))

    def _times(self, raw: RawBatch, odd: Flags) -> dict[str, Any]:
        times: dict[str, Any] = {}
        for name in ("registered_at", "activated_at", "closed_at"):
            column = raw.column(name)
            seconds, left = self._clock.read(column)
            missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False))
            if pa.types.is_string(column.type):
                lengths = pc.binary_length(column).fill_null(0)
                missing |= lengths.to_numpy(zero_copy_only=False) == 0
            if name == "registered_at":
                odd |= left
                times[name] = seconds
            else:
                odd |= left & ~missing
                times[name] = pa.array(seconds, mask=missing)
            if name != "closed_at":
                days = self._clock.days(np.where(left, 0, seconds))
                day = name.replace("_at", "_day")
                times[day] = days if name == "registered_at" else pa.array(days, mask=missing)
        return times


def _check_order(columns: dict[str, Any], odd: Flags) -> None:
    closed = columns["closed_at"]
    is_open = np.asarray(closed.is_null().to_numpy(zero_copy_only=False))
    ends = closed.fill_null(0).to_numpy(zero_copy_only=False)
    odd |= np.where(is_open, columns["status"] == _CLOSED, ends < columns["registered_at"])


def _there(column: pa.Array) -> Flags:
    """Where there is a text. The reader of the text finds out if it is white space alone."""
    if column.null_count == len(column):
        return np.zeros(len(column), np.bool_)
    lengths = pc.binary_length(column).fill_null(0).to_numpy(zero_copy_only=False)
    return np.asarray(lengths > 0)


_NIBBLES: Final = np.full(256, 255, np.uint8)
_NIBBLES[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


def _hex_keys(column: pa.Array, keys: NDArray[np.int64]) -> Flags:
    """Write the keys that are given as 32 hex digits; returns where that was so."""
    keyed: Flags = np.zeros(len(column), np.bool_)
    rows, signs = matrix(column, 32)
    if len(rows):
        nibbles = _NIBBLES[signs]
        good = (nibbles < 16).all(axis=1) & (nibbles != nibbles[:, :1]).any(axis=1)
        halves_of = (nibbles[:, 0::2] << 4) | (nibbles[:, 1::2] & 15)
        values = np.ascontiguousarray(halves_of).view(">i8").astype(np.int64)
        keys[rows[good]] = values[good]
        keyed[rows[good]] = True
    return keyed


def _words(raw: RawBatch, name: str, odd: Flags) -> NDArray[Any]:
    codes, results = each(raw.column(name), lambda text: word(name, text))
    bad = np.array([isinstance(result, RowError) for result in results])
    values = np.array([0 if bad[i] else result for i, result in enumerate(results)], np.int8)
    odd |= bad[codes]
    return np.asarray(values[codes])


def _texts(raw: RawBatch, name: str, odd: Flags, *, needed: bool) -> pa.Array:
    codes, results = each(raw.column(name), lambda text: kept(name, text))
    bad = [isinstance(one, RowError) or (needed and one is None) for one in results]
    odd |= np.array(bad)[codes]
    filler = "" if needed else None
    texts = [filler if bad[place] else one for place, one in enumerate(results)]
    return pa.array(texts, pa.string()).take(pa.array(codes))


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values if isinstance(values, pa.Array) else pa.array(values, kind)


def _batch(rows: list[tuple[int, Row]]) -> pa.RecordBatch:
    columns: dict[str, list[Any]] = {name: [] for name in feed_schema().names}
    for line, row in rows:
        hi, lo = halves(row.owner)
        values = {**row._asdict(), "owner_hi": hi, "owner_lo": lo, "line": line}
        for name, column in columns.items():
            column.append(values[name])
    return pa.RecordBatch.from_pydict(columns, schema=feed_schema())
