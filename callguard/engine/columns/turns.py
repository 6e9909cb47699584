"""In which order the columns are asked that are asked only while a clause needs them.

Each that refutes spares those behind it: what is soon known comes first, then what is worked out
from a number, then what reads a whole text. The order changes no mask, for ``&`` has none.
"""

from __future__ import annotations

from typing import Final

from callguard.engine.columns.data import Column, ListColumn, PairColumn, Strings
from callguard.records.fields import FIELDS, FieldType
from callguard.records.names import FOLDED

_WORKED_OUT: Final = {"calling.repaired": 4, "shared_prefix": 5}
# Texts that repeat from call to call: their masks are kept.
_REMEMBERED: Final = frozenset({"display_name", "user_agent"})
_READ_AGAIN: Final = ("certain",)


def turn(column: Column) -> int:
    """The place of a column: lower numbers are asked first."""
    if isinstance(column, PairColumn):
        return 1
    if isinstance(column, ListColumn):
        return 7
    if column.field in _WORKED_OUT:
        return _WORKED_OUT[column.field]
    if column.field.endswith(_READ_AGAIN):
        return 6
    if any(isinstance(table, Strings) for table in column.tables):
        return 2
    if FIELDS[column.field] is FieldType.NUMBER_TEXT:
        return 2
    if column.field in FOLDED or column.field in _REMEMBERED:
        return 3
    return 8 if column.expensive else 0
