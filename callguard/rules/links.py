"""What can be checked only when every document is known: names, ids and the rules counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from callguard.rules.codes import Code
from callguard.rules.header import Header
from callguard.rules.nodes import Scalar
from callguard.rules.report import Report, quote

_OFF: Final = ("deprecated", "unsupported")


def check_unique(report: Report, headers: list[Header]) -> None:
    """No two documents may have the same name, or the same id."""
    names: dict[str, Header] = {}
    ids: dict[str, Header] = {}
    for header in headers:
        first = names.setdefault(header.name, header)
        if header.name and first is not header:
            report.add(
                Code.DUPLICATE_NAME,
                header.name_at,
                f"name {quote(header.name)} is taken by the rule in line {first.name_at.line}",
                "give one of them another name",
            )
        first = ids.setdefault(header.id, header)
        if header.id and first is not header:
            report.add(
                Code.DUPLICATE_ID,
                header.id_at,
                f"id {quote(header.id)} is taken by the rule in line {first.id_at.line}",
                "give one of them a new id, for instance from uuidgen",
            )


def check_counted(
    report: Report,
    rules: tuple[Scalar, ...],
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
        elif (status := detections[name.text].status) in _OFF:
            report.add(
                Code.RULE_IS_OFF,
                name,
                f"rule {quote(name.text)} is switched off by status {status}",
                "switch it on, or do not count it",
            )
