"""Columns as plain values (dicts, lists, strings, numbers), and back again.

For programs in other languages, and for looking at. JSON carries the values if its reader takes
whole numbers of any size: masks have a bit for every clause.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any, Final

from callguard.engine.columns import data
from callguard.engine.columns.atoms import AtomMasks

_CLASSES: Final = (
    *(data.FieldColumn, data.ListColumn, data.PairColumn, AtomMasks),
    *(data.Strings, data.Suffixes, data.Numbers, data.Flags, data.Networks),
    *(data.Substrings, data.Patterns),
)
_BY_KIND: Final[dict[str, Any]] = {made.__name__: made for made in _CLASSES}


def to_plain(column: data.Column) -> dict[str, Any]:
    """The column as plain values. ``kind`` says which class of :mod:`.data` each dict was."""
    plain: dict[str, Any] = _to_plain(column)
    return plain


def from_plain(plain: dict[str, Any]) -> data.Column:
    """The column that :func:`to_plain` made these values from.

    Raises KeyError or TypeError for values that it did not make.
    """
    column: data.Column = _from_plain(plain)
    return column


def _to_plain(value: Any) -> Any:
    if is_dataclass(value):
        kept = {field.name: _to_plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__, **kept}
    if isinstance(value, tuple):
        return [_to_plain(part) for part in value]
    return value


def _from_plain(value: Any) -> Any:
    if isinstance(value, dict):
        given = {name: _from_plain(part) for name, part in value.items() if name != "kind"}
        return _BY_KIND[value["kind"]](**given)
    if isinstance(value, list):
        return tuple(_from_plain(part) for part in value)
    return value
