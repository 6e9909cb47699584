"""Nodes into plain values of the kind that is expected; any other kind becomes a fault.

Every function returns None (or leaves the value out) after it has reported a fault. ``what`` names
the value in messages, as the user knows it: ``'title'``, ``an item of 'tags'``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from callguard.records.fields import FIELDS
from callguard.rules.codes import Code
from callguard.rules.nodes import HasPosition, ListNode, MappingNode, Node, ScalarNode, describe
from callguard.rules.report import Report, one_of, quote
from callguard.rules.scalars import Kind, kind_of, value_of

Fields = dict[str, tuple[ScalarNode, Node]]


def keyed(
    report: Report,
    node: Node,
    allowed: Collection[str],
    what: str,
    hints: Mapping[str, str] | None = None,
) -> Fields | None:
    """A mapping whose keys are all of ``allowed``; ``hints`` are remedies for some others."""
    if not isinstance(node, MappingNode):
        wrong_type(report, node, what, "a mapping")
        return None
    fields: Fields = {}
    for key, value in unique(report, node, what):
        if key.text in allowed:
            fields[key.text] = (key, value)
            continue
        remedy = (hints or {}).get(key.text) or report.meant(
            key.text, allowed, f"remove it; known keys are {one_of(sorted(allowed))}"
        )
        report.add(Code.UNKNOWN_KEY, key, f"unknown key {quote(key.text)} in {what}", remedy)
    return fields


def unique(report: Report, table: MappingNode, what: str) -> list[tuple[ScalarNode, Node]]:
    """The pairs of a mapping without those whose key has been there before."""
    first: dict[str, ScalarNode] = {}
    pairs = []
    for key, value in table:
        if (earlier := first.setdefault(key.text, key)) is key:
            pairs.append((key, value))
            continue
        report.add(
            Code.DUPLICATE_KEY,
            key,
            f"key {quote(key.text)} appears twice in {what}, first in line {earlier.line}",
            "keep one of the two",
        )
    return pairs


def missing(report: Report, at: HasPosition, key: str, what: str, remedy: str) -> None:
    """A key that must be there is not."""
    report.add(Code.MISSING_KEY, at, f"{what} has no {quote(key)}", remedy)


def wrong_type(report: Report, node: Node, what: str, wanted: str, remedy: str = "") -> None:
    """A node of another kind than the one wanted."""
    given = "empty" if is_blank(node) else describe(node)
    report.add(
        Code.WRONG_TYPE,
        node,
        f"{what} must be {wanted}, but is {given}",
        remedy or f"write {wanted}",
    )


def is_blank(node: Node) -> bool:
    """True for null, in any spelling, and for nothing at all."""
    return isinstance(node, ScalarNode) and kind_of(node) is Kind.NULL


def misread(report: Report, scalar: ScalarNode, kind: Kind) -> bool:
    """Report a value that different readers of YAML take differently; true if it was one."""
    text = scalar.text
    if kind is Kind.ODD_WORD:
        report.add(
            Code.UNQUOTED_WORD,
            scalar,
            f"unquoted {text} is true/false to some readers of YAML and text to others",
            f"quote it: '{text}'",
        )
    elif kind is Kind.ODD_NUMBER:
        report.add(
            Code.UNQUOTED_NUMBER,
            scalar,
            f"unquoted {shown(text)} is not the same number to every reader of YAML",
            f"quote it: '{shown(text)}', or write a quantity as a plain decimal number",
        )
    elif kind is Kind.NOT_FINITE:
        report.add(
            Code.NOT_FINITE,
            scalar,
            f"{shown(text)} is not a finite number",
            "write a finite decimal number, or quote it if it is text",
        )
    else:
        return False
    return True


def shown(text: str) -> str:
    """Text for a message, escaped and shortened like ``quote``, without the quotes."""
    return quote(text)[1:-1]


def text(report: Report, node: Node, what: str) -> str | None:
    """Text, quoted where YAML would make something else of it."""
    if not isinstance(node, ScalarNode):
        wrong_type(report, node, what, "text")
        return None
    kind = kind_of(node)
    if kind is Kind.TEXT:
        return node.text
    if misread(report, node, kind):
        return None
    if kind is Kind.NULL:
        wrong_type(report, node, what, "text", "write the text, or remove the key")
    elif kind is Kind.BOOLEAN:
        report.add(
            Code.UNQUOTED_WORD,
            node,
            f"{what} must be text, but unquoted {node.text} is true/false",
            f"quote it: '{node.text}'",
        )
    else:
        report.add(
            Code.UNQUOTED_NUMBER,
            node,
            f"{what} must be text, but unquoted {shown(node.text)} is a {kind.value}",
            f"quote it: '{shown(node.text)}'",
        )
    return None


def texts(report: Report, node: Node, what: str) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(node, ListNode):
        wrong_type(report, node, what, "a list", "write a list: [one, two]")
        return ()
    read = (text(report, item, f"an item of {what}") for item in node.items)
    return tuple(item for item in read if item is not None)


def word(report: Report, node: Node, what: str, allowed: Collection[str]) -> str | None:
    """One of a few words, spelt exactly."""
    given = text(report, node, what)
    if given is None or given in allowed:
        return given
    report.add(
        Code.UNKNOWN_WORD,
        node,
        f"{what} cannot be {quote(given)}",
        report.meant(given, allowed, f"write {one_of(allowed)}"),
    )
    return None


def number(report: Report, node: Node, what: str) -> int | float | None:
    """A finite number, without quotes."""
    if not isinstance(node, ScalarNode):
        wrong_type(report, node, what, "a number")
        return None
    kind = kind_of(node)
    if misread(report, node, kind):
        return None
    value = value_of(node)
    if kind is not Kind.NUMBER or isinstance(value, bool) or not isinstance(value, int | float):
        given = "empty" if kind is Kind.NULL else f"the {kind.value} {quote(node.text)}"
        unquoted = ScalarNode(node.text, 0, 0, plain=True, inline=True)
        remedy = "remove the quotes" if kind_of(unquoted) is Kind.NUMBER else "write a number"
        report.add(Code.WRONG_TYPE, node, f"{what} must be a number, but is {given}", remedy)
        return None
    return value


def boolean(report: Report, node: Node, what: str) -> bool | None:
    """``true`` or ``false``, without quotes."""
    if not isinstance(node, ScalarNode):
        wrong_type(report, node, what, "true or false")
        return None
    kind = kind_of(node)
    if kind is Kind.BOOLEAN:
        return bool(value_of(node))
    given = "empty" if kind is Kind.NULL else quote(node.text)
    report.add(
        Code.WRONG_TYPE,
        node,
        f"{what} must be true or false, but is {given}",
        "write true or false, without quotes",
    )
    return None


def integer(report: Report, node: Node, what: str, low: int, high: int) -> int | None:
    """A whole number from ``low`` to ``high``."""
    value = number(report, node, what)
    if value is None or (isinstance(value, int) and low <= value <= high):
        return value
    report.add(
        Code.OUT_OF_RANGE,
        node,
        f"{what} must be a whole number from {low} to {high}, but is {value}",
        f"write a whole number from {low} to {high}",
    )
    return None


def unknown_field(report: Report, at: HasPosition, name: str) -> None:
    """A field that records do not have."""
    report.add(
        Code.UNKNOWN_FIELD,
        at,
        f"unknown field {quote(name)}",
        report.meant(name, FIELDS, "see the fields in docs/records.md"),
    )
