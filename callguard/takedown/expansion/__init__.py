"""From reports to what is ordered and what is left out: one SQL file for each step.

The text of a step is the same on every engine that runs it. A step reads tables by their names
and becomes a table of its own name.
"""

from callguard.takedown.expansion.duck import DuckRunner
from callguard.takedown.expansion.steps import Expansion, Runner, Setting, expand

__all__ = ["DuckRunner", "Expansion", "Runner", "Setting", "expand"]
