"""Columns: for each field, which clauses does its value not refute.

Scoring is one look-up and one ``&`` a column. A column is built at load from all literals of all
rules on that field, and is plain data: :mod:`.data` says what it holds, :func:`evaluate` what it
means.
"""

from callguard.engine.columns.build import build_columns
from callguard.engine.columns.data import Column, FieldColumn, ListColumn, PairColumn
from callguard.engine.columns.evaluate import evaluate
from callguard.engine.columns.field_columns import Use
from callguard.engine.columns.lists import Lists
from callguard.engine.columns.look_ups import look_up_of
from callguard.engine.columns.plain import from_plain, to_plain
from callguard.engine.columns.scanners import Scanners
from callguard.engine.columns.short_lists import join_short_lists
from callguard.engine.columns.text_limit import LONGEST_TEXT

__all__ = [
    "LONGEST_TEXT",
    "Column",
    "FieldColumn",
    "ListColumn",
    "Lists",
    "PairColumn",
    "Scanners",
    "Use",
    "build_columns",
    "evaluate",
    "from_plain",
    "join_short_lists",
    "look_up_of",
    "to_plain",
]
