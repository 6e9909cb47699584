"""What a column says of a record's values: the definition, in plain Python.

Slower than the look-ups of the scoring function (:mod:`.look_ups`), and made to be read. The slow
path, explanations and examples use it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, Final

from callguard.engine.columns.data import (
    Column,
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
from callguard.engine.columns.lists import Lists
from callguard.engine.columns.text_limit import check_text
from callguard.rules.regular import compiled

# (table, value as the table reads it) -> the atoms that the value makes true.
Scan = Callable[[Substrings | Patterns, str], Iterable[int]]
IPV4_BYTES = 4


def scan_plainly(table: Substrings | Patterns, value: str) -> Iterable[int]:
    """The atoms that the value makes true, one word or expression after another."""
    if isinstance(table, Substrings):
        return [atom for word, atoms in table.words if word in value for atom in atoms]
    return [atom for expression, atom in table.expressions if compiled(expression).search(value)]


def evaluate(
    column: Column, values: Mapping[str, Any], lists: Lists, scan: Scan = scan_plainly
) -> int:
    """The mask of the clauses that a record with these field values does not refute.

    ``lists`` has the members of every list. ``scan`` may be given where many words or expressions
    have been compiled together (:class:`~.scanners.Scanners`).

    Raises ValueError for text that the column refuses, and what a list raises.
    """
    value = values.get(column.field)
    if isinstance(column, PairColumn):
        other = values.get(column.other)
        if value is None or other is None:
            return column.absent
        return column.same if same(value, other, column.cased) else column.different
    if value is None:
        return column.absent
    if column.limited:
        check_text(column.field, value)
    if isinstance(column, ListColumn):
        members = lists.of(column.field, column.list_name)
        return column.listed if value in members else column.unlisted
    mask = column.present
    for table in column.tables:
        mask &= _TABLE_MASKS[type(table)](table, value, scan)
    return mask


def same(left: object, right: object, cased: bool) -> bool:
    """Whether two values are the same; a text, a number and a truth value never are."""
    if not cased and isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    kinds_agree = isinstance(left, bool | str) is isinstance(right, bool | str)
    return kinds_agree and left == right


def _numbers(table: Numbers, value: float, _: Scan) -> int:
    return table.masks[bisect_left(table.bounds, value) + bisect_right(table.bounds, value)]


def _flags(table: Flags, value: bool, _: Scan) -> int:
    return table.if_true if value else table.if_false


def _strings(table: Strings, value: str, _: Scan) -> int:
    value = value.lower() if table.folded else value
    index = bisect_left(table.exact, value)
    if table.exact[index : index + 1] == (value,):
        return table.exact_masks[index]
    return table.masks[bisect_right(table.bounds, value)]


def _suffixes(table: Suffixes, value: str, _: Scan) -> int:
    value = value.lower() if table.folded else value
    return table.masks[bisect_right(table.bounds, value[::-1])]


def _networks(table: Networks, value: str, _: Scan) -> int:
    packed = packed_address(value)
    if packed is None:
        return table.no_address
    number = int.from_bytes(packed)
    if len(packed) == IPV4_BYTES:
        return table.masks4[bisect_right(table.bounds4, number)]
    return table.masks6[bisect_right(table.bounds6, number)]


def _scanned(table: Substrings | Patterns, value: str, scan: Scan) -> int:
    return table.combine.mask(scan(table, value.lower() if table.folded else value))


# What a table of each kind says of a value that is there.
_TABLE_MASKS: Final[Mapping[type[Table], Callable[[Any, Any, Scan], int]]] = {
    Strings: _strings,
    Suffixes: _suffixes,
    Numbers: _numbers,
    Flags: _flags,
    Networks: _networks,
    Substrings: _scanned,
    Patterns: _scanned,
}


def packed_address(text: str) -> bytes | None:
    """An IPv4 address as 4 bytes, an IPv6 address as 16; None for what is not an address.

    A scope may follow an IPv6 address, as in ``fe80::1%eth0`` (RFC 4007 section 11).
    """
    try:
        if ":" not in text:
            return inet_pton(AF_INET, text)
        address, scoped, scope = text.partition("%")
        if scoped and (not scope or "%" in scope or "/" in scope):
            return None
        return inet_pton(AF_INET6, address)
    except (OSError, ValueError):
        return None
