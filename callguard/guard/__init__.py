"""The guard: rules and lists loaded once, then one verdict a record."""

from callguard.engine.columns.expressions.costs import MOST_STEPS
from callguard.guard.checking import check, explain, review, run_examples, untried
from callguard.guard.costs import cost_text
from callguard.guard.guard import Guard, Scored

__all__ = [
    "MOST_STEPS",
    "Guard",
    "Scored",
    "check",
    "cost_text",
    "explain",
    "review",
    "run_examples",
    "untried",
]
