"""What an unquoted value means, strictly.

Readers of YAML disagree about words such as ``no`` (a boolean in YAML 1.1, text in 1.2), ``010``
(eight or ten) and ``1:30`` (ninety, or text). Sigma's tools read YAML 1.1. A rule must mean the
same to every reader, so whatever is read in two ways is a fault unless it is quoted.
YAML 1.1: https://yaml.org/type/; YAML 1.2.2 section 10.3 (core schema).
"""

from __future__ import annotations

import re
from enum import Enum
from math import isfinite

from callguard.rules.nodes import ScalarNode

Value = str | int | float | bool | None


class Kind(Enum):
    """How an unquoted value reads."""

    TEXT = "text"
    NULL = "null"
    BOOLEAN = "true/false"
    NUMBER = "number"
    DATE = "date"
    # Refused everywhere.
    ODD_NUMBER = "a number that readers of YAML take differently"
    ODD_WORD = "a word that readers of YAML take differently"
    NOT_FINITE = "not a finite number"


_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_ODD_WORDS = frozenset(
    form
    for word in ("yes", "no", "on", "off", "y", "n")
    for form in (word, word.capitalize(), word.upper())
) | {"="}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?\Z", re.DOTALL)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z|-?NaN\Z|-?Infinity\Z")
_ODD_NUMBER = re.compile(
    r"""[-+]?(?:
        [0-9][0-9_]*                                # 010, +86, 1_000
      | 0[bB][01_]+ | 0[oO][0-7_]+ | 0[xX][0-9a-fA-F_]+
      | [0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)? # 1:30
      | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?
    )\Z""",
    re.VERBOSE,
)
_NUMBER_START = frozenset("0123456789+-.")
# More digits than this are no measurement; Python refuses to convert very long ones.
_DIGITS = 18


def kind_of(scalar: ScalarNode) -> Kind:
    """How a value reads; a quoted one is always text."""
    if not scalar.plain:
        return Kind.TEXT
    text = scalar.text
    if text[:1] in _NUMBER_START and text:
        return _numeric_kind(text)
    if text in _NULLS:
        return Kind.NULL
    if text in _TRUE or text in _FALSE:
        return Kind.BOOLEAN
    if text in _ODD_WORDS:
        return Kind.ODD_WORD
    return Kind.NOT_FINITE if _NOT_FINITE.match(text) else Kind.TEXT


def _numeric_kind(text: str) -> Kind:
    if _INTEGER.match(text) and text != "-0":
        return Kind.NUMBER if len(text) <= _DIGITS else Kind.ODD_NUMBER
    if _FRACTION.match(text):
        return Kind.NUMBER if isfinite(float(text)) else Kind.NOT_FINITE
    if _NOT_FINITE.match(text):
        return Kind.NOT_FINITE
    if _ODD_NUMBER.match(text):
        return Kind.ODD_NUMBER
    return Kind.DATE if _DATE.match(text) else Kind.TEXT


def value_of(scalar: ScalarNode) -> Value:
    """The value of a scalar whose kind is not one of the refused ones. A date stays text."""
    kind = kind_of(scalar)
    if kind is Kind.NULL:
        return None
    if kind is Kind.BOOLEAN:
        return scalar.text in _TRUE
    if kind is Kind.NUMBER:
        return float(scalar.text) if "." in scalar.text else int(scalar.text)
    return scalar.text
