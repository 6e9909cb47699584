"""Changes to code that is text in Python's eyes: SQL, and the lines of a generated function."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

# What a match becomes. Longer signs come first: `<=` is no `<`.
_COMPARISONS: Final = {"<=": "<", ">=": ">", "<": "<=", ">": ">="}
_SQL: Final = {
    **_COMPARISONS,
    "=": "<>",
    "<>": "=",
    "+": "-",
    "-": "+",
    "AND": "OR",
    "OR": "AND",
    "IS NOT NULL": "IS NULL",
    "IS NULL": "IS NOT NULL",
    "EXISTS": "NOT EXISTS",
    "NOT EXISTS": "EXISTS",
    "NOT IN": "IN",
    "LEFT JOIN": "JOIN",
    "UNION": "UNION ALL",
    "DISTINCT": "",
    "DESC": "ASC",
    "min": "max",
    "max": "min",
    "sum": "max",
    "CURRENT ROW": "1 PRECEDING",
    "1 PRECEDING": "CURRENT ROW",
    "EXTRA": "OFF",
    "FULL": "OFF",
}
_PYTHON: Final = {
    **_COMPARISONS,
    "==": "!=",
    "!=": "==",
    "&=": "|=",
    "|=": "&=",
    "+=": "-=",
    "&": "|",
    "+": "-",
    "-": "+",
    "is not": "is",
    "is": "is not",
    "not in": "in",
    "in": "not in",
    "and": "or",
    "or": "and",
    "not": "",
    "True": "False",
    "False": "True",
    "None": "0",
    "continue": "break",
}
_NUMBER: Final = r"(?<![\w.])\d+(?![\w.])"
# A line that only filters: dropping it lets more rows through.
_FILTER: Final = re.compile(r"^[ \t]*(?:WHERE|AND|OR|HAVING)\b.*$", re.MULTILINE)
_COMMENT: Final = re.compile(r"--.*$", re.MULTILINE)
_QUOTED: Final = re.compile(r"'[^'\n]*'")


def _pattern(changes: Mapping[str, str]) -> re.Pattern[str]:
    signs = sorted(changes, key=len, reverse=True)
    # A sign stands alone: no `<` of `<=`, no `-` of `->`, no `in` of `min`.
    words = "|".join(rf"\b{sign}\b" for sign in signs if sign[0].isalnum())
    marks = "|".join(
        rf"(?<![<>=!&|+*/-]){re.escape(sign)}(?![<>=&|])" for sign in signs if not sign[0].isalnum()
    )
    return re.compile(f"{words}|{marks}|{_NUMBER}")


_SQL_SIGN: Final = _pattern(_SQL)
_PYTHON_SIGN: Final = _pattern(_PYTHON)


def sql(text: str) -> Iterator[tuple[int, int, str]]:
    """Changes (from, to, new text) of a sign, word, number or filtering line outside quotes."""
    left_alone = [span.span() for span in (*_COMMENT.finditer(text), *_QUOTED.finditer(text))]
    for match in (*_SQL_SIGN.finditer(text), *_FILTER.finditer(text)):
        if any(start <= match.start() < end for start, end in left_alone):
            continue
        sign = match[0]
        new = str(int(sign) + 1) if sign.isdigit() else _SQL.get(sign, "")
        yield match.start(), match.end(), new


def generated(text: str) -> Iterator[tuple[int, int, str]]:
    """Changes (from, to, new text) of one sign, word or number in the text of generated Python."""
    for match in _PYTHON_SIGN.finditer(text):
        sign = match[0]
        new = str(int(sign) + 1) if sign.isdigit() else _PYTHON[sign]
        yield match.start(), match.end(), new
