"""The fields that a rule may name, and what kind of value each holds.

The names are those of the signalling record and of the fields derived from it; the order is the
order in which documentation lists them.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class FieldType(Enum):
    """What a field's value is, which decides the comparisons that make sense on it."""

    TEXT = "text"  # any string
    NUMBER_TEXT = "number"  # a telephone number as signalled or in E.164 form
    ENUM = "choice"  # one of a few fixed words
    NUMERIC = "numeric"  # int or float
    BOOLEAN = "true/false"
    ADDRESS = "address"  # an IPv4 or IPv6 address


EVENTS: Final = ("setup", "answer", "release", "sms")
KINDS: Final = (
    "mobile",
    "fixed",
    "toll_free",
    "shared_cost",
    "premium",
    "voip",
    "service",
    "short_code",
    "emergency",
    "unallocated",
    "invalid",
    "unknown",
)

RAW_FIELDS: Final[dict[str, FieldType]] = {
    "event": FieldType.ENUM,
    "at": FieldType.NUMERIC,
    "call_id": FieldType.TEXT,
    "calling_party_number": FieldType.NUMBER_TEXT,
    "called_party_number": FieldType.NUMBER_TEXT,
    "nature_of_address": FieldType.ENUM,
    "presentation": FieldType.ENUM,
    "screening": FieldType.ENUM,
    "asserted_identity": FieldType.NUMBER_TEXT,
    "redirecting_number": FieldType.NUMBER_TEXT,
    "display_name": FieldType.TEXT,
    "user_agent": FieldType.TEXT,
    "source_ip": FieldType.ADDRESS,
    "ingress": FieldType.ENUM,
    "trunk_group": FieldType.TEXT,
    "attestation": FieldType.ENUM,
    "verstat": FieldType.ENUM,
    "origid": FieldType.TEXT,
    "roaming": FieldType.ENUM,
    "priority": FieldType.TEXT,
    "cause": FieldType.NUMERIC,
    "duration_s": FieldType.NUMERIC,
    "ring_s": FieldType.NUMERIC,
    "text": FieldType.TEXT,
}

# The values of choice fields, in the spelling of the record.
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "event": EVENTS,
    "nature_of_address": ("subscriber", "national", "international", "unknown"),
    "presentation": ("allowed", "restricted", "unavailable"),
    "screening": ("not_verified", "passed", "failed", "network"),
    "ingress": ("international", "interconnect", "on_net"),
    "attestation": ("A", "B", "C"),
    "verstat": ("TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation"),
    "roaming": ("yes", "no", "unknown"),
}

# Party prefix -> the record key that it is derived from.
PARTIES: Final[dict[str, str]] = {
    "calling": "calling_party_number",
    "called": "called_party_number",
    "asserted": "asserted_identity",
    "redirecting": "redirecting_number",
}

DERIVED_FIELDS: Final[dict[str, FieldType]] = {
    **{
        f"{party}.{name}": kind
        for party in PARTIES
        for name, kind in (
            ("e164", FieldType.NUMBER_TEXT),
            ("prefix", FieldType.NUMBER_TEXT),
            ("country", FieldType.ENUM),
            ("kind", FieldType.ENUM),
            ("valid", FieldType.BOOLEAN),
            ("certain", FieldType.BOOLEAN),
            ("repaired", FieldType.TEXT),
        )
    },
    "display_name.folded": FieldType.TEXT,
    "display_name.e164": FieldType.NUMBER_TEXT,
    "sender.folded": FieldType.TEXT,
    "shared_prefix": FieldType.NUMERIC,
    "self_call": FieldType.BOOLEAN,
    "redirected": FieldType.BOOLEAN,
}
CHOICES.update({f"{party}.kind": KINDS for party in PARTIES})

FIELDS: Final[dict[str, FieldType]] = {**RAW_FIELDS, **DERIVED_FIELDS}
