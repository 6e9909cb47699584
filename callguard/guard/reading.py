"""Rule files and their lists, read for use."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from callguard.alerts import TEMPLATES
from callguard.engine.columns import Lists
from callguard.engine.examples import ExampleResult
from callguard.engine.lists import read_lists
from callguard.errors import RuleError
from callguard.faults import Fault, Faults, Severity
from callguard.numbering import NumberingPlan
from callguard.rules.model import RuleSet

_LOG = logging.getLogger(__name__)


class ReadRules(NamedTuple):
    """Rules and their lists, and what works but is not as meant."""

    ruleset: RuleSet
    lists: Lists
    warnings: tuple[Fault, ...]


def read_rules(path: str | os.PathLike[str], plan: NumberingPlan) -> ReadRules:
    """The rules at ``path`` and their lists. Raises RuleError with every fault.

    Warnings are logged.
    """
    from callguard.rules import read_rule_file  # wanted at load only

    file = read_rule_file(path, home=plan.home, alert_templates=TEMPLATES)
    ruleset = file.require()
    faults = Faults(limit=None)
    lists = read_lists(ruleset, plan, faults)
    harmless = (replace(fault, severity=Severity.WARNING) for fault in file.harmless.faults)
    warnings = (*harmless, *file.warnings, *faults.warnings)
    for warning in warnings:
        _LOG.warning("%s", warning)
    if faults:
        raise RuleError.of(faults)
    return ReadRules(ruleset, lists, warnings)


def refuse_failing(results: Iterable[ExampleResult]) -> tuple[Fault, ...]:
    """Raise RuleError if an example did not come out as said, and no list decides that.

    Gives, and logs, the warnings of those that a list decides.
    """
    failing = [result for result in results if not result.ok]
    faults = [result.fault() for result in failing if not result.set_aside]
    if faults:
        raise RuleError(faults)
    warnings = tuple(result.fault() for result in failing)
    for warning in warnings:
        _LOG.warning("%s", warning)
    return warnings
