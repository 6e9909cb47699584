"""The fast form of a column: a function from the value to the mask, for the scoring function.

What it says is what :func:`.evaluate.evaluate` says of a value that is there; a test holds the
two equal. Everything is worked out at load.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Any

from callguard.engine.columns.atoms import AtomMasks, combiner
from callguard.engine.columns.data import (
    Column,
    FieldColumn,
    Flags,
    ListColumn,
    Networks,
    Numbers,
    PairColumn,
    Patterns,
    Strings,
    Substrings,
    Suffixes,
    Table,
)
from callguard.engine.columns.digit_automaton import digit_automaton, scan_digits
from callguard.engine.columns.evaluate import IPV4_BYTES, packed_address, same
from callguard.engine.columns.lists import Lists
from callguard.engine.columns.scanners import Scanners
from callguard.engine.columns.text_limit import LONGEST_TEXT
from callguard.records.fields import FIELDS, FieldType

LookUp = Callable[[Any], int]
# Sets of true tests whose mask is kept.
_KEPT = 2048


def look_up_of(column: Column, lists: Lists, scanners: Scanners) -> Callable[..., int]:
    """A function from the value, or the two values of a pair, to the mask.

    It raises what ``evaluate`` raises. The values are not None.
    """
    if isinstance(column, PairColumn):
        return _pair_look_up(column)
    if isinstance(column, ListColumn):
        look_up = _list_look_up(column, lists)
    else:
        look_up = _field_look_up(column, scanners)
        if column.expensive and FIELDS[column.field] is FieldType.NUMBER_TEXT:
            first = digit_automaton(column)
            look_up = look_up if first is None else scan_digits(first, look_up)
    return _limited(column.field, look_up) if column.limited else look_up


def sole_strings(column: Column) -> Strings | None:
    """The table that alone answers for the column, reading the value as it is, if there is one."""
    if isinstance(column, FieldColumn) and not column.limited and len(column.tables) == 1:
        (table,) = column.tables
        unconditional = column.present & column.involved == column.involved
        if isinstance(table, Strings) and not table.folded and unconditional:
            return table
    return None


def _pair_look_up(column: PairColumn) -> Callable[[Any, Any], int]:
    is_same, is_different, cased = column.same, column.different, column.cased

    def look_up(left: Any, right: Any) -> int:
        return is_same if same(left, right, cased) else is_different

    return look_up


def _list_look_up(column: ListColumn, lists: Lists) -> LookUp:
    members = lists.of(column.field, column.list_name)
    listed, unlisted = column.listed, column.unlisted
    return lambda value: listed if value in members else unlisted


def _field_look_up(column: FieldColumn, scanners: Scanners) -> LookUp:
    """One function for all tables of a field; each reads the value as it is or folded."""
    present = column.present
    written = [table_look_up(table, scanners) for table in column.tables if not _folded(table)]
    folded = [table_look_up(table, scanners) for table in column.tables if _folded(table)]
    if not written and not folded:
        return lambda _: present
    if len(written) == 1 and not folded:
        only = written[0]
        # Without a test for absence nothing is left to take out.
        if present & column.involved == column.involved:
            return only
        return lambda value: only(value) & present
    if len(folded) == 1 and not written:
        lone = folded[0]
        return lambda value: lone(value.lower()) & present

    def look_up(value: str) -> int:
        mask = present
        for part in written:
            mask &= part(value)
        if folded:
            low = value.lower()
            for part in folded:
                mask &= part(low)
        return mask

    return look_up


def _folded(table: Table) -> bool:
    return isinstance(table, Strings | Suffixes | Substrings | Patterns) and table.folded


def _limited(field: str, look_up: LookUp) -> LookUp:
    """As :func:`.text_limit.check_text`, spelt out to spare a call."""

    def checked(value: str) -> int:
        if value.__class__ is not str or len(value) > LONGEST_TEXT:
            raise ValueError(f"{field}: expected text of at most {LONGEST_TEXT} characters")
        if not value.isascii():
            value.encode()
        return look_up(value)

    return checked


def table_look_up(table: Table, scanners: Scanners) -> LookUp:
    """A function from the value, in lower case if the table is folded, to the table's mask."""
    match table:
        case Strings():
            return _strings(table)
        case Suffixes(bounds=bounds, masks=masks):
            return lambda value: masks[bisect_right(bounds, value[::-1])]
        case Numbers(bounds=numbers, masks=cells):
            return lambda value: cells[bisect_left(numbers, value) + bisect_right(numbers, value)]
        case Flags():
            return {True: table.if_true, False: table.if_false}.__getitem__
        case Networks():
            return _networks(table)
        case Substrings():
            return _substrings(table, scanners)
        case Patterns():
            return _patterns(table, scanners)


def _strings(table: Strings) -> LookUp:
    bounds, masks = table.bounds, table.masks
    find = dict(zip(table.exact, table.exact_masks, strict=True)).get
    if not bounds:
        (nothing,) = masks
        return lambda value: find(value, nothing)
    if not table.exact:
        return lambda value: masks[bisect_right(bounds, value)]

    def look_up(value: str) -> int:
        mask = find(value)
        return masks[bisect_right(bounds, value)] if mask is None else mask

    return look_up


def _networks(table: Networks) -> LookUp:
    # Addresses in bytes have the order of their numbers, and need no conversion.
    bounds4 = [bound.to_bytes(4) for bound in table.bounds4]
    bounds6 = [bound.to_bytes(16) for bound in table.bounds6]
    masks4, masks6, no_address = table.masks4, table.masks6, table.no_address

    def look_up(value: str) -> int:
        packed = packed_address(value)
        if packed is None:
            return no_address
        if len(packed) == IPV4_BYTES:
            return masks4[bisect_right(bounds4, packed)]
        return masks6[bisect_right(bounds6, packed)]

    return look_up


def _substrings(table: Substrings, scanners: Scanners) -> LookUp:
    scan, nothing = scanners.automaton(table).iter, table.combine.base
    mask = _remembering(table.combine)

    def look_up(value: str) -> int:
        hits = None
        for _, atoms in scan(value):
            if hits is None:
                hits = {atoms}
            else:
                hits.add(atoms)
        if hits is None:
            return nothing
        return mask(tuple([atom for atoms in hits for atom in atoms]))

    return look_up


def _patterns(table: Patterns, scanners: Scanners) -> LookUp:
    search, nothing = scanners.search(table), table.combine.base
    mask = _remembering(table.combine)

    def look_up(value: str) -> int:
        hits = search(value)
        return mask(tuple(hits)) if hits else nothing

    return look_up


def _remembering(masks: AtomMasks) -> Callable[[tuple[int, ...]], int]:
    """:meth:`AtomMasks.mask` with a bounded memo: few sets of expressions match together."""
    combine = combiner(masks)
    known: dict[tuple[int, ...], int] = {}

    def mask_of(true: tuple[int, ...]) -> int:
        mask = known.get(true)
        if mask is None:
            if len(known) >= _KEPT:
                known.clear()
            mask = known[true] = combine(true)
        return mask

    return mask_of
