"""zen-engine: all rules in one compiled expression that yields a list of truth values.

One expression a rule costs some twenty times as much, its decision tables ten times. Its strings
know no escapes, so values stand in them as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import zen

from bench.conditions import Condition, Fields, Scalar
from bench.engines import Contender
from bench.rulegen import BenchRule


def build(rules: Sequence[BenchRule]) -> Contender:
    program = zen.compile_expression(f"[{', '.join(map(_rule, rules))}]")

    def run(fields: Fields) -> list[int]:
        return [number for number, hit in enumerate(program.evaluate(dict(fields))) if hit]

    return Contender(run)


def _rule(rule: BenchRule) -> str:
    return " and ".join(map(_condition, rule.conditions))


def _condition(condition: Condition) -> str:
    field, values = condition.field, condition.values
    if condition.op == "is":
        return f"{field} {'!=' if condition.negated else '=='} {_spell(values[0])}"
    if condition.op == "in":
        word = "not in" if condition.negated else "in"
        return f"{field} {word} [{', '.join(map(_spell, values))}]"
    if condition.op == "range":
        text = f"{field} >= {values[0]} and {field} < {values[1]}"
    elif condition.op == "prefix":
        text = _any(values, lambda value: f"startsWith({field}, {value})")
    elif condition.op == "contains":
        text = _any(values, lambda value: f"contains({field}, {value})")
    else:
        text = _any(values, lambda value: f"matches({field}, {value})")
    return f"{'not ' if condition.negated else ''}({text})"


def _any(values: Sequence[Scalar], make: Callable[[str], str]) -> str:
    return " or ".join(make(_spell(value)) for value in values)


def _spell(value: Scalar) -> str:
    if not isinstance(value, str):
        return str(value).lower()
    assert '"' not in value, "a quotation mark cannot be spelled"
    return f'"{value}"'
