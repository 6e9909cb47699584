"""Rule files: Sigma in YAML, read, checked, and turned into the rule model."""

from callguard.rules.loader import RuleFile, read_rule_file
from callguard.rules.model import Correlation, Location, Rule, RuleSet

__all__ = ["Correlation", "Location", "Rule", "RuleFile", "RuleSet", "read_rule_file"]
