"""The form in which the number checks of the trade are written down for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Record = Mapping[str, object]

ABROAD: Record = {"ingress": "international"}
OFF_NET: Record = {"ingress": "interconnect"}
ON_NET: Record = {"ingress": "on_net"}


def shows(number: str | None, ingress: Record, **others: object) -> Record:
    """The set-up of a call that shows this number, its called party apart."""
    return {"calling_party_number": number, **ingress, **others}


@dataclass(frozen=True)
class Check:
    """One predicate (N1 to N21) under one home.

    Every ``caught`` call meets one of the rules and at least the action; on a ``spared`` one none
    of the rules may match.
    """

    number: str
    rules: tuple[str, ...]
    least: str
    caught: tuple[Record, ...]
    spared: tuple[Record, ...] = ()
    home: str = "CN"
