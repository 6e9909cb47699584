"""json-logic-qubit: JsonLogic in pure Python, all rules in one list.

It has no test of a string's beginning and no regular expressions; both are added in the way that
it offers, as Python functions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from json_logic import add_operation, jsonLogic

from bench.conditions import Condition, Fields, Scalar, compiled
from bench.engines import Contender
from bench.rulegen import BenchRule

Logic = dict[str, Any]


def build(rules: Sequence[BenchRule]) -> Contender:
    add_operation("starts_with", _starts_with)
    add_operation("search", lambda text, pattern: compiled(pattern).search(text) is not None)
    logic = [rule_logic(rule) for rule in rules]

    def run(fields: Fields) -> list[int]:
        return [number for number, hit in enumerate(jsonLogic(logic, fields)) if hit]

    return Contender(run)


def rule_logic(rule: BenchRule) -> Logic:
    """The rule as JsonLogic."""
    return {"and": [_condition(condition) for condition in rule.conditions]}


def _condition(condition: Condition) -> Logic:
    var, values = {"var": condition.field}, condition.values
    if condition.op == "is":
        return {"!==" if condition.negated else "===": [var, values[0]]}
    logic: Logic
    if condition.op == "in":
        logic = {"in": [var, list(values)]}
    elif condition.op == "range":
        logic = {"and": [{">=": [var, values[0]]}, {"<": [var, values[1]]}]}
    elif condition.op == "contains":
        logic = _any(values, lambda part: {"in": [part, var]})
    elif condition.op == "prefix":
        logic = _any(values, lambda prefix: {"starts_with": [var, prefix]})
    else:
        logic = _any(values, lambda pattern: {"search": [var, pattern]})
    return {"!": [logic]} if condition.negated else logic


def _any(values: Sequence[Scalar], make: Callable[[Scalar], Logic]) -> Logic:
    made = [make(value) for value in values]
    return made[0] if len(made) == 1 else {"or": made}


def _starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)
