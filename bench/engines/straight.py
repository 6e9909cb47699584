"""What a careful programmer would write by hand: one function, one ``if`` a rule, early exits.

Fields are read into locals once, literals stand in the code, regular expressions are compiled
beforehand, conditions come in the order that ends most tests soonest. ``build_sliced`` goes one
step further than most would: the beginnings of the numbers that the rules ask for are cut once
and compared as strings, which spares a method call a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bench.conditions import Condition, Fields, compiled
from bench.engines import Contender
from bench.rulegen import BenchRule


def build(rules: Sequence[BenchRule]) -> Contender:
    return Contender(_compile(rules, sliced=False))


def build_sliced(rules: Sequence[BenchRule]) -> Contender:
    return Contender(_compile(rules, sliced=True))


def source(rules: Sequence[BenchRule], *, sliced: bool = False) -> str:
    """The function's source text; regular expressions are named ``search_RULE_PLACE``."""
    fields = sorted({condition.field for rule in rules for condition in rule.conditions})
    cuts = sorted({cut for rule in rules for cut in _cuts(rule)}) if sliced else []
    lines = [
        "def check(fields):",
        "    matched = []",
        *(f"    {field} = fields[{field!r}]" for field in fields),
        *(f"    {field}_{size} = {field}[:{size}]" for field, size in cuts),
    ]
    for rule in rules:
        tests = [
            _test(condition, f"search_{rule.number}_{place}", sliced)
            for place, condition in enumerate(rule.conditions)
        ]
        lines += [f"    if {' and '.join(tests)}:", f"        matched.append({rule.number})"]
    return "\n".join([*lines, "    return matched", ""])


def _compile(rules: Sequence[BenchRule], *, sliced: bool) -> Callable[[Fields], list[int]]:
    names: dict[str, Any] = {
        f"search_{rule.number}_{place}": compiled(str(condition.values[0])).search
        for rule in rules
        for place, condition in enumerate(rule.conditions)
        if condition.op == "re"
    }
    exec(compile(source(rules, sliced=sliced), "<hand-written rules>", "exec"), names)  # noqa: S102
    check: Callable[[Fields], list[int]] = names["check"]
    return check


def _test(condition: Condition, search: str, sliced: bool) -> str:
    field, values, negated = condition.field, condition.values, condition.negated
    no = "not " if negated else ""
    if condition.op == "is":
        if isinstance(values[0], bool):
            return field if values[0] is not negated else f"not {field}"
        return f"{field} {'!=' if negated else '=='} {values[0]!r}"
    if condition.op == "in":
        return f"{field} {no}in {values!r}"
    if condition.op == "range":
        return f"{no}{values[0]} <= {field} < {values[1]}"
    if condition.op == "re":
        return f"{no}{search}({field})"
    if condition.op == "contains":
        tests = [f"{value!r} {no}in {field}" for value in values]
        return _joined(tests, " and " if negated else " or ")
    if sliced and field.endswith("e164"):
        tests = [f"{field}_{len(str(v))} {'!=' if negated else '=='} {v!r}" for v in values]
        return _joined(tests, " and " if negated else " or ")
    return f"{no}{field}.startswith({(values[0] if len(values) == 1 else values)!r})"


def _joined(tests: Sequence[str], word: str) -> str:
    return tests[0] if len(tests) == 1 else f"({word.join(tests)})"


def _cuts(rule: BenchRule) -> set[tuple[str, int]]:
    return {
        (condition.field, len(str(value)))
        for condition in rule.conditions
        if condition.op == "prefix" and condition.field.endswith("e164")
        for value in condition.values
    }
