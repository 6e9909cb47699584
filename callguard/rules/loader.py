"""A rule file into a checked :class:`RuleSet`, or into every fault that it has."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from callguard.errors import RuleError
from callguard.faults import Fault, Faults
from callguard.rules.codes import Code
from callguard.rules.consequences import ConsequenceReader
from callguard.rules.cross_checks import check_counted, check_unique
from callguard.rules.documents import Document, DocumentReader
from callguard.rules.examples import ExampleReader
from callguard.rules.lists import ListFinder
from callguard.rules.model import Correlation, Rule, RuleSet
from callguard.rules.nodes import Position
from callguard.rules.report import Report, Stopped
from callguard.rules.values import ValueReader


@dataclass(frozen=True, slots=True)
class RuleFile:
    """What was read of a rule file, and every fault and warning.

    ``sound_rules`` are the rules without a fault, None if the file could not be read to its end.
    They are for trying their examples beside the faults of the others; rules to score with come
    from :meth:`require`.
    """

    sound_rules: RuleSet | None
    collected: Faults
    # Faults of what does no harm, such as a value that no call can have: found by a check, and no
    # reason to take away rules that were in use yesterday.
    harmless: Faults

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault, in file order, the harmless ones among them."""
        both = (*self.collected.faults, *self.harmless.faults)
        # That the reading was given up comes last.
        given_up = [fault for fault in both if fault.code == Code.TOO_MANY_FAULTS]
        rest = [fault for fault in both if fault.code != Code.TOO_MANY_FAULTS]
        return (*sorted(rest, key=lambda fault: (fault.line, fault.column)), *given_up)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Every warning, in file order. Rules with warnings can be used."""
        return self.collected.warnings

    def require(self) -> RuleSet:
        """All rules of the file.

        Raises :class:`RuleError` with every fault if there is one that is not harmless.
        """
        if self.collected or self.sound_rules is None:
            raise RuleError(self.faults)
        return self.sound_rules


def read_rule_file(
    path: str | os.PathLike[str],
    *,
    home: str = "CN",
    alert_templates: Collection[str] | None = None,
) -> RuleFile:
    """Read and check a rule file. Never raises for what is wrong with it.

    ``home`` is the country (ISO 3166 alpha-2) that ``%home%`` means. ``alert_templates`` are
    the names that ``alert`` may use; None leaves them unchecked.
    """
    file = Path(path)
    report = Report(str(path))
    try:
        rules = _load(file, report, home.upper(), alert_templates)
    except Stopped:
        return RuleFile(None, report.faults, report.doubts)
    return RuleFile(rules, report.faults, report.doubts)


def _load(
    file: Path, report: Report, home: str, alert_templates: Collection[str] | None
) -> RuleSet:
    from callguard.rules.reader import parse, read_bytes  # brings YAML, wanted at load only

    data = read_bytes(file, report)
    lists = ListFinder(report, file, home)
    reader = DocumentReader(
        report,
        ValueReader(report, lists, home),
        ConsequenceReader(report, ExampleReader(report), alert_templates),
    )
    read = [reader.read(node) for node in parse(data, report)]
    if not read:
        report.add(
            Code.NO_RULES, Position(1, 1), "the file holds no rules", "write at least one rule"
        )
    documents = [document for document in read if document is not None]
    _cross_check(report, documents)
    return RuleSet(
        file=str(file),
        rules=_sound(documents),
        lists=lists.all_paths(),
        source_digest=hashlib.sha256(data).hexdigest(),
    )


def _sound(documents: list[Document]) -> tuple[Rule | Correlation, ...]:
    """The rules without a fault of their own, each name once, with all that they count."""
    rules: dict[str, Rule | Correlation] = {}
    for document in documents:
        if document.rule is not None:
            rules.setdefault(document.rule.name, document.rule)
    return tuple(
        rule
        for rule in rules.values()
        if isinstance(rule, Rule)
        or all(isinstance(rules.get(name), Rule) and rules[name].on for name in rule.rules)
    )


def _cross_check(report: Report, documents: list[Document]) -> None:
    check_unique(report, [document.header for document in documents])
    headers = [(one.header.header, one.counted) for one in documents]
    detections = {header.name: header for header, counted in headers if counted is None}
    correlations = {header.name: header for header, counted in headers if counted is not None}
    for document in documents:
        check_counted(report, document.counted or (), detections, correlations)
