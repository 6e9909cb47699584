"""Rule files and their lists, read for use."""

from __future__ import annotations

import os
from collections.abc import Iterable

from callguard.alerts import TEMPLATES
from callguard.engine.columns import Lists
from callguard.engine.examples import ExampleResult
from callguard.engine.lists import load_lists
from callguard.errors import RuleError
from callguard.numbering import NumberingPlan
from callguard.rules import load_rules
from callguard.rules.model import RuleSet


def read_rules(path: str | os.PathLike[str], plan: NumberingPlan) -> tuple[RuleSet, Lists]:
    """The rules at ``path`` and their lists. Raises RuleError with every fault."""
    ruleset = load_rules(path, home=plan.home, alert_templates=TEMPLATES)
    return ruleset, load_lists(ruleset, plan)


def refuse_failing(results: Iterable[ExampleResult]) -> None:
    """Raise RuleError if an example did not come out as said."""
    faults = [result.fault() for result in results if not result.ok]
    if faults:
        raise RuleError(faults)
