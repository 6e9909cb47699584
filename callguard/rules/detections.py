"""The ``detection`` of a rule: its selections and its condition into clauses."""

from __future__ import annotations

from typing import Final

from callguard.rules import expect
from callguard.rules.clauses import CLAUSE_LIMIT, TooManyClauses, to_clauses
from callguard.rules.codes import Code
from callguard.rules.conditions import KEYWORDS, NAME, parse_condition
from callguard.rules.expressions import Expression
from callguard.rules.model import Category, Detection
from callguard.rules.nodes import HasPosition, MappingNode, Node, ScalarNode
from callguard.rules.predicates import Clause
from callguard.rules.report import Report, quote
from callguard.rules.selections import read_selection
from callguard.rules.values import ValueReader

SELECTION_LIMIT: Final = 200


def read_detection(
    report: Report, values: ValueReader, category: Category | None, key: ScalarNode, node: Node
) -> Detection | None:
    """The detection of a rule; None after a fault, or if the category is unknown."""
    if not isinstance(node, MappingNode):
        expect.wrong_type(report, node, "'detection'", "a mapping of selections and a condition")
        return None
    before = len(report)
    read = _selections(report, values, node)
    if read is None:
        return None
    condition, names, selections = read
    text = _condition_text(report, key, condition)
    if text is None or not isinstance(condition, ScalarNode):
        return None
    expression, used = parse_condition(report, condition, selections)
    for unused in selections.keys() - used:
        report.add(
            Code.UNUSED_SELECTION,
            names[unused],
            f"selection {quote(unused)} is never used by the condition",
            "use it in the condition, or remove it",
        )
    if expression is None or len(report) > before:
        return None
    clauses = _clauses(report, condition, "the condition", expression)
    if clauses is None:
        return None
    named = {
        name: own
        for name, part in selections.items()
        if part is not None
        and (own := _clauses(report, names[name], f"selection {quote(name)}", part)) is not None
    }
    if category is None or len(report) > before:
        return None
    return Detection(category, clauses, text, named)


def _selections(
    report: Report, values: ValueReader, table: MappingNode
) -> tuple[Node | None, dict[str, ScalarNode], dict[str, Expression | None]] | None:
    """The condition, and each selection: its key and its expression, None after a fault in it."""
    condition: Node | None = None
    names: dict[str, ScalarNode] = {}
    selections: dict[str, Expression | None] = {}
    for name, value in expect.unique(report, table, "'detection'"):
        if name.text == "condition":
            condition = value
        elif len(selections) == SELECTION_LIMIT:
            report.add(
                Code.TOO_MANY_CLAUSES,
                name,
                f"'detection' has more than {SELECTION_LIMIT} selections",
                "use lists of values, or split the rule",
            )
            return None
        elif _is_name(report, name):
            names[name.text] = name
            selections[name.text] = read_selection(report, values, name, value)
    return condition, names, selections


def _is_name(report: Report, name: ScalarNode) -> bool:
    if NAME.match(name.text) and name.text not in KEYWORDS:
        return True
    report.add(
        Code.BAD_SELECTION_NAME,
        name,
        f"{quote(name.text)} cannot be the name of a selection",
        "use letters, digits, '_' and '-', and no word of the condition's language",
    )
    return False


def _condition_text(report: Report, key: ScalarNode, condition: Node | None) -> str | None:
    if condition is None:
        expect.missing(report, key, "condition", "'detection'", "say how the selections combine")
        return None
    return expect.text(report, condition, "'condition'")


def _clauses(
    report: Report, at: HasPosition, what: str, expression: Expression
) -> tuple[Clause, ...] | None:
    try:
        clauses = to_clauses(expression)
    except TooManyClauses as many:
        report.add(
            Code.TOO_MANY_CLAUSES,
            at,
            f"{what} becomes {_count(many.count)} clauses, at most {CLAUSE_LIMIT} are allowed",
            "use lists of values instead of 'or', or split the rule",
        )
        return None
    if not clauses:
        report.add(
            Code.NEVER_TRUE,
            at,
            f"{what} can never be true",
            "look for selections that exclude each other",
        )
        return None
    return clauses


def _count(count: int) -> str:
    return str(count) if count < 10**9 else "more than a thousand million"
