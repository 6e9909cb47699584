"""The guard: rules and lists loaded once, then one verdict a record."""

from callguard.guard.checking import check, explain, review, run_examples, untried
from callguard.guard.guard import Guard, Scored

__all__ = ["Guard", "Scored", "check", "explain", "review", "run_examples", "untried"]
