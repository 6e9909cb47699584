"""A plain evaluator of clauses: one test after another, slow and obviously right.

The oracle that compiled forms of the same clauses are compared with. ``None`` as a value means
that the record has no such field.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Container, Iterable, Mapping
from typing import assert_never

import re2

from callguard.numbering import TextList
from callguard.records.names import FOLDED
from callguard.rules.predicates import (
    Absent,
    Clause,
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

NOTHING: Mapping[str, object] = {}
NO_LISTS: Mapping[str, Container[str]] = {}


def clauses_hold(
    clauses: Iterable[Clause],
    fields: Mapping[str, object],
    lists: Mapping[str, Container[str]] = NO_LISTS,
) -> bool:
    """True if every literal of at least one clause holds on the fields."""
    return any(all(literal_holds(part, fields, lists) for part in clause) for clause in clauses)


def literal_holds(
    literal: Literal,
    fields: Mapping[str, object],
    lists: Mapping[str, Container[str]] = NO_LISTS,
) -> bool:
    """True if the literal's field passes its test, or fails it when the literal is negated."""
    if literal.field in FOLDED and isinstance(literal.test, InList):
        listed = lists[literal.test.name]
        lists = {literal.test.name: listed.folded if isinstance(listed, TextList) else listed}
    held = test_holds(literal.test, fields.get(literal.field), fields, lists)
    return held is not literal.negated


def test_holds(
    test: Test,
    value: object,
    fields: Mapping[str, object] = NOTHING,  # noqa: PT028 - an evaluator, not a test function
    lists: Mapping[str, Container[str]] = NO_LISTS,  # noqa: PT028
) -> bool:
    """True if ``value`` passes. ``fields`` is for ``SameAs`` and ``lists`` for ``InList`` only."""
    if isinstance(test, Absent):
        return value is None
    if value is None:
        return False
    match test:
        case Equals(values, cased):
            return any(_equal(value, wanted, cased) for wanted in values)
        case SameAs(other, cased):
            return _equal(value, fields.get(other), cased)
        case Compare(op, number):
            return _compare(value, op, number)
    if not isinstance(value, str):
        return False
    match test:
        case StartsWith(values, cased):
            return any(_fold(value, cased).startswith(_fold(part, cased)) for part in values)
        case EndsWith(values, cased):
            return any(_fold(value, cased).endswith(_fold(part, cased)) for part in values)
        case Contains(values, cased):
            return any(_fold(part, cased) in _fold(value, cased) for part in values)
        case Wildcard(values, cased):
            return any(_wildcard(_fold(part, cased), _fold(value, cased)) for part in values)
        case Matches(values):
            readable = value.encode("utf-8", "replace").decode()
            return any(re2.search(pattern, readable) is not None for pattern in values)
        case InNetwork(networks):
            return any(_in_network(value, network) for network in networks)
        case InList(name):
            return value in lists[name]
    assert_never(test)


# pytest would collect a function of this name from the files that import it.
test_holds.__test__ = False  # type: ignore[attr-defined]


def _fold(text: str, cased: bool) -> str:
    return text if cased else text.lower()


def _equal(value: object, wanted: object, cased: bool) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return _fold(value, cased) == _fold(wanted, cased)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return not isinstance(wanted, str | None) and value == wanted


def _compare(value: object, op: str, number: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return {
        "lt": value < number,
        "lte": value <= number,
        "gt": value > number,
        "gte": value >= number,
    }[op]


def _wildcard(pattern: str, value: str) -> bool:
    parts = re.findall(r"\\[*?\\]|.", pattern, re.DOTALL)
    regex = "".join({"*": ".*", "?": "."}.get(part, re.escape(part[-1])) for part in parts)
    return re.fullmatch(regex, value, re.DOTALL) is not None


def _in_network(value: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(network)
    except ValueError:
        return False
