"""The ``correlation`` of a document: which rules it counts, by what, and when it fires."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, get_args

from callguard.records.fields import FIELDS, FieldType
from callguard.rules import expect
from callguard.rules.codes import Code
from callguard.rules.correlation_types import TYPES
from callguard.rules.expect import Fields
from callguard.rules.model import Condition, Counting, Op
from callguard.rules.nodes import ListNode, Node, ScalarNode
from callguard.rules.report import Report, quote

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
    names: tuple[ScalarNode, ...]


def read_correlation(report: Report, key: ScalarNode, node: Node) -> ReadCounting | None:
    """The counting part of a correlation; None after a fault."""
    before = len(report)
    fields = expect.keyed(report, node, KEYS, "'correlation'", _HINTS)
    if fields is None:
        return None
    for name, remedy in REQUIRED.items():
        if name not in fields:
            expect.missing(report, key, name, "'correlation'", remedy)
    kind = None
    if "type" in fields:
        kind = expect.word(report, fields["type"][1], "'type'", TYPES)
    names = _rules(report, fields, kind)
    group_by = _group_by(report, fields)
    timespan = _timespan(report, fields)
    condition, value_field = _condition(report, key, fields, kind)
    generate = False
    if "generate" in fields:
        generate = bool(expect.boolean(report, fields["generate"][1], "'generate'"))
    if kind is None or len(report) > before:
        return None
    rules = tuple(name.text for name in names)
    counting = Counting(kind, rules, group_by, timespan, condition, value_field, generate)
    return ReadCounting(counting, names)


def _names(report: Report, fields: Fields, key: str) -> list[ScalarNode]:
    """A list of different names; the faulty ones are left out."""
    if key not in fields:
        return []
    node = fields[key][1]
    if not isinstance(node, ListNode):
        expect.wrong_type(report, node, f"'{key}'", "a list", "write a list: [one, two]")
        return []
    names: dict[str, ScalarNode] = {}
    for item in node.items:
        name = expect.text(report, item, f"an item of '{key}'")
        if name is None or not isinstance(item, ScalarNode):
            continue
        if name in names:
            report.add(
                Code.DUPLICATE_KEY, item, f"{quote(name)} appears twice in '{key}'", "remove one"
            )
        names[name] = item
    return list(names.values())


def _rules(report: Report, fields: Fields, kind: str | None) -> tuple[ScalarNode, ...]:
    rules = _names(report, fields, "rules")
    least = 1 if kind is None else TYPES[kind].least_rules
    node = fields["rules"][1] if "rules" in fields else None
    if isinstance(node, ListNode) and len(node.items) < least:
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
            expect.unknown_field(report, name, name.text)
    return tuple(name.text for name in names)


def _timespan(report: Report, fields: Fields) -> int:
    if "timespan" not in fields:
        return 0
    node = fields["timespan"][1]
    text = expect.text(report, node, "'timespan'")
    written = _TIMESPAN.match(text or "")
    seconds = int(written[1]) * _SECONDS[written[2]] if written else 0
    if text is not None and not 0 < seconds <= LONGEST_TIMESPAN_S:
        report.add(
            Code.BAD_TIMESPAN,
            node,
            f"'timespan' {quote(text)} is not a time from 1s to 366d",
            "write a whole number and a unit: 30s, 5m, 1h or 1d",
        )
    return seconds


def _condition(
    report: Report, key: ScalarNode, fields: Fields, kind: str | None
) -> tuple[Condition, str | None]:
    if "condition" not in fields:
        if kind is not None and TYPES[kind].limit is not None:
            remedy = "write for instance condition: {gte: 10}"
            expect.missing(report, key, "condition", f"a correlation of type {kind}", remedy)
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
    given = expect.keyed(report, node, (*OPS, "field"), "'condition'")
    if given is None:
        return (), None
    return _threshold(report, node, given, kind), _value_field(report, node, given, kind)


def _threshold(report: Report, node: Node, given: Fields, kind: str | None) -> Condition:
    pairs: list[tuple[Op, int | float]] = []
    whole = kind is not None and TYPES[kind].limit == "whole"
    for op in OPS:
        if op not in given:
            continue
        value = expect.number(report, given[op][1], f"'{op}'")
        if value is not None and whole and (isinstance(value, float) or value < 0):
            report.add(
                Code.BAD_THRESHOLD,
                given[op][1],
                f"a count cannot be compared with {value}",
                "write a whole number, 0 or more",
            )
        elif value is not None:
            pairs.append((op, value))
    count = sum(op in given for op in OPS)
    if count != 1:
        report.add(
            Code.BAD_THRESHOLD,
            node,
            f"'condition' must hold one of gt, gte, lt, lte and eq, but holds {count}",
            "write for instance condition: {gte: 10}",
        )
    return tuple(pairs)


def _value_field(report: Report, node: Node, given: Fields, kind: str | None) -> str | None:
    if kind is None:
        return None
    wanted = TYPES[kind].value
    if "field" not in given:
        if wanted is not None:
            report.add(
                Code.BAD_VALUE_FIELD,
                node,
                f"a correlation of type {kind} needs a 'field' in its condition",
                "write for instance condition: {gte: 10, field: called_party_number}",
            )
        return None
    name, value = given["field"]
    if wanted is None:
        report.add(
            Code.BAD_VALUE_FIELD,
            name,
            f"a correlation of type {kind} counts events and reads no 'field'",
            "remove it, or use type: value_count",
        )
        return None
    field = expect.text(report, value, "'field'")
    if field is None:
        return None
    if field not in FIELDS:
        expect.unknown_field(report, value, field)
    elif wanted == "numeric" and FIELDS[field] is not FieldType.NUMERIC:
        report.add(
            Code.BAD_VALUE_FIELD,
            value,
            f"a correlation of type {kind} needs a numeric field, but {quote(field)} is none",
            "use duration_s, ring_s or another numeric field",
        )
    return field
