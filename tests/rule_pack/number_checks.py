"""The form in which number checks are written down, and those of countries other than China."""

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


ELSEWHERE = (
    Check(
        "N10",
        ("home-fixed-line-from-abroad",),
        "block",
        (shows("+442079460123", ABROAD), shows("02079460123", ABROAD, roaming="unknown")),
        (shows("+442079460123", OFF_NET), shows("+33612345678", ABROAD)),
        home="GB",
    ),
    Check(
        "N10",
        ("uk-mobile-from-abroad-unverified",),
        "withhold",
        (shows("+447400654321", ABROAD),),
        (shows("+447400654321", ABROAD, roaming="yes"), shows("+447400654321", ON_NET)),
        home="GB",
    ),
    Check(
        "N11",
        ("fi-home-number-forwarded-by-foreign-number",),
        "withhold",
        (shows("+358501234567", ABROAD, redirecting_number="+46701234567", roaming="no"),),
        (
            shows("+358501234567", ABROAD, redirecting_number="+358451234567"),
            shows("+358501234567", ABROAD, roaming="no"),
            shows("+33612345678", ABROAD, redirecting_number="+46701234567"),
        ),
        home="FI",
    ),
    Check(
        "N11",
        ("home-number-not-roaming", "unallocated-home-number-off-net"),
        "block",
        (shows("+358501234567", ABROAD, roaming="no"), shows("+35800012345", ABROAD)),
        (shows("+358501234567", ABROAD, roaming="yes"),),
        home="FI",
    ),
    Check(
        "N12",
        ("home-number-not-roaming",),
        "block",
        (shows("+919812345678", ABROAD, roaming="no"),),
        (shows("+919812345678", ABROAD, roaming="yes"),),
        home="IN",
    ),
    Check(
        "N12",
        ("in-call-from-abroad",),
        "label",
        (shows("+442079460123", ABROAD), shows("anonymous", ABROAD)),
        (shows("+919812345678", OFF_NET), shows("+442079460123", OFF_NET)),
        home="IN",
    ),
    Check(
        "N13",
        ("sg-call-from-abroad",),
        "label",
        (shows("+442079460123", ABROAD), shows("+6581234567", ABROAD, roaming="yes")),
        (shows("+6581234567", OFF_NET),),
        home="SG",
    ),
    Check(
        "N14",
        ("au-inbound-only-13-1300-1800",),
        "block",
        (shows("132221", OFF_NET), shows("1300123456", OFF_NET), shows("+611800123456", ABROAD)),
        (shows("0412345678", OFF_NET),),
        home="AU",
    ),
    Check(
        "N14",
        ("au-number-too-long-or-too-short",),
        "allow",
        (shows("+4912345678901234", ABROAD), shows("6149157", OFF_NET)),
        (shows("+61412345678", OFF_NET),),
        home="AU",
    ),
    Check(
        "N14",
        ("unallocated-home-number-off-net",),
        "block",
        (shows("+6141234567", OFF_NET), shows("+61112345678", ABROAD)),
        (shows("+61412345678", OFF_NET),),
        home="AU",
    ),
)
