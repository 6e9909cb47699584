"""Short lists of numbers that one field is looked up on, asked together: one look-up for all.

The members of short lists are put into one table, as tests for whole numbers and for beginnings
of numbers are. Long lists stay as they are: what they hold is in memory once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from callguard.engine.columns.data import Column, FieldColumn, ListColumn, Strings
from callguard.engine.columns.field_columns import is_e164
from callguard.engine.columns.intervals import strings_of
from callguard.engine.columns.lists import Lists
from callguard.numbering import NumberList

# Lists of a field with more members together are asked one by one.
MOST_MEMBERS: Final = 10_000


def join_short_lists(columns: Iterable[Column], lists: Lists, everything: int) -> list[Column]:
    """The columns, those of short number lists joined field by field in place of the first.

    ``everything`` is the mask with every clause's bit set. The values of such a field are numbers
    in E.164 form, which callguard itself makes.
    """
    by_field: dict[str, list[ListColumn]] = {}
    joined: list[Column | str] = []
    for column in columns:
        if not isinstance(column, ListColumn) or not _is_short(column, lists):
            joined.append(column)
            continue
        if column.field not in by_field:
            joined.append(column.field)
        by_field.setdefault(column.field, []).append(column)
    return [
        part
        for one in joined
        for part in (_join(by_field[one], lists, everything) if isinstance(one, str) else [one])
    ]


def settled(column: Column) -> int | None:
    """The mask of a column that has the same for every value; None for all others."""
    if isinstance(column, FieldColumn) and column.involved & ~column.present == 0:
        for table in column.tables:
            if not isinstance(table, Strings) or table.exact or table.masks != (column.absent,):
                return None
        return column.absent if column.tables and not column.limited else None
    return None


def _is_short(column: ListColumn, lists: Lists) -> bool:
    if not is_e164(column.field) or column.limited:
        return False
    members = lists.of(column.field, column.list_name)
    return isinstance(members, NumberList) and len(members) <= MOST_MEMBERS


def _join(columns: Sequence[ListColumn], lists: Lists, everything: int) -> list[Column]:
    whole: dict[str, set[int]] = {}
    starts: dict[str, set[int]] = {}
    count = 0
    for position, column in enumerate(columns):
        members = lists.of(column.field, column.list_name)
        assert isinstance(members, NumberList)
        count += len(members)
        for group, of_group in ((whole, members.numbers()), (starts, members.starts())):
            for text in of_group:
                group.setdefault(text, set()).add(position)
    if count > MOST_MEMBERS:
        return [*columns]

    def mask_of(on: Iterable[int]) -> int:
        mask, listed = everything, frozenset(on)
        for position, column in enumerate(columns):
            mask &= column.listed if position in listed else column.unlisted
        return mask

    involved = 0
    for column in columns:
        involved |= column.involved
    return [
        FieldColumn(
            name=columns[0].name,
            field=columns[0].field,
            involved=involved,
            absent=mask_of(()),
            present=everything,
            limited=False,
            expensive=True,
            tables=(strings_of(whole, starts, mask_of),),
        )
    ]
