"""Reading the rules of a running process again."""

from __future__ import annotations

from typing import Final

from callguard.errors import CallguardError
from callguard.guard import Guard
from callguard.observe.logs import Log
from callguard.observe.metrics import Metrics

_SHOWN_FAULTS: Final = 20


def log_warnings(guard: Guard, log: Log) -> None:
    """Log the first warnings of the rules in use, if there are any."""
    if guard.warnings:
        log.warning(
            "rule_warnings",
            ruleset=guard.digest,
            warnings=[str(warning) for warning in guard.warnings[:_SHOWN_FAULTS]],
            number=len(guard.warnings),
        )


def reload_rules(guard: Guard, metrics: Metrics, log: Log) -> bool:
    """Have the guard use its rules and lists as they are now. False if they are faulty.

    Then the old ones stay in use, and the log has the first faults.
    """
    try:
        guard.reload()
    except CallguardError as error:
        refused = error
    else:
        metrics.rules_reloaded(guard)
        log.info("rules_reloaded", ruleset=guard.digest, rules=len(guard.rules.rules))
        log_warnings(guard, log)
        return True
    metrics.rules_refused()
    log.error(
        "rules_refused",
        ruleset=guard.digest,
        faults=[str(fault) for fault in refused.faults[:_SHOWN_FAULTS]] or [str(refused)],
        number=max(1, len(refused.faults)),
    )
    return False
