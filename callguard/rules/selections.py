"""One named selection of a detection into an expression.

A mapping is "all of its items", a list of mappings "any of them", a list of values "any of them"
unless ``|all`` is there.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, Final

from callguard.rules import expect
from callguard.rules.clauses import TooManyClauses, to_clauses
from callguard.rules.codes import Code
from callguard.rules.expressions import AllOf, AnyOf, Expression, Not
from callguard.rules.modifiers import parse_key
from callguard.rules.nodes import ListNode, MappingNode, Node, ScalarNode
from callguard.rules.predicates import (
    Compare,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Literal,
    Matches,
    StartsWith,
    Test,
    Wildcard,
)
from callguard.rules.report import Report, quote
from callguard.rules.values import ValueReader

# Tests that hold several values as "any of them".
_PLURAL: Final = (Equals, StartsWith, EndsWith, Contains, Wildcard)
_PLURAL_UNCASED: Final = (Matches, InNetwork)
# Values under ``|all``: each becomes a test of its own.
ALL_LIMIT: Final = 64


def read_selection(
    report: Report, values: ValueReader, name: ScalarNode, node: Node
) -> Expression | None:
    """The expression of a selection; None after a fault."""
    what = f"selection {quote(name.text)}"
    if isinstance(node, MappingNode):
        return _mapping(report, values, node, what)
    if isinstance(node, ScalarNode) and not expect.is_blank(node):
        _no_field(report, node, what)
        return None
    if not isinstance(node, ListNode) or not node.items:
        _empty(report, node, what)
        return None
    parts: list[Expression | None] = []
    for item in node.items:
        if isinstance(item, ScalarNode):
            _no_field(report, item, what)
            return None
        if isinstance(item, ListNode):
            expect.wrong_type(report, item, f"an item of {what}", "a mapping of fields")
            parts.append(None)
        else:
            parts.append(_mapping(report, values, item, what))
    known = tuple(part for part in parts if part is not None)
    return AnyOf(known) if len(known) == len(parts) else None


def _no_field(report: Report, node: ScalarNode, what: str) -> None:
    report.add(
        Code.NO_FIELD,
        node,
        f"{what} holds a value without a field",
        "write 'field: value'; to search a text use 'text|contains: value'",
    )


def _empty(report: Report, node: Node, what: str) -> None:
    report.add(
        Code.EMPTY_SELECTION, node, f"{what} is empty", "name at least one field, or remove it"
    )


def _mapping(
    report: Report, values: ValueReader, table: MappingNode, what: str
) -> Expression | None:
    pairs = expect.unique(report, table, what)
    if not pairs:
        _empty(report, table, what)
        return None
    parts = [_item(report, values, key, node) for key, node in pairs]
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    expression = known[0] if len(known) == 1 else AllOf(known)
    return expression if _can_hold(report, table, what, expression, known) else None


def _can_hold(
    report: Report, table: MappingNode, what: str, whole: Expression, parts: tuple[Expression, ...]
) -> bool:
    fields = [part.field for part in parts if isinstance(part, Literal)]
    if len(fields) == len(parts) == len(set(fields)):
        return True  # one test a field: nothing there that could contradict it
    try:
        if to_clauses(whole):
            return True
    except TooManyClauses:
        return True  # counted, and reported, where the condition is read
    key = _blamed(table, parts)
    report.add(
        Code.CONTRADICTION,
        key,
        f"{what} can never match: {quote(key.text)} contradicts the other keys",
        "ask for less, or make it a list of alternatives",
    )
    return False


def _blamed(table: MappingNode, parts: tuple[Expression, ...]) -> ScalarNode:
    """The first key that leaves nothing to match together with those before it."""
    keys = [key for key, _ in table]
    for count in range(1, len(parts)):
        try:
            if not to_clauses(AllOf(parts[:count])):
                return keys[count - 1]
        except TooManyClauses:
            break
    return keys[len(parts) - 1]


def _item(
    report: Report, values: ValueReader, key_node: ScalarNode, node: Node
) -> Expression | None:
    """One ``field|modifiers: values`` of a mapping."""
    key = parse_key(report, key_node)
    if key is None:
        return None
    nodes = node.items if isinstance(node, ListNode) else [node]
    if not nodes:
        report.add(
            Code.EMPTY_SELECTION,
            node,
            f"{quote(key_node.text)} has an empty list of values",
            "write at least one value, or null for an absent field",
        )
        return None
    if key.every and len(nodes) > ALL_LIMIT:
        report.add(
            Code.TOO_MANY_CLAUSES,
            key_node,
            f"{quote(key_node.text)} asks for {len(nodes)} values at once, "
            f"at most {ALL_LIMIT} are allowed",
            "ask for fewer, or remove 'all' if any of them is enough",
        )
        return None
    literals = [values.read(key, one) for one in nodes]
    known = [literal for literal in literals if literal is not None]
    if len(known) < len(literals):
        return None
    joined = known if key.every else _grouped(known)
    expression: Expression
    if len(joined) == 1:
        expression = joined[0]
    else:
        expression = AllOf(tuple(joined)) if key.every else AnyOf(tuple(joined))
    return Not(expression) if key.negated else expression


def _grouped(literals: list[Literal]) -> list[Literal]:
    """Alternatives on one field, those of one kind of test as one literal."""
    if len(literals) == 1:
        return literals
    groups: dict[object, list[Literal]] = {}
    for literal in literals:
        test = literal.test
        if isinstance(test, _PLURAL):
            kind: object = (type(test), test.cased)
        elif isinstance(test, _PLURAL_UNCASED):
            kind = type(test)
        elif isinstance(test, Compare):
            kind = test.op
        else:
            kind = test
        groups.setdefault(kind, []).append(literal)
    return [_merged(group) for group in groups.values()]


def _merged(literals: list[Literal]) -> Literal:
    """One literal for tests of one kind: each value once, in one go however many there are."""
    first = literals[0]
    tests = [literal.test for literal in literals]
    match first.test:
        case Matches():
            return Literal(first.field, Matches(_each_once(tests, "values")))
        case InNetwork():
            return Literal(first.field, InNetwork(_each_once(tests, "networks")))
        case Compare(op=op):
            # Any of several bounds: the one that lets most through.
            widest = max if op in ("lt", "lte") else min
            numbers = [test.number for test in tests if isinstance(test, Compare)]
            return Literal(first.field, Compare(op, widest(numbers)))
        case Equals(cased=cased) | StartsWith(cased=cased) | EndsWith(cased=cased):
            return Literal(first.field, type(first.test)(_each_once(tests, "values"), cased))
        case Contains(cased=cased) | Wildcard(cased=cased):
            return Literal(first.field, type(first.test)(_each_once(tests, "values"), cased))
    return first


def _each_once(tests: list[Test], name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(getattr(test, name) for test in tests)))
