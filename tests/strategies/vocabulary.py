"""The few words and numbers that random rules and random records share.

Because they share them, tests hold about as often as they fail.
"""

from __future__ import annotations

from collections.abc import Mapping

from callguard.records.fields import CHOICES, FIELDS, RAW_FIELDS, FieldType

# Names of lists and the text of each; a list of numbers for number fields, one of words for text.
NUMBER_LIST = "numbers"
WORD_LIST = "words"
LIST_TEXTS: Mapping[str, str] = {
    NUMBER_LIST: "# numbers and prefixes\n+8613800138000\n+4420*\n4001234567\n95588\n0086139*\n",
    WORD_LIST: "bank\n银行\n# prefixes\nA*\nFriendly*\nİ\n",
}

NUMBERS = (
    "+8613800138000",
    "008613800138000",
    "13800138000",
    "138 0013 8000",
    "１３８００１３８０００",
    "+8613900139000",
    "+861069445566",
    "01069445566",
    "110",
    "95588",
    "4001234567",
    "+442079460000",
    "+14155550100",
    "+999",
    "0000",
    "anonymous",
    "abc",
    "",
)
E164S = (
    "+8613800138000",
    "+8613900139000",
    "+861069445566",
    "+86110",
    "+8695588",
    "+864001234567",
    "+442079460000",
    "+14155550100",
    "",
)
# Among them: characters whose lower case has another length (İ), depends on its neighbours (Σ),
# leaves its script (K, the Kelvin sign), or is full-width; wildcards and backslashes as text.
WORDS = (
    "",
    "a",
    "A",
    "ab",
    "aB",
    "abab",
    "bank",
    "Bank of China",
    "银行",
    "中国银行客服",
    "friendly-scanner",
    "Friendly",
    "İ",
    "i\u0307",
    "Iİa",
    "ΑΣ",
    "ας",
    "ασα",
    "ΑΣΑ",
    "\u212a",
    "k",
    "ß",
    "SS",
    "ＢＡＮＫ",
    "ｂａｎｋ",
    "*",
    "?",
    "a*b",
    "a?b",
    "\\",
    "a\\b",
    "\\*",
    "a\nb",
    "\0",
    "a\0b",
    "\U0001f600",
    "\U0010ffff",
    "\ufffd",
    " bank ",
)
ADDRESSES = (
    "192.0.2.1",
    "192.0.2.255",
    "192.0.3.0",
    "10.0.0.1",
    "255.255.255.255",
    "0.0.0.0",  # noqa: S104 - an address to judge, none to bind
    "2001:db8::1",
    "2001:DB8:0::1",
    "2001:db9::",
    "::ffff:192.0.2.1",
    "::",
    "192.0.2.01",
    "192.0.2.1 ",
    "fe80::1%eth0",
    "unknown",
    "",
)
NETWORKS = (
    "192.0.2.0/24",
    "192.0.2.0/23",
    "192.0.2.1/32",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "2001:db8::/32",
    "2001:db8::1/128",
    "::/0",
    "::ffff:0:0/96",
    "fe80::/10",
)
COUNTRIES = ("CN", "cn", "GB", "US", "HK", "", "XX")
FIGURES = (0, 0.0, 1, 1.0, 3, 5.5, 6, 6.0, 16, 60, 127, 999, 1e9, 0.1, 0.30000000000000004)
# A minute's window meets its ends here, and a day's does not.
TIMES = (1000, 1000.5, 1001, 1030, 1059, 1059.999, 1060, 1060.0, 1060.5, 1061, 1120, 90_000)
BROKEN_TIMES = (None, "", "yesterday", -1, float("nan"), float("inf"), True, 10**400, "1060")
WRONG = (None, 0, 1, 5, -1, True, False, 2.5, float("nan"), float("inf"), 10**400, b"ab", ("a",))
PRIORITIES = ("psap-callback", "PSAP-Callback", " psap-callback ", "emergency", "normal", "")
GROUPS = ("calling.e164", "called_party_number", "trunk_group", "origid", "roaming", "cause")


def field_words(field: str) -> tuple[str, ...]:
    """The texts that rules and records use for a field."""
    if field in CHOICES:
        return CHOICES[field]
    if field == "priority":
        return PRIORITIES
    if field.endswith(".country"):
        return COUNTRIES
    if FIELDS[field] is FieldType.NUMBER_TEXT:
        return NUMBERS if field in RAW_FIELDS else E164S
    return ADDRESSES if FIELDS[field] is FieldType.ADDRESS else WORDS
