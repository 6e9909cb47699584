"""Rule files and their lists, read for use."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

from callguard.alerts import TEMPLATES
from callguard.engine.columns import Lists
from callguard.engine.examples import ExampleResult
from callguard.engine.lists import read_lists
from callguard.errors import RuleError
from callguard.faults import Faults
from callguard.numbering import NumberingPlan
from callguard.rules.model import RuleSet

_LOG = logging.getLogger(__name__)


def read_rules(path: str | os.PathLike[str], plan: NumberingPlan) -> tuple[RuleSet, Lists]:
    """The rules at ``path`` and their lists. Raises RuleError with every fault.

    Warnings are logged.
    """
    from callguard.rules import read_rule_file  # wanted at load only

    file = read_rule_file(path, home=plan.home, alert_templates=TEMPLATES)
    ruleset = file.require()
    faults = Faults(limit=None)
    lists = read_lists(ruleset, plan, faults)
    for warning in (*file.warnings, *faults.warnings):
        _LOG.warning("%s", warning)
    if faults:
        raise RuleError.of(faults)
    return ruleset, lists


def refuse_failing(results: Iterable[ExampleResult]) -> None:
    """Raise RuleError if an example did not come out as said."""
    faults = [result.fault() for result in results if not result.ok]
    if faults:
        raise RuleError(faults)
