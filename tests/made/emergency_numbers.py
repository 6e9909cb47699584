"""Every emergency number that ``phonenumbers`` knows, and the forms in which it is signalled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from phonenumbers import (
    SUPPORTED_SHORT_REGIONS,
    PhoneMetadata,
    country_code_for_region,
)

# What China adds: traffic police, police by text message, and the anti-fraud line.
ADDED = {"CN": ("122", "12110", "96110")}
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@cache
def by_region() -> dict[str, tuple[str, ...]]:
    """Region (ISO 3166 alpha-2) -> its emergency numbers, as dialled there."""
    found = {}
    for region in sorted(SUPPORTED_SHORT_REGIONS):
        numbers = {*expanded(region), *ADDED.get(region, ())}
        if numbers:
            found[region] = tuple(sorted(numbers))
    return found


def expanded(region: str) -> Iterator[str]:
    """All digit strings that the region's pattern of emergency numbers allows."""
    known = PhoneMetadata.short_metadata_for_region(region)
    assert known is not None
    numbers, shorts = known.emergency, known.general_desc
    if not numbers or not shorts or not numbers.national_number_pattern:
        return
    pattern = re.compile(numbers.national_number_pattern)
    # Metadata leaves the lengths out where they are those of all short numbers.
    for length in numbers.possible_length or shorts.possible_length:
        for value in range(10**length):
            digits = f"{value:0{length}}"
            if pattern.fullmatch(digits):
                yield digits


def forms(digits: str, region: str) -> dict[str, str]:
    """Each way in which a call to the number may be signalled, by name."""
    code = country_code_for_region(region)
    return {
        "bare": digits,
        "plus": f"+{code}{digits}",
        "international prefix": f"{international_prefix(region)}{code}{digits}",
        "spaces": " ".join(digits),
        "hyphen": f"{digits[:1]}-{digits[1:]}",
        "full-width": digits.translate(FULL_WIDTH),
        "full-width plus": f"＋{f'{code}{digits}'.translate(FULL_WIDTH)}",
        "tel": f"tel:{digits}",
        "tel plus": f"tel:+{code}{digits}",
        "tel context": f"tel:{digits};phone-context=+{code}",
        "keycaps": "".join(f"{digit}\ufe0f\u20e3" for digit in digits),
        "invisible": f"{digits}\ufe0f",
        "comma": f"{digits},",
        "end signal": f"{digits}#",
        "after the answer": f"{digits},,1",
        "number hidden": f"#31#{digits}",
        "number shown": f"*31#{digits}",
        "star code": f"*67{digits}",
        "star code apart": f"*67 {digits}",
        "star code in a URI": f"sip:%2A67{digits}@192.0.2.1;user=phone",
        "number sign in a URI": f"tel:%2331%23{digits}",
        "service": "urn:service:sos",
        "service of NENA": "urn:nena:service:sos.police",
        "service in a URI": "sip:sos@example.org",
    }


def international_prefix(region: str) -> str:
    """Digits that lead abroad from the region: the preferred ones, else the first that do."""
    known = PhoneMetadata.metadata_for_region(region)
    assert known is not None
    if known.preferred_international_prefix:
        return re.sub(r"\D", "", str(known.preferred_international_prefix))
    pattern = re.compile(str(known.international_prefix))
    candidates = (f"{value:0{length}}" for length in range(1, 6) for value in range(10**length))
    return next(digits for digits in candidates if pattern.fullmatch(digits))
