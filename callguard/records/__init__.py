"""Signalling records: what they hold, how they are checked, read and completed."""

from callguard.records.derive import derive
from callguard.records.fields import (
    CHOICES,
    DERIVED_FIELDS,
    EVENTS,
    FIELDS,
    KINDS,
    PARTIES,
    RAW_FIELDS,
    FieldType,
)
from callguard.records.given import UnknownKeys, field_value, filled
from callguard.records.read import FORMATS, detect_format, read_records
from callguard.records.record import REQUIRED, Record, validate, validate_lenient

__all__ = [
    "CHOICES",
    "DERIVED_FIELDS",
    "EVENTS",
    "FIELDS",
    "FORMATS",
    "KINDS",
    "PARTIES",
    "RAW_FIELDS",
    "REQUIRED",
    "FieldType",
    "Record",
    "UnknownKeys",
    "derive",
    "detect_format",
    "field_value",
    "filled",
    "read_records",
    "validate",
    "validate_lenient",
]
