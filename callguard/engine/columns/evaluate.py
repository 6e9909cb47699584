"""What a column says of a record's values: the definition, in plain Python.

Slower than the look-ups of the scoring function (:mod:`.look_ups`), and made to be read. The slow
path, explanations and examples use it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any

import re2

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

# (table, value as the table reads it) -> the atoms that the value makes true.
Scan = Callable[[Substrings | Patterns, str], Iterable[int]]
_MIB = 1 << 20
_IPV4_BYTES = 4


def scan_plainly(table: Substrings | Patterns, value: str) -> Iterable[int]:
    """The atoms that the value makes true, one word or expression after another."""
    if isinstance(table, Substrings):
        return [atom for word, atoms in table.words if word in value for atom in atoms]
    return [atom for expression, atom in table.expressions if _compiled(expression).search(value)]


def evaluate(
    column: Column, values: Mapping[str, Any], lists: Lists, scan: Scan = scan_plainly
) -> int:
    """The mask of the clauses that a record with these field values does not refute.

    ``lists`` has the members of every list. ``scan`` may be given where many words or expressions
    have been compiled together (:class:`~.scanners.Scanners`).

    Raises ValueError for text that the column refuses, and what a list raises.
    """
    given = [values.get(name) for name in column.fields]
    if any(value is None for value in given):
        return column.absent
    if isinstance(column, PairColumn):
        left, right = given
        return column.same if same(left, right, column.cased) else column.different
    (value,) = given
    if column.limited:
        check_text(column.field, value)
    if isinstance(column, ListColumn):
        members = lists.of(column.field, column.list_name)
        return column.listed if value in members else column.unlisted
    mask = column.present
    for table in column.tables:
        mask &= table_mask(table, value, scan)
    return mask


def same(left: object, right: object, cased: bool) -> bool:
    """Whether two values are the same; a text, a number and a truth value never are."""
    if not cased and isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    kinds_agree = isinstance(left, bool | str) is isinstance(right, bool | str)
    return kinds_agree and left == right


def table_mask(table: Table, value: Any, scan: Scan = scan_plainly) -> int:
    """What one table says of a value that is there."""
    match table:
        case Numbers():
            return table.masks[bisect_left(table.bounds, value) + bisect_right(table.bounds, value)]
        case Flags():
            return table.if_true if value else table.if_false
        case Networks():
            return _network_mask(table, value)
        case Strings():
            return _string_mask(table, _read(value, table.folded))
        case Suffixes():
            backwards = _read(value, table.folded)[::-1]
            return _interval_mask(table.bounds, table.masks, backwards)
        case Substrings() | Patterns():
            return table.combine.mask(scan(table, _read(value, table.folded)))


def _read(value: str, folded: bool) -> str:
    return value.lower() if folded else value


def _interval_mask(bounds: Sequence[Any], masks: Sequence[int], value: Any) -> int:
    return masks[bisect_right(bounds, value)]


def _string_mask(table: Strings, value: str) -> int:
    index = bisect_left(table.exact, value)
    if table.exact[index : index + 1] == (value,):
        return table.exact_masks[index]
    return _interval_mask(table.bounds, table.masks, value)


def _network_mask(table: Networks, value: str) -> int:
    packed = packed_address(value)
    if packed is None:
        return table.no_address
    number = int.from_bytes(packed)
    if len(packed) == _IPV4_BYTES:
        return _interval_mask(table.bounds4, table.masks4, number)
    return _interval_mask(table.bounds6, table.masks6, number)


def packed_address(text: str) -> bytes | None:
    """An IPv4 address as 4 bytes, an IPv6 address as 16; None for what is no address.

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


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 * _MIB
    return re2.compile(expression, options)
