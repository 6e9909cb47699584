"""From signalled strings to digits: URIs, Unicode, words for a withheld number."""

from __future__ import annotations

import pytest

from callguard.numbering.text import (
    SOS,
    WITHHELD_NUMBER,
    Dialled,
    Local,
    NotANumber,
    Sos,
    Withheld,
    read,
)

DIALLED: dict[str, Dialled | Local] = {
    "+86 138-0013.8000": Dialled("8613800138000", True),
    "(010) 6552/9988": Dialled("01065529988", False),
    "＋８６１３８": Dialled("86138", True),
    "++86": Dialled("86", True),
    " 110\t": Dialled("110", False),
    "\u202a+86138\u202c": Dialled("86138", True),  # copied from a web page
    "٠١٢": Dialled("012", False),
    "１１０－１": Dialled("1101", False),
    "tel:+86-138": Dialled("86138", True),
    "TEL:110": Dialled("110", False),
    "tel:110;phone-context=+86": Local("110", "86"),
    "tel:110;isub=1;Phone-Context=+86-10": Local("110", "8610"),
    "tel:+44138;phone-context=+86": Dialled("44138", True),
    "tel:110;phone-context=example.org": Dialled("110", False),
    "sip:+86138@192.0.2.1:5060;user=phone": Dialled("86138", True),
    "sips:138:secret@[2001:db8::1]": Dialled("138", False),
    "sip:%2B86138@example.org": Dialled("86138", True),
    "sip:110;phone-context=+86@example.org;user=phone": Local("110", "86"),
    '"Bank" <sip:138@example.org>': Dialled("138", False),
    "<tel:138>": Dialled("138", False),
    "138@example.org": Dialled("138", False),
    "138;user=phone": Dialled("138", False),
}


@pytest.mark.parametrize("raw", DIALLED)
def test_numbers(raw: str) -> None:
    assert DIALLED[raw] == read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "  ",
        "anonymous",
        "Anonymous",
        "RESTRICTED",
        "unavailable",
        "unknown",
        "sip:anonymous@anonymous.invalid",
        "tel:anonymous",
        "<sip:Restricted@example.org>",
        "sip:192.0.2.1",
        "sip:@example.org",
    ],
)
def test_withheld_numbers(raw: str) -> None:
    assert WITHHELD_NUMBER == read(raw)
    assert isinstance(read(raw), Withheld)


@pytest.mark.parametrize(
    "raw",
    ["urn:service:sos", "urn:service:sos.fire", "urn:nena:service:sos", "sip:sos@example.org"],
)
def test_emergency_services(raw: str) -> None:
    assert SOS == read(raw)
    assert isinstance(read(raw), Sos)


@pytest.mark.parametrize(
    "raw",
    [
        "bank",
        "sip:bank@example.org",
        "urn:service:sosx",
        "urn:nena:service:sosx",
        "-",
        "+",
        "1" * 251,
        "86+138",
        "*21*138#",
    ],
)
def test_what_is_no_number(raw: str) -> None:
    assert isinstance(read(raw), NotANumber)
