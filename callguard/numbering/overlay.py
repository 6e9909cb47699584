"""Changes laid over the numbering table when a plan is made, so that a look-up costs no more."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from callguard.numbering.blocks import MobileBlocks
from callguard.numbering.classes import NumberClass
from callguard.numbering.ranges import NumberRange
from callguard.numbering.table import (
    GROUP_DIGITS,
    Group,
    NumberingTable,
    Row,
    TableEntry,
    Unusual,
)

# Chinese mobile numbers of 11 digits, which a list of blocks decides about.
_BLOCKS_BEGIN: Final = "861"
_BLOCK_DIGITS: Final = 7
_LENGTH: Final = 13
_MOBILE: Final = NumberClass("CN", "mobile", valid=True)
_OUTSIDE: Final = Unusual(NumberClass("CN", "unallocated", valid=False), short=False)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of entries: numbers from ``low`` up to but not including ``high``.

    Both are international digits, compared as text; no number of ``lengths`` is shorter.
    """

    low: str
    high: str
    lengths: range
    entry: Callable[[TableEntry], TableEntry]

    def row(self, row: Row) -> Row:
        changed = list(row)
        for length in self.lengths:
            changed[length] = self.entry(row[length])
        return tuple(changed)


def with_ranges(table: NumberingTable, ranges: Iterable[NumberRange]) -> NumberingTable:
    """The table with these ranges; a range of a longer prefix wins over a shorter one."""
    changes = [
        Change(
            one.prefix,
            _next(one.prefix),
            range(one.least, one.most + 1),
            _Becomes(one.meaning),
        )
        for one in ranges
    ]
    return table.replaced(_overlaid(table.groups, changes))


def with_blocks(table: NumberingTable, blocks: MobileBlocks) -> NumberingTable:
    """The table with a list of blocks: Chinese mobile numbers of 11 digits are those in it."""
    lengths = range(_LENGTH, _LENGTH + 1)
    changes = [Change(_BLOCKS_BEGIN, _next(_BLOCKS_BEGIN), lengths, _close)]
    changes += [
        Change(f"86{first}", _next(f"86{last}"), lengths, _open) for first, last in blocks.runs()
    ]
    return table.replaced(_overlaid(table.groups, changes))


@dataclass(frozen=True, slots=True)
class _Becomes:
    """Every entry becomes this class, emergency numbers apart."""

    meaning: NumberClass

    def __call__(self, entry: TableEntry) -> TableEntry:
        plain = entry if isinstance(entry, NumberClass | None) else entry.plain
        return entry if plain is not None and plain.kind == "emergency" else self.meaning


def _close(entry: TableEntry) -> TableEntry:
    return _OUTSIDE if entry is _MOBILE else entry


def _open(entry: TableEntry) -> TableEntry:
    free = entry is None or (isinstance(entry, Unusual) and not entry.plain.valid)
    return _MOBILE if free else entry


def _next(prefix: str) -> str:
    """The first text of digits behind all that begin with ``prefix``."""
    return str(int(prefix) + 1)


def _overlaid(groups: Mapping[str, Group], changes: Iterable[Change]) -> dict[str, Group]:
    """The groups with the changes made in their order."""
    keys = sorted(key for key in groups if len(key) == GROUP_DIGITS)
    touched: dict[str, list[Change]] = {}
    for change in changes:
        place = bisect_left(keys, change.low[:GROUP_DIGITS])
        while place < len(keys) and keys[place] < change.high:
            touched.setdefault(keys[place], []).append(change)
            place += 1
    made = dict(groups)
    for key, wanted in touched.items():
        made[key] = _changed(key, groups[key], wanted)
    return made


def _changed(key: str, group: Group, changes: list[Change]) -> Group:
    """One group; every end of a change that lies in it becomes a bound."""
    before, old_rows = group
    ends = {end for change in changes for end in (change.low, change.high)}
    bounds = sorted({*before, *(end for end in ends if end.startswith(key) and end != key)})
    rows = [old_rows[0], *(old_rows[bisect_right(before, bound)] for bound in bounds)]
    for change in changes:
        made: dict[Row, Row] = {}
        first = bisect_right(bounds, max(change.low, key))
        last = bisect_left(bounds, change.high)
        for place in range(first, last + 1):
            row = rows[place]
            if row not in made:
                made[row] = change.row(row)
            rows[place] = made[row]
    return bounds, rows
