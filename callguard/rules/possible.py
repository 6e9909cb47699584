"""Saying that a value can never match, and what to write in its place."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

from callguard.errors import NumberingError
from callguard.numbering import NumberingPlan
from callguard.records.fields import FieldType
from callguard.rules.codes import Code
from callguard.rules.forms import PREFIX, Number, forms, never_equal
from callguard.rules.modifiers import Key
from callguard.rules.nodes import Node
from callguard.rules.predicates import Equals, StartsWith, Test
from callguard.rules.report import Report, quote


def check_value(report: Report, home: str, key: Key, node: Node, value: str, test: Test) -> None:
    """Note a value that no call can have in the field of ``key``."""
    form = forms()[key.field]
    if form.admits(test):
        if key.kind is FieldType.ADDRESS and isinstance(test, Equals):
            _check_address(report, key, node, value)
        return
    remedy = _written(home, form, test) if isinstance(form, Number) else ""
    report.doubt(
        Code.NO_SUCH_VALUE,
        node,
        f"field {quote(key.field)} can never match {quote(value)}: {form.said}",
        remedy or "correct the value, or remove it",
    )


def check_pair(report: Report, key: Key, node: Node, other: str) -> None:
    """Note two fields that have no value in common."""
    if never_equal(key.field, other):
        report.doubt(
            Code.NO_SUCH_VALUE,
            node,
            f"fields {quote(key.field)} and {quote(other)} can never be equal: "
            "no value has both forms",
            "compare two different fields of like kind",
        )


def _written(home: str, form: Number, test: Test) -> str:
    """The same number as the field has it, or in words how it has them."""
    plan = _plan(home)
    if plan is not None and isinstance(test, Equals | StartsWith):
        value = str(test.values[0])
        whole = plan.classify(value)[0] if isinstance(test, Equals) and form != PREFIX else None
        start = plan.prefix(value)
        for meant in (whole, f"+{start}" if start else None, f"+{value}"):
            if meant is not None and form.admits(type(test)((meant,))):
                return f"write {quote(meant)}"
    return "write + and the calling code before the digits, nothing else between them"


@lru_cache(maxsize=4)
def _plan(home: str) -> NumberingPlan | None:
    try:
        return NumberingPlan(home)
    except NumberingError:
        return None


def _check_address(report: Report, key: Key, node: Node, value: str) -> None:
    """Text that is no address: systems send what they like, so it is only odd."""
    try:
        ipaddress.ip_address(value)
    except ValueError:
        network = "/" in value
        report.warn(
            Code.NO_SUCH_VALUE,
            node,
            f"{quote(value)} is not an address, and field {quote(key.field)} has addresses",
            f"write '{key.field}|cidr' for a network"
            if network
            else "write an IPv4 or IPv6 address",
        )
