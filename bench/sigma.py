"""Bench rules as a callguard rule file, with a call that each catches and one that it spares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from uuid import UUID

from bench.conditions import Condition, Scalar
from bench.rulegen import BenchRule

_MANDATORY = ("event", "at", "called_party_number")
_MODIFIER = {"is": "", "in": "", "prefix": "|startswith", "contains": "|contains", "re": "|re"}
_UPPER = frozenset(("attestation", "calling_country"))
_SCORES = (5, 10, 20, 35)


def write_rules(rules: Sequence[BenchRule], path: Path) -> Path:
    """Write the rule file and return its path."""
    path.write_text("---\n".join(map(rule_text, rules)), encoding="utf-8")
    return path


def rule_text(rule: BenchRule) -> str:
    """One YAML document."""
    return "\n".join(
        [
            f"title: Bench rule {rule.number}",
            f"id: {UUID(int=rule.number, version=4)}",
            f"name: {rule.name}",
            "status: stable",
            "description: Generated for measuring.",
            "logsource: {product: telecom, category: call_setup}",
            "detection:",
            *_detection(rule.conditions),
            "level: medium",
            "callguard:",
            f"  score: {_SCORES[rule.number % len(_SCORES)]}",
            "  examples:",
            f"    matches: [{_example(rule, rule.case)}]",
            f"    spares: [{_example(rule, rule.spare)}]",
            "",
        ]
    )


def _detection(conditions: Iterable[Condition]) -> Iterator[str]:
    """Positive conditions in one selection, each negated one in a selection of its own."""
    conditions = list(conditions)
    condition = []
    if wanted := [line for item in conditions if not item.negated for line in _lines(item)]:
        yield "  case:"
        yield from wanted
        condition.append("case")
    for number, item in enumerate(item for item in conditions if item.negated):
        yield f"  except_{number}:"
        yield from _lines(item)
        condition.append(f"not except_{number}")
    yield f"  condition: {' and '.join(condition)}"


def _lines(condition: Condition) -> list[str]:
    field, values = condition.field.removesuffix("_raw"), condition.values
    if field.startswith(("calling_", "called_")):
        field = field.replace("_", ".", 1)
    if condition.op == "range":
        return [f"    {field}|gte: {values[0]}", f"    {field}|lt: {values[1]}"]
    spelled = [_spell(condition.field, value) for value in values]
    value = spelled[0] if len(spelled) == 1 else f"[{', '.join(spelled)}]"
    return [f"    {field}{_MODIFIER[condition.op]}: {value}"]


def _spell(field: str, value: Scalar) -> str:
    if isinstance(value, str) and field in _UPPER:
        value = value.upper()
    return json.dumps(value, ensure_ascii=False)


def _example(rule: BenchRule, record: Mapping[str, object]) -> str:
    """What of the record decides the rule, as a YAML flow mapping."""
    keys = [*_MANDATORY, *(key for item in rule.conditions for key in item.raw_keys)]
    return json.dumps({key: record[key] for key in dict.fromkeys(keys)}, ensure_ascii=False)
