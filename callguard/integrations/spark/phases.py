"""The three passes over the records, each a function of Arrow batches as Spark's workers run them.

1. ``judge``: every record by itself. What needs no counters is finished; the rest waits, and gives
   a row for each step of a correlation.
2. ``count``: the steps of one group of one series after another, in the order of the records. Rows
   that are no steps pass by as they are.
3. ``finish``: what waits, and the figures that its steps came to.

Between the passes Spark brings rows together that belong together. No pass keeps more than one
group, or one record, in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import msgpack
import pyarrow as pa

from callguard.counters import MemoryCounters, Series, WindowFigure
from callguard.engine.pending import Pending
from callguard.engine.verdict import Verdict
from callguard.errors import CounterError
from callguard.guard import Guard
from callguard.integrations.spark.packed_rules import PackedRules

Batches = Iterable[pa.RecordBatch]

# Every row of every pass: of which record (numbers grow in the records' order), which step of it
# (0: the record itself), of which series and group, and what it carries. Rows that are no steps
# have no series, and their number as group: so they spread evenly, and come first where rows are
# sorted.
ROW: Final = pa.schema(
    [
        ("record", pa.int64()),
        ("step", pa.int32()),
        ("series", pa.string()),
        ("grouped", pa.binary()),
        ("payload", pa.binary()),
    ]
)
ROW_DDL: Final = "record bigint, step int, series string, grouped binary, payload binary"
VERDICT: Final = pa.schema(
    [
        ("record", pa.int64()),
        ("call_id", pa.string()),
        ("at", pa.float64()),
        ("action", pa.string()),
        ("score", pa.int32()),
        ("rules", pa.list_(pa.string())),
        ("shadow", pa.list_(pa.string())),
        ("basis", pa.string()),
        ("alert_template", pa.string()),
        ("alert_text", pa.string()),
        ("emergency", pa.bool_()),
        ("call_back", pa.bool_()),
        ("degraded", pa.list_(pa.string())),
        ("ruleset", pa.string()),
    ]
)
VERDICT_DDL: Final = (
    "record bigint, call_id string, at double, action string, score int, rules array<string>, "
    "shadow array<string>, basis string, alert_template string, alert_text string, "
    "emergency boolean, call_back boolean, degraded array<string>, ruleset string"
)
_ROWS: Final = 4096

Row = tuple[int, int, str | None, bytes, bytes]


def judge(packed: Callable[[], PackedRules], batches: Batches) -> Iterator[pa.RecordBatch]:
    """Records (``record`` and the columns of the signalling record) -> rows."""
    guard = packed().guard()
    yield from _batches(_judged(guard, batches), ROW)


def _judged(guard: Guard, batches: Batches) -> Iterator[Row]:
    for batch in batches:
        for fields in batch.to_pylist():
            name = fields.pop("record")
            record = {key: value for key, value in fields.items() if value is not None}
            begun = guard.begin(record)
            if isinstance(begun, Verdict):
                yield name, 0, None, _bytes(name), _bytes(("done", begun.to_dict()))
                continue
            waits = _bytes(("waits", record, len(begun.steps)))
            yield name, 0, None, _bytes(name), waits
            for number, (series, group, bucket, matched, value) in enumerate(begun.steps, 1):
                step = _bytes((bucket, _integer(matched), value))
                yield name, number, series.key, _bytes(group), step


def count(packed: Callable[[], PackedRules], batches: Batches) -> Iterator[pa.RecordBatch]:
    """Rows, each group's together and in order -> the same rows, steps with their figures."""
    every = {series.key: series for series in packed().guard().series.values()}
    rest = iter(batches)
    for batch in rest:
        passing = batch.column("series").null_count  # they come first
        yield batch.slice(0, passing)
        if passing < batch.num_rows:
            yield from _batches(_counted(every, chain([batch.slice(passing)], rest)), ROW)


def _counted(every: dict[str, Series], batches: Batches) -> Iterator[Row]:
    here: tuple[str, bytes] | None = None
    counters = MemoryCounters()
    for row in _rows(batches):
        series = every[row["series"]]
        if here != (row["series"], row["grouped"]):
            if here is not None:
                counters.reset(here[0])
            here = row["series"], row["grouped"]
        bucket, matched, value = msgpack.unpackb(row["payload"], use_list=False)
        group = msgpack.unpackb(row["grouped"], use_list=False)
        step = (series, group, bucket, int.from_bytes(matched, "little"), value)
        (figure,) = counters.step([step])
        yield row["record"], row["step"], None, b"", _bytes(_plain(figure))


def finish(packed: Callable[[], PackedRules], batches: Batches) -> Iterator[pa.RecordBatch]:
    """Rows of records and figures, each record's together and in order -> verdicts."""
    guard = packed().guard()
    yield from _batches(_finished(guard, batches), VERDICT)


def _finished(guard: Guard, batches: Batches) -> Iterator[tuple[Any, ...]]:
    waiting: tuple[int, Pending, int] | None = None
    figures: list[WindowFigure] = []
    for row in _rows(batches):
        if row["step"] == 0:
            kind, *rest = msgpack.unpackb(row["payload"])
            if kind == "done":
                yield _columns(row["record"], rest[0])
                continue
            record, steps = rest
            begun = guard.begin(record)
            if isinstance(begun, Verdict):
                raise CounterError("a record that waited for counters wants none any more")
            waiting, figures = (row["record"], begun, steps), []
            continue
        if waiting is None or waiting[0] != row["record"]:
            raise CounterError(f"figures without their record {row['record']}")
        name, pending, steps = waiting
        figures.append(_figure(msgpack.unpackb(row["payload"], use_list=False)))
        if len(figures) == steps:
            yield _columns(name, pending.finish(figures).to_dict())


def _columns(name: int, verdict: dict[str, Any]) -> tuple[Any, ...]:
    alert = verdict["alert"] or {}
    return (
        name,
        verdict["call_id"],
        verdict["at"],
        verdict["action"],
        verdict["score"],
        verdict["rules"],
        verdict["shadow"],
        verdict["basis"],
        alert.get("template"),
        alert.get("text"),
        verdict["emergency"],
        verdict["call_back"],
        verdict["degraded"],
        verdict["ruleset"],
    )


def _bytes(value: object) -> bytes:
    data: bytes = msgpack.packb(value)
    return data


def _integer(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "little")


def _plain(figure: WindowFigure) -> object:
    """Sums and sets of rules may be longer than MessagePack's integers."""
    if isinstance(figure, tuple):
        return figure[0], _integer(figure[1])
    return None if figure is None else _integer(figure)


def _figure(plain: Any) -> WindowFigure:
    if plain is None:
        return None
    if isinstance(plain, tuple):
        return plain[0], int.from_bytes(plain[1], "little")
    return int.from_bytes(plain, "little")


def _rows(batches: Batches) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield from batch.to_pylist()


def _batches(rows: Iterator[Sequence[Any]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    some: list[Sequence[Any]] = []
    for row in rows:
        some.append(row)
        if len(some) == _ROWS:
            yield _batch(some, schema)
            some = []
    if some:
        yield _batch(some, schema)


def _batch(rows: list[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
