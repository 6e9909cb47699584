"""The fields that the other engines are handed, made from a record beforehand and untimed."""

from __future__ import annotations

from bench.conditions import Scalar
from bench.recordgen import Record
from callguard.numbering import NumberingPlan
from callguard.records import derive
from callguard.records.fields import CHOICES

TEXTS = (
    "ingress",
    "trunk_group",
    "attestation",
    "display_name",
    "user_agent",
    "roaming",
    "presentation",
    "nature_of_address",
)


class Ready:
    """Turns a record into ready-made fields: numbers normalised, texts in lower case."""

    def __init__(self, home: str = "CN") -> None:
        self._plan = NumberingPlan(home)

    def fields(self, record: Record) -> dict[str, Scalar]:
        """Every field that a bench rule may name; an absent one is ``""``, or -1 if a number."""
        record = _known_words(record)
        derived = derive(record, self._plan)
        made: dict[str, Scalar] = {
            "calling_e164": str(derived.get("calling.e164", "")),
            "calling_country": str(derived.get("calling.country", "")).lower(),
            "calling_kind": str(derived.get("calling.kind", "")),
            "calling_valid": derived.get("calling.valid") is True,
            "called_e164": str(derived.get("called.e164", "")),
            "shared_prefix": _whole(derived.get("shared_prefix", -1)),
        }
        made |= {name: str(record.get(name, "")).lower() for name in TEXTS}
        made["display_name_raw"] = str(record.get("display_name", ""))
        made["user_agent_raw"] = str(record.get("user_agent", ""))
        return made


def _known_words(record: Record) -> Record:
    """Without the words that a choice field cannot hold: those count as absent."""
    kept = {k: v for k, v in record.items() if k not in CHOICES or v in CHOICES[k]}
    return {"roaming": "unknown", **kept}


def _whole(value: object) -> int:
    assert isinstance(value, int)
    return value
