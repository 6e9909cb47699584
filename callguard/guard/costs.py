"""What reading texts costs with the rules in use, in words."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from callguard.engine.budget import Budget
from callguard.engine.columns.expressions.costs import MOST_STEPS
from callguard.engine.program import Program
from callguard.faults import Fault, Severity
from callguard.rules.model import Correlation, Rule

TOO_COSTLY: Final = "CG610"
_LOG = logging.getLogger(__name__)


def cost_faults(
    budget: Budget, rules: Sequence[Rule | Correlation], severity: Severity
) -> tuple[Fault, ...]:
    """One for each rule that is left out for its cost."""
    return tuple(
        _fault(rule, budget.left_out[rule.name], severity)
        for rule in rules
        if rule.name in budget.left_out
    )


def _fault(rule: Rule | Correlation, steps: int, severity: Severity) -> Fault:
    place = rule.header.location
    return Fault(
        place.file,
        place.line,
        place.column,
        TOO_COSTLY,
        f"rule '{rule.name}' is off: a part of it can cost {steps:,} automaton steps a record, "
        f"and all rules about its event may cost {MOST_STEPS:,}",
        "bound or shorten its repetitions, give its expressions words that must be there, or "
        "put alternatives into one expression",
        severity,
    )


def cost_text(steps: Mapping[str, int]) -> str:
    """``setup 1,234 of 2,500,000 steps, ...`` for the events whose rules read texts."""
    spent = [f"{event} {cost:,}" for event, cost in steps.items() if cost]
    return f"{', '.join(spent) or 'none'}; at most {MOST_STEPS:,}"


def too_costly(program: Program) -> tuple[Fault, ...]:
    """A warning, logged, for each rule that is off for its cost."""
    warnings = cost_faults(program.budget, program.ruleset.rules, Severity.WARNING)
    for warning in warnings:
        _LOG.warning("%s", warning)
    return warnings
