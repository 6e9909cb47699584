"""Chinese numbers that ``phonenumbers`` lacks or reads otherwise (calling code 86).

Sources: the Telecommunications Network Numbering Plan of the Ministry of Industry and Information
Technology (MIIT) for service codes, 95 codes, call-centre access codes, short-message access
numbers and the 700 privacy relay of 2025.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from callguard.numbering.china import EMERGENCY_CODES
from tools.numbering_table.additions import Addition

CALLING_CODE: Final = "86"
# Codes that are dialled with an area code in front as well and mean the same in every area.
# (96xxx codes other than 96110 differ from area to area, so there the area code stays.)
_NATIONAL_SERVICES: Final = r"1(?:00|23)\d\d|95\d{3,4}"

_SERVICES: Final = (
    # Call-centre access codes, with the digits that the holder adds. Ten digits that begin with
    # 951, 952 or 954 are a fixed number of Ningxia without its trunk prefix.
    r"95[07]\d{2,9}",
    r"95[124](?:\d{2,6}|\d{8,9})",
    # Carriers' service codes that the short-number metadata lacks.
    r"1118[35]|11[68]114|125\d\d",
    # Carriers' own numbers behind the code of their customer service (1008611, senders of their
    # messages). Three digits that may be an emergency number are none: 10000 and 110 imitate it.
    r"100(?:0[01]|10|86|99)(?:\d{1,2}|[02-9]\d\d)",
    # Short-message access numbers. Ten digits that begin with 106 are a fixed number of Beijing.
    # They have up to 20 digits, and 21 in the fields of message gateways (CMPP, SGIP: 21 octets).
    r"106[2-9](?:\d{4,5}|\d{7,17})",
    # Privacy relay, which stands for a subscriber without revealing the number: 15 digits in all,
    # or 15 behind the 700; what is published can be read either way.
    r"700\d{12}",
    r"700\d{15}",
)


def additions(area_codes: Iterable[str]) -> tuple[Addition, ...]:
    """What is added for China, most preferred first; area codes are given without trunk prefix."""
    emergency = "|".join(EMERGENCY_CODES)
    found = [Addition(emergency, "emergency"), Addition(f"0(?:{emergency})", "emergency", 1)]
    areas = sorted(area_codes)
    for kind, codes in (("emergency", emergency), ("service", _NATIONAL_SERVICES)):
        for length in sorted({len(area) for area in areas}):
            area = "|".join(area for area in areas if len(area) == length)
            found.append(Addition(f"(?:{area})(?:{codes})", kind, length))
            found.append(Addition(f"0(?:{area})(?:{codes})", kind, length + 1))
        if kind == "emergency":
            found += [Addition(pattern, "service") for pattern in _SERVICES]
    return tuple(found)
