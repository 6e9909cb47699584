"""Rule files: Sigma in YAML, read, checked, and turned into the rule model.

Programs that only score need the model. What reads files is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callguard.rules.model import Correlation, Location, Rule, RuleSet

if TYPE_CHECKING:
    from callguard.rules.loader import RuleFile, read_rule_file
else:

    def __getattr__(name: str) -> Any:
        if name in ("RuleFile", "read_rule_file"):
            from callguard.rules import loader

            return getattr(loader, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["Correlation", "Location", "Rule", "RuleFile", "RuleSet", "read_rule_file"]
