"""Rule files: Sigma in YAML, read, checked, and turned into the rule model."""

from callguard.rules.loader import check_rules, load_rules, sound_rules
from callguard.rules.model import Correlation, Location, Rule, RuleSet

__all__ = [
    "Correlation",
    "Location",
    "Rule",
    "RuleSet",
    "check_rules",
    "load_rules",
    "sound_rules",
]
