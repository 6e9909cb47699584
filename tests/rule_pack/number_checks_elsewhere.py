"""Number checks that the regulators of other countries ask for."""

from __future__ import annotations

from tests.rule_pack.number_checks import ABROAD, OFF_NET, ON_NET, Check, shows

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
