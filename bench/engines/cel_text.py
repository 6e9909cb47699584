"""Bench rules as CEL expressions, for both of its implementations."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bench.conditions import Condition, Scalar
from bench.rulegen import BenchRule


def rule_expression(rule: BenchRule) -> str:
    """The rule as one CEL expression."""
    return " && ".join(map(_condition, rule.conditions))


def _condition(condition: Condition) -> str:
    field, values = condition.field, condition.values
    if condition.op == "is":
        return f"{field} {'!=' if condition.negated else '=='} {_spell(values[0])}"
    if condition.op == "in":
        text = f"({field} in [{', '.join(map(_spell, values))}])"
    elif condition.op == "range":
        text = f"({field} >= {values[0]} && {field} < {values[1]})"
    elif condition.op == "prefix":
        text = _any(values, lambda value: f"{field}.startsWith({value})")
    elif condition.op == "contains":
        text = _any(values, lambda value: f"{field}.contains({value})")
    else:
        text = _any(values, lambda value: f"{field}.matches({value})")
    return f"!{text}" if condition.negated else text


def _any(values: Sequence[Scalar], make: Callable[[str], str]) -> str:
    made = [make(_spell(value)) for value in values]
    return made[0] if len(made) == 1 else f"({' || '.join(made)})"


def _spell(value: Scalar) -> str:
    return json.dumps(value, ensure_ascii=False)
