"""Columns asked in every way there is, all of which must say the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from callguard.engine.columns import (
    Column,
    FieldColumn,
    Lists,
    Scanners,
    evaluate,
    from_plain,
    look_up_of,
    to_plain,
)
from callguard.engine.columns.data import Table

NO_LISTS = Lists()
Fields = Mapping[str, Any]


def mask_of(column: Column, fields: Fields, lists: Lists = NO_LISTS) -> int:
    """What the column says of a record with these fields; raises what it raises.

    Asked of the plain evaluator, with and without compiled scans, of the look-up that the scoring
    function uses, and of the column that comes back from JSON.
    """
    return _same(_ways(column, lists), fields)


def asked(column: Column, *values: object, lists: Lists = NO_LISTS) -> int:
    """:func:`mask_of` for the value of the column's field, or of both its fields."""
    return mask_of(column, dict(zip(column.fields, values, strict=True)), lists)


def table_masks(table: Table, values: Iterable[Any]) -> list[int]:
    """What a table says of each value, alone in a column that asks nothing else."""
    everything = (1 << 400) - 1
    column = FieldColumn("field text", "text", 0, 0, everything, False, False, (table,))
    ways = _ways(column, NO_LISTS)
    return [_same(ways, {"text": value}) for value in values]


def _ways(column: Column, lists: Lists) -> list[Callable[[Fields], int]]:
    scanners = Scanners([column])
    look_up = look_up_of(column, lists, scanners)
    back = from_plain(json.loads(json.dumps(to_plain(column))))
    assert back == column

    def look_up_present(fields: Fields) -> int:
        given = [fields.get(name) for name in column.fields]
        return column.absent if any(value is None for value in given) else look_up(*given)

    return [
        lambda fields: evaluate(column, fields, lists),
        lambda fields: evaluate(column, fields, lists, scanners),
        lambda fields: evaluate(back, fields, lists),
        look_up_present,
    ]


def _same(ways: Sequence[Callable[[Fields], int]], fields: Fields) -> int:
    first, *others = (_outcome(way, fields) for way in ways)
    assert others == [first] * len(others)
    return ways[0](fields)


def _outcome(way: Callable[[Fields], int], fields: Fields) -> tuple[object, ...]:
    try:
        return (way(fields),)
    except Exception as error:  # noqa: BLE001  whatever it is must be the same everywhere
        return (type(error), str(error))
