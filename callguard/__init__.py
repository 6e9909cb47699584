"""Score telephone signalling records against rules, in microseconds."""

from callguard.engine.verdict import Alert, Thresholds, Verdict
from callguard.errors import (
    CallguardError,
    ListError,
    NumberingError,
    RecordError,
    RuleError,
)
from callguard.faults import Fault
from callguard.guard import Guard, check
from callguard.records import Record, read_records

__all__ = [
    "Alert",
    "CallguardError",
    "Fault",
    "Guard",
    "ListError",
    "NumberingError",
    "Record",
    "RecordError",
    "RuleError",
    "Thresholds",
    "Verdict",
    "check",
    "read_records",
]
