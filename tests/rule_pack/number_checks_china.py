"""Number checks with China as the home."""

from __future__ import annotations

from tests.rule_pack.number_checks import ABROAD, OFF_NET, ON_NET, Check, shows

MOBILE = "+8613812345678"

CHINA = (
    Check(
        "N1",
        ("international-call-without-prefix",),
        "label",
        (shows("13812345678", ABROAD), shows("442079460123", ABROAD)),
        (
            shows(MOBILE, ABROAD),
            shows("00442079460123", ABROAD),
            shows("442079460123", ABROAD, nature_of_address="international"),
            shows("anonymous", ABROAD),
        ),
    ),
    Check(
        "N2",
        ("home-number-not-roaming",),
        "block",
        tuple(
            shows(form, ABROAD, roaming="no")
            for form in (MOBILE, "008613812345678", "13812345678", "+862161234567", "02161234567")
        ),
        (
            shows(MOBILE, ABROAD, roaming="yes"),
            shows(MOBILE, ABROAD, roaming="unknown"),
            shows(MOBILE, ABROAD),
            shows(MOBILE, OFF_NET, roaming="no"),
        ),
    ),
    Check(
        "N2",
        ("home-number-roaming-unknown",),
        "label",
        (shows(MOBILE, ABROAD), shows(MOBILE, ABROAD, roaming="unknown")),
        (shows(MOBILE, ABROAD, roaming="yes"), shows(MOBILE, ON_NET)),
    ),
    Check(
        "N3",
        (
            "cn-authority-line-from-abroad",
            "cn-bank-code-from-abroad",
            "home-service-code-from-abroad",
        ),
        "block",
        tuple(
            shows(form, ABROAD)
            for form in (
                *("110", "119", "120", "12110", "12345", "12381", "96110", "95588", "955123"),
                *("10000", "10010", "10086", "+86110", "0086110", "010110", "01096110"),
            )
        ),
        (shows("95588", OFF_NET), shows("10086", ON_NET), shows("+12025550143", ABROAD)),
    ),
    Check(
        "N4",
        ("cn-inbound-only-400-800",),
        "block",
        (shows("4008123456", OFF_NET), shows("+864008123456", ABROAD), shows("8008201234", ON_NET)),
        (shows("95588", OFF_NET), shows("02140081234", OFF_NET)),
    ),
    Check(
        "N5",
        ("cn-service-code-of-wrong-length",),
        "label",
        (shows("9558801", OFF_NET), shows("9558", OFF_NET), shows("95533123", OFF_NET)),
        (shows("95588", OFF_NET), shows("955123", OFF_NET), shows("09531234567", OFF_NET)),
    ),
    Check(
        "N5",
        ("cn-call-centre-code",),
        "label",
        (shows("95013888", OFF_NET), shows("95213", OFF_NET), shows("957123", OFF_NET)),
        (shows("95110", OFF_NET), shows("95588", OFF_NET), shows("09516123456", OFF_NET)),
    ),
    Check(
        "N6",
        ("unallocated-home-number-off-net", "unallocated-home-number-on-net"),
        "allow",
        (),
        (shows("700123456789012", OFF_NET), shows("700123456789012", ON_NET)),
    ),
    Check(
        "N7",
        ("unallocated-home-number-off-net",),
        "block",
        (
            shows("+8612012345678", OFF_NET),
            shows("138123456789", OFF_NET),
            shows("0101234", OFF_NET),
        ),
        (shows("+8612012345678", ON_NET), shows(MOBILE, OFF_NET), shows("05321102024", OFF_NET)),
    ),
    Check(
        "N7",
        ("unallocated-home-number-on-net",),
        "label",
        (shows("+8612012345678", ON_NET),),
        (shows("+8612012345678", OFF_NET), shows("13812345678", ON_NET)),
    ),
    Check(
        "N8",
        ("enterprise-trunk-shows-foreign-number",),
        "label",
        (shows("01062201234", ON_NET, trunk_group="pbx-4711"),),
        (
            shows("01062201234", ON_NET, trunk_group="access-1"),
            shows("13812345678", ON_NET, trunk_group="pbx-1", redirecting_number="01062201234"),
        ),
    ),
    Check(
        "N9",
        ("do-not-originate",),
        "block",
        (shows("12110", OFF_NET), shows("+8612381", ON_NET)),
        (shows("96110", OFF_NET), shows("120", OFF_NET), shows(MOBILE, OFF_NET)),
    ),
    Check(
        "N15",
        ("blank-calling-number", "alphabetic-calling-number", "repeated-digit-calling-number"),
        "allow",
        (
            shows("", OFF_NET),
            shows(None, ABROAD),
            shows("CALLER", ABROAD),
            shows("9999999999", OFF_NET),
        ),
        (
            shows("", OFF_NET, presentation="restricted"),
            shows("anonymous", OFF_NET),
            shows("Anonymous", ABROAD),
            shows("+85222222222", ABROAD),
            shows("alice", ON_NET),
        ),
    ),
    Check(
        "N16",
        ("national-number-on-international-trunk",),
        "allow",
        (
            shows(MOBILE, ABROAD, roaming="yes", nature_of_address="national"),
            shows(MOBILE, ABROAD, roaming="yes", nature_of_address="subscriber"),
        ),
        (
            shows("8613812345678", ABROAD, roaming="yes", nature_of_address="international"),
            shows("13812345678", OFF_NET, nature_of_address="national"),
        ),
    ),
    Check(
        "N17",
        ("screening-not-verified-home-number", "screening-failed-home-number"),
        "allow",
        (
            shows(MOBILE, OFF_NET, screening="not_verified"),
            shows(MOBILE, OFF_NET, screening="failed"),
        ),
        (
            shows(MOBILE, OFF_NET, screening="network"),
            shows("+442079460123", ABROAD, screening="not_verified"),
        ),
    ),
    Check(
        "N18",
        ("asserted-identity-disagrees",),
        "allow",
        (
            shows(MOBILE, OFF_NET, asserted_identity="+442079460123"),
            shows(MOBILE, OFF_NET, asserted_identity="+8612012345678"),
        ),
        (
            shows(MOBILE, OFF_NET, asserted_identity="+862161234567"),
            shows(MOBILE, OFF_NET),
            shows("anonymous", OFF_NET, asserted_identity="+442079460123"),
        ),
    ),
    Check(
        "N19",
        ("restricted-home-identity-from-abroad",),
        "label",
        (
            shows("anonymous", ABROAD, asserted_identity=MOBILE, roaming="no"),
            shows("", ABROAD, asserted_identity=MOBILE, roaming="no", presentation="restricted"),
        ),
        (
            shows("anonymous", ABROAD, asserted_identity=MOBILE),
            shows("anonymous", ON_NET, asserted_identity=MOBILE, presentation="restricted"),
        ),
    ),
    Check(
        "N20",
        ("neighbour-number",),
        "allow",
        (shows("13912349999", OFF_NET),),
        (shows("13912349999", ON_NET), shows("13712349999", OFF_NET)),
    ),
    Check(
        "N21",
        ("display-name-imitates-authority", "display-name-imitates-bank"),
        "label",
        tuple(
            shows("+85261234567", ABROAD, display_name=name)
            for name in ("公安局", "检察院", "法院", "银行", "客服", "Police", "First BANK")
        ),
        (
            shows("95588", OFF_NET, display_name="中国工商银行"),
            shows("110", ON_NET, display_name="公安局"),
            shows("07165221234", OFF_NET, display_name="公安县水果店"),
            shows("+442079460123", ABROAD, display_name="Banksy"),
        ),
    ),
)
