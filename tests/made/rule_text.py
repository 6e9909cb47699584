"""Checked rules written back as YAML: the rule file that the loader should read as those rules.

Every literal becomes a selection of its own, so that the condition is the clauses themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InList,
    InNetwork,
    Literal,
    Matches,
    SameAs,
    StartsWith,
    Wildcard,
)


def rule_file(rules: Iterable[Rule | Correlation]) -> str:
    """The rules as one multi-document YAML text (JSON values, which YAML reads as they are)."""
    return "---\n".join(document(rule) for rule in rules)


def document(rule: Rule | Correlation) -> str:
    head: dict[str, object] = {
        "title": rule.header.title,
        "id": rule.header.id,
        "name": rule.name,
        "status": rule.status,
        "description": rule.header.description or "Written by a test.",
        "level": "medium",
    }
    body = detection(rule) if isinstance(rule, Rule) else correlation(rule)
    lines = (
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in {**head, **body, **own(rule)}.items()
    )
    return "".join(lines)


def own(rule: Rule | Correlation) -> dict[str, object]:
    """The part of the rule under the key ``callguard``."""
    led_to = rule.consequence
    said: dict[str, object] = {"basis": led_to.basis}
    if led_to.score:
        said["score"] = led_to.score
    if led_to.verdict is not None:
        said["verdict"] = led_to.verdict
    if led_to.alert is not None:
        said["alert"] = led_to.alert
    examples = {"matches": list(rule.examples.matches), "spares": list(rule.examples.spares)}
    if any(examples.values()):
        said["examples"] = examples
    return {"callguard": said}


def detection(rule: Rule) -> dict[str, object]:
    selections: dict[str, object] = {}
    alternatives = []
    for clause in rule.clauses:
        parts = []
        for literal in clause:
            name = f"s{len(selections)}"
            selections[name] = selection(literal)
            parts.append(f"not {name}" if literal.negated else name)
        alternatives.append(f"({' and '.join(parts)})")
    return {
        "logsource": {"product": "telecom", "category": rule.category},
        "detection": {**selections, "condition": " or ".join(alternatives)},
    }


def correlation(rule: Correlation) -> dict[str, object]:
    said: dict[str, object] = {
        "type": rule.type,
        "rules": list(rule.rules),
        "timespan": f"{rule.timespan}s",
    }
    if rule.group_by:
        said["group-by"] = list(rule.group_by)
    if rule.condition:
        condition: dict[str, object] = dict(rule.condition)
        if rule.value_field is not None:
            condition["field"] = rule.value_field
        said["condition"] = condition
    if rule.counting.generate:
        said["generate"] = True
    return {"correlation": said}


def selection(literal: Literal) -> Mapping[str, object]:
    """The literal without its negation, as one Sigma field test."""
    test = literal.test
    modifiers: list[str] = []
    value: object
    match test:
        case Equals(values):
            value = [plain(each) if isinstance(each, str) else each for each in values]
        case StartsWith(values):
            modifiers, value = ["startswith"], [plain(each) for each in values]
        case EndsWith(values):
            modifiers, value = ["endswith"], [plain(each) for each in values]
        case Contains(values):
            modifiers, value = ["contains"], [plain(each) for each in values]
        case Wildcard(values):
            value = list(values)
        case Matches(values):
            modifiers, value = ["re"], list(values)
        case Compare(op, number):
            modifiers, value = [op], number
        case InNetwork(networks):
            modifiers, value = ["cidr"], list(networks)
        case Absent():
            modifiers, value = ["exists"], False
        case SameAs(other):
            modifiers, value = ["fieldref"], other
        case InList(name):
            modifiers, value = ["expand"], f"%{name}%"
    if getattr(test, "cased", False):
        # Sigma wants this one before fieldref, and takes it anywhere with the others.
        modifiers.insert(0, "cased")
    return {"|".join([literal.field, *modifiers]): value}


def plain(text: str) -> str:
    """The text with Sigma's signs escaped, so that it stands for itself."""
    return "".join(f"\\{sign}" if sign in "*?\\" else sign for sign in text)
