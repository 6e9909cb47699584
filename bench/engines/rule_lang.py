"""rule-engine: expressions of its own language, one compiled rule each, over a dict."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import rule_engine

from bench.conditions import Condition, Fields, Scalar
from bench.engines import Contender
from bench.rulegen import BenchRule


def build(rules: Sequence[BenchRule]) -> Contender:
    context = rule_engine.Context(resolver=rule_engine.resolve_item)
    programs = [
        rule_engine.Rule(" and ".join(map(_condition, rule.conditions)), context=context).matches
        for rule in rules
    ]

    def run(fields: Fields) -> list[int]:
        return [number for number, matches in enumerate(programs) if matches(fields)]

    return Contender(run)


def _condition(condition: Condition) -> str:
    field, values = condition.field, condition.values
    if condition.op == "is":
        return f"{field} {'!=' if condition.negated else '=='} {_spell(values[0])}"
    if condition.op == "in":
        text = f"{field} in [{', '.join(map(_spell, values))}]"
    elif condition.op == "range":
        text = f"{field} >= {values[0]} and {field} < {values[1]}"
    elif condition.op == "prefix":
        text = _any(values, lambda value: f"{field}.starts_with({value})")
    elif condition.op == "contains":
        text = _any(values, lambda value: f"{value} in {field}")
    else:
        text = _any(values, lambda value: f"{field} =~~ {value}")
    return f"{'not ' if condition.negated else ''}({text})"


def _any(values: Sequence[Scalar], make: Callable[[str], str]) -> str:
    return " or ".join(make(_spell(value)) for value in values)


def _spell(value: Scalar) -> str:
    return json.dumps(value, ensure_ascii=False)
