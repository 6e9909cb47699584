"""Compile checked rules into a program, run it, keep the counters that correlations need."""

from callguard.engine.program import Program, compile_rules
from callguard.engine.verdict import DEFAULT_THRESHOLDS, Alert, Thresholds, Verdict

__all__ = ["DEFAULT_THRESHOLDS", "Alert", "Program", "Thresholds", "Verdict", "compile_rules"]
