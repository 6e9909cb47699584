"""Score telephone signalling records against rules, in microseconds."""

from callguard.counters import MemoryCounters, Policy, open_counters
from callguard.engine.verdict import Alert, Thresholds, Verdict
from callguard.errors import (
    CallguardError,
    CounterError,
    ListError,
    NumberingError,
    RecordError,
    RuleError,
)
from callguard.faults import Fault
from callguard.guard import Guard, check
from callguard.numbering import NumberingPlan
from callguard.records import Record, read_records

__all__ = [
    "Alert",
    "CallguardError",
    "CounterError",
    "Fault",
    "Guard",
    "ListError",
    "MemoryCounters",
    "NumberingError",
    "NumberingPlan",
    "Policy",
    "Record",
    "RecordError",
    "RuleError",
    "Thresholds",
    "Verdict",
    "check",
    "open_counters",
    "read_records",
]
