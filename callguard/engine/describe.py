"""Tests and values in words, for people who ask why a rule matched or missed."""

from __future__ import annotations

from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Test,
    Wildcard,
)
from callguard.rules.report import quoted

_SHOWN = 6
_SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def literal_text(literal: Literal) -> str:
    """``ingress is 'international'``, ``calling.e164 is not on list allow``."""
    return f"{literal.field} {_text(literal.test, negated=literal.negated)}"


def value_text(value: object) -> str:
    """Text in quotes, its backslashes single; anything else as Python shows it."""
    return quoted(value) if isinstance(value, str) else repr(value)


def _text(test: Test, *, negated: bool) -> str:
    no = "not " if negated else ""
    match test:
        case StartsWith(values=values):
            return f"{_verb('start', negated)} with {_any(values)}"
        case EndsWith(values=values):
            return f"{_verb('end', negated)} with {_any(values)}"
        case Contains(values=values):
            return f"{_verb('contain', negated)} {_any(values)}"
        case Matches(values=values):
            return f"{_verb('match', negated, 'es')} {_any(values)}"
        case Absent():
            return "is present" if negated else "is absent"
        case _:
            return f"is {no}{_what(test)}"


def _what(test: Test) -> str:
    """The words after "is" or "is not"."""
    match test:
        case Equals(values=values):
            return _any(values)
        case Wildcard(values=values):
            return f"like {_any(values)}"
        case Compare(op=op, number=number):
            return f"{_SIGNS[op]} {number}"
        case InNetwork(networks=networks):
            return f"in {_any(networks)}"
        case SameAs(other=other):
            return f"the same as {other}"
        case InList(name=name):
            return f"on list {name}"
        case _:
            return str(test)


def _verb(stem: str, negated: bool, ending: str = "s") -> str:
    return f"does not {stem}" if negated else stem + ending


def _any(values: tuple[object, ...]) -> str:
    shown = [value_text(value) for value in values[:_SHOWN]]
    if len(values) > _SHOWN:
        shown.append(f"{len(values) - _SHOWN} more")
    if len(shown) == 1:
        return shown[0]
    return ", ".join(shown[:-1]) + " or " + shown[-1]
