"""Keys of a selection: ``field|modifier|modifier``, and which modifiers go together.

A modifier is a comparison, a flag or a transformation. A transformation changes the value of the
rule before it is compared; none of Sigma's has a use on signalling, and each is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callguard.records.fields import CHOICES, FIELDS, FieldType
from callguard.rules.codes import Code
from callguard.rules.expect import unknown_field
from callguard.rules.nodes import ScalarNode
from callguard.rules.report import Report, one_of, quote

# How a value is compared; at most one in a key.
COMPARISONS: Final = (
    "contains",
    "startswith",
    "endswith",
    "re",
    "exists",
    "lt",
    "lte",
    "gt",
    "gte",
    "cidr",
    "fieldref",
    "expand",
)
# What may be added to a comparison.
FLAGS: Final = ("all", "cased", "neq")
MODIFIERS: Final = COMPARISONS + FLAGS
_ENCODED: Final = "signalling is not base64; write the text itself, with 'contains'"
_DECODED: Final = "texts of records are decoded already; write the text itself, with 'contains'"
# Sigma's transformations, and what to write instead of each.
TRANSFORMATIONS: Final = {
    "base64": _ENCODED,
    "base64offset": _ENCODED,
    "utf16": _DECODED,
    "utf16be": _DECODED,
    "utf16le": _DECODED,
    "wide": _DECODED,
    "windash": "signalling has no command lines; write each spelling in a list of values",
}
_ORDERINGS: Final = ("lt", "lte", "gt", "gte")
_CASED_WITH: Final = ("", "contains", "startswith", "endswith", "fieldref")
# Sigma's tools take these only directly after the field.
_FIRST: Final = ("re", "cidr", "exists")
_TEXTUAL: Final = (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ENUM, FieldType.ADDRESS)
_LISTED: Final = (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a selection, understood. ``comparison`` is ``""`` for plain equality."""

    field: str
    kind: FieldType
    comparison: str
    every: bool
    cased: bool
    negated: bool

    @property
    def is_country(self) -> bool:
        """True for a field that holds a country code."""
        return self.kind is FieldType.ENUM and self.field not in CHOICES


def parse_key(report: Report, key: ScalarNode) -> Key | None:
    """A key of a selection; None after a fault."""
    name, *modifiers = key.text.split("|")
    before = len(report)
    kind = _field_kind(report, key, name)
    offset = len(name) + 1
    for index, modifier in enumerate(modifiers):
        if modifier in TRANSFORMATIONS:
            report.add(
                Code.TRANSFORMATION,
                key.at(offset),
                f"{quote(modifier)} is a Sigma transformation that callguard does not support",
                TRANSFORMATIONS[modifier],
            )
        elif modifier not in MODIFIERS:
            report.add(
                Code.UNKNOWN_MODIFIER,
                key.at(offset),
                f"unknown modifier {quote(modifier)}",
                report.meant(modifier, MODIFIERS, f"use {one_of(MODIFIERS)}"),
            )
        elif modifier in modifiers[:index]:
            _clash(report, key, f"modifier {quote(modifier)} appears twice", "keep one of the two")
        offset += len(modifier) + 1
    if kind is None or len(report) > before:
        return None
    comparisons = [modifier for modifier in modifiers if modifier in COMPARISONS]
    if not _combine(report, key, modifiers, comparisons):
        return None
    parsed = Key(
        name,
        kind,
        comparisons[0] if comparisons else "",
        "all" in modifiers,
        "cased" in modifiers,
        "neq" in modifiers,
    )
    return parsed if _suits(report, key, parsed) else None


def _field_kind(report: Report, key: ScalarNode, name: str) -> FieldType | None:
    kind = FIELDS.get(name)
    if kind is None and not name:
        report.add(
            Code.NO_FIELD,
            key,
            f"key {quote(key.text)} names no field",
            "write the field before the modifiers: field|contains",
        )
    elif kind is None:
        unknown_field(report, key, name)
    return kind


def _clash(report: Report, key: ScalarNode, message: str, remedy: str) -> None:
    report.add(Code.MODIFIERS_CLASH, key, message, remedy)


def _combine(report: Report, key: ScalarNode, modifiers: list[str], comparisons: list[str]) -> bool:
    """True if the modifiers go together, in their order."""
    before = len(report)
    comparison = comparisons[0] if comparisons else ""
    if len(comparisons) > 1:
        _clash(
            report,
            key,
            f"modifiers {quote(comparison)} and {quote(comparisons[1])} do not go together",
            "compare in one way; put the other into a selection of its own",
        )
    elif "cased" in modifiers and comparison not in _CASED_WITH:
        remedy = (
            "remove 'cased'; 're' respects case anyway" if comparison == "re" else "remove 'cased'"
        )
        _clash(report, key, f"modifiers {quote(comparison)} and 'cased' do not go together", remedy)
    elif comparison == "exists" and "all" in modifiers:
        _clash(report, key, "modifiers 'exists' and 'all' do not go together", "remove 'all'")
    elif comparison in _FIRST and modifiers[0] != comparison:
        rest = [modifier for modifier in modifiers if modifier != comparison]
        better = "|".join((key.text.split("|")[0], comparison, *rest))
        _clash(
            report,
            key,
            f"modifier {quote(comparison)} must come before {quote(modifiers[0])}",
            f"write {quote(better)}",
        )
    elif comparison == "fieldref" and modifiers[-1] == "cased":
        _clash(
            report, key, "modifier 'cased' must come before 'fieldref'", "write 'cased|fieldref'"
        )
    return len(report) == before


def _suits(report: Report, key: ScalarNode, parsed: Key) -> bool:
    """True if the comparison makes sense on the field."""
    comparison, kind = parsed.comparison, parsed.kind
    if comparison in _ORDERINGS:
        fits, wanted = kind is FieldType.NUMERIC, "a numeric field"
    elif comparison in ("contains", "startswith", "endswith", "re"):
        fits, wanted = kind in _TEXTUAL, "a text field"
    elif comparison == "cidr":
        fits, wanted = kind is FieldType.ADDRESS, "an address field such as 'source_ip'"
    elif comparison == "expand":
        fits = kind in _LISTED or parsed.is_country
        wanted = "a text, number or address field, or with %home% a country field"
    else:
        comparison = "cased"
        fits, wanted = not parsed.cased or kind in _TEXTUAL, "a text field"
    if not fits:
        report.add(
            Code.MODIFIER_UNFIT,
            key,
            f"modifier {quote(comparison)} does not suit field {quote(parsed.field)}, "
            f"which is {_named(kind)}",
            f"use it on {wanted}",
        )
    return fits


def _named(kind: FieldType) -> str:
    return {
        FieldType.TEXT: "text",
        FieldType.NUMBER_TEXT: "a telephone number",
        FieldType.ENUM: "a choice of words",
        FieldType.NUMERIC: "numeric",
        FieldType.BOOLEAN: "true or false",
        FieldType.ADDRESS: "an address",
    }[kind]
