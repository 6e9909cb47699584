"""The ``correlation`` of a document: which rules it counts, by what, and when it fires."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, get_args

from callguard.records.fields import FIELDS, FieldType
from callguard.rules import shape
from callguard.rules.codes import Code
from callguard.rules.correlation_types import TYPES
from callguard.rules.model import Condition, Counting, Op
from callguard.rules.nodes import Items, Node, Scalar
from callguard.rules.report import Report, quote
from callguard.rules.shape import Fields

OPS: Final[tuple[Op, ...]] = get_args(Op)
KEYS: Final = ("type", "rules", "group-by", "timespan", "condition", "generate")
REQUIRED: Final = {
    "type": "write type: event_count, or another type",
    "rules": "name the rules whose matches are counted",
    "timespan": "write for instance timespan: 10m",
}
_HINTS: Final = {"aliases": "rules of one file share their field names; remove it"}
_NUMBERS: Final = {1: "one rule", 2: "two rules"}
_TIMESPAN: Final = re.compile(r"([1-9][0-9]{0,8})([smhd])\Z")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_TIMESPAN_S: Final = 366 * 86400


@dataclass(frozen=True, slots=True)
class ReadCounting:
    """What a correlation counts; ``names`` are its rules as written, to be looked up later."""

    counting: Counting
    names: tuple[Scalar, ...]


def read_correlation(report: Report, key: Scalar, node: Node) -> ReadCounting | None:
    """The counting part of a correlation; None after a fault."""
    before = len(report)
    fields = shape.keyed(report, node, KEYS, "'correlation'", _HINTS)
    if fields is None:
        return None
    for name, remedy in REQUIRED.items():
        if name not in fields:
            shape.missing(report, key, name, "'correlation'", remedy)
    kind = None
    if "type" in fields:
        kind = shape.word(report, fields["type"][1], "'type'", TYPES)
    names = _rules(report, fields, kind)
    group_by = _group_by(report, fields)
    timespan = _timespan(report, fields)
    condition, value_field = _condition(report, key, fields, kind)
    generate = False
    if "generate" in fields:
        generate = bool(shape.boolean(report, fields["generate"][1], "'generate'"))
    if kind is None or len(report) > before:
        return None
    rules = tuple(name.text for name in names)
    counting = Counting(kind, rules, group_by, timespan, condition, value_field, generate)
    return ReadCounting(counting, names)


def _names(report: Report, fields: Fields, key: str) -> list[Scalar]:
    """A list of different names; the faulty ones are left out."""
    if key not in fields:
        return []
    node = fields[key][1]
    if not isinstance(node, Items):
        shape.wrong_type(report, node, f"'{key}'", "a list", "write a list: [one, two]")
        return []
    names: dict[str, Scalar] = {}
    for item in node.items:
        name = shape.text(report, item, f"an item of '{key}'")
        if name is None or not isinstance(item, Scalar):
            continue
        if name in names:
            report.add(
                Code.DUPLICATE_KEY, item, f"{quote(name)} stands twice in '{key}'", "remove one"
            )
        names[name] = item
    return list(names.values())


def _rules(report: Report, fields: Fields, kind: str | None) -> tuple[Scalar, ...]:
    rules = _names(report, fields, "rules")
    least = 1 if kind is None else TYPES[kind].least_rules
    node = fields["rules"][1] if "rules" in fields else None
    if isinstance(node, Items) and len(node.items) < least:
        report.add(
            Code.TOO_FEW_RULES,
            node,
            f"a correlation of type {kind or 'event_count'} needs at least "
            + _NUMBERS.get(least, f"{least} rules"),
            "name them under 'rules'",
        )
    return tuple(rules)


def _group_by(report: Report, fields: Fields) -> tuple[str, ...]:
    names = _names(report, fields, "group-by")
    for name in names:
        if name.text not in FIELDS:
            shape.unknown_field(report, name, name.text)
    return tuple(name.text for name in names)


def _timespan(report: Report, fields: Fields) -> int:
    if "timespan" not in fields:
        return 0
    node = fields["timespan"][1]
    text = shape.text(report, node, "'timespan'")
    found = _TIMESPAN.match(text or "")
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if text is not None and not 0 < seconds <= LONGEST_TIMESPAN_S:
        report.add(
            Code.BAD_TIMESPAN,
            node,
            f"'timespan' {quote(text)} is not a time from 1s to 366d",
            "write a whole number and a unit: 30s, 5m, 1h or 1d",
        )
    return seconds


def _condition(
    report: Report, key: Scalar, fields: Fields, kind: str | None
) -> tuple[Condition, str | None]:
    if "condition" not in fields:
        if kind is not None and TYPES[kind].limit is not None:
            remedy = "write for instance condition: {gte: 10}"
            shape.missing(report, key, "condition", f"a correlation of type {kind}", remedy)
        return (), None
    name, node = fields["condition"]
    if kind is not None and TYPES[kind].limit is None:
        report.add(
            Code.BAD_THRESHOLD,
            name,
            f"a correlation of type {kind} has no condition",
            "remove it; it fires when every rule was seen in the timespan",
        )
        return (), None
    found = shape.keyed(report, node, (*OPS, "field"), "'condition'")
    if found is None:
        return (), None
    return _threshold(report, node, found, kind), _value_field(report, node, found, kind)


def _threshold(report: Report, node: Node, found: Fields, kind: str | None) -> Condition:
    pairs: list[tuple[Op, int | float]] = []
    whole = kind is not None and TYPES[kind].limit == "whole"
    for op in OPS:
        if op not in found:
            continue
        value = shape.number(report, found[op][1], f"'{op}'")
        if value is not None and whole and (isinstance(value, float) or value < 0):
            report.add(
                Code.BAD_THRESHOLD,
                found[op][1],
                f"a count cannot be compared with {value}",
                "write a whole number, 0 or more",
            )
        elif value is not None:
            pairs.append((op, value))
    given = sum(op in found for op in OPS)
    if given != 1:
        report.add(
            Code.BAD_THRESHOLD,
            node,
            f"'condition' must hold one of gt, gte, lt, lte and eq, but holds {given}",
            "write for instance condition: {gte: 10}",
        )
    return tuple(pairs)


def _value_field(report: Report, node: Node, found: Fields, kind: str | None) -> str | None:
    if kind is None:
        return None
    wanted = TYPES[kind].value
    if "field" not in found:
        if wanted is not None:
            report.add(
                Code.BAD_VALUE_FIELD,
                node,
                f"a correlation of type {kind} needs a 'field' in its condition",
                "write for instance condition: {gte: 10, field: called_party_number}",
            )
        return None
    name, value = found["field"]
    if wanted is None:
        report.add(
            Code.BAD_VALUE_FIELD,
            name,
            f"a correlation of type {kind} counts events and reads no 'field'",
            "remove it, or use type: value_count",
        )
        return None
    field = shape.text(report, value, "'field'")
    if field is None:
        return None
    if field not in FIELDS:
        shape.unknown_field(report, value, field)
    elif wanted == "numeric" and FIELDS[field] is not FieldType.NUMERIC:
        report.add(
            Code.BAD_VALUE_FIELD,
            value,
            f"a correlation of type {kind} needs a numeric field, but {quote(field)} is none",
            "use duration_s, ring_s or another numeric field",
        )
    return field
