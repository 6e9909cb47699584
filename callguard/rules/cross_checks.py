"""What can be checked only when every document is read: names, ids and the rules counted."""

from __future__ import annotations

from collections.abc import Mapping

from callguard.rules.codes import Code
from callguard.rules.header import ReadHeader
from callguard.rules.model import Header
from callguard.rules.nodes import ScalarNode
from callguard.rules.report import Report, quote


def check_unique(report: Report, headers: list[ReadHeader]) -> None:
    """No two documents may have the same name, or the same id."""
    names: dict[str, ReadHeader] = {}
    ids: dict[str, ReadHeader] = {}
    for one in headers:
        header = one.header
        first = names.setdefault(header.name, one)
        if header.name and first is not one:
            report.add(
                Code.DUPLICATE_NAME,
                one.name_at,
                f"name {quote(header.name)} is taken by the rule in line {first.name_at.line}",
                "give one of them another name",
            )
        first = ids.setdefault(header.id, one)
        if header.id and first is not one:
            report.add(
                Code.DUPLICATE_ID,
                one.id_at,
                f"id {quote(header.id)} is taken by the rule in line {first.id_at.line}",
                "give one of them a new id, for instance from uuidgen",
            )


def check_counted(
    report: Report,
    rules: tuple[ScalarNode, ...],
    detections: Mapping[str, Header],
    correlations: Mapping[str, Header],
) -> None:
    """The rules that a correlation names must be detection rules that are switched on."""
    for name in rules:
        if name.text in correlations:
            report.add(
                Code.NOT_COUNTABLE,
                name,
                f"{quote(name.text)} is a correlation; only detection rules can be counted",
                "name the detection rules that it counts",
            )
        elif name.text not in detections:
            report.add(
                Code.UNKNOWN_RULE,
                name,
                f"no rule is named {quote(name.text)}",
                report.meant(name.text, detections.keys(), "write the 'name' of a rule"),
            )
        elif not detections[name.text].on:
            report.add(
                Code.RULE_IS_OFF,
                name,
                f"rule {quote(name.text)} is switched off by status {detections[name.text].status}",
                "switch it on, or do not count it",
            )
