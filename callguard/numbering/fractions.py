"""Numbers that a spreadsheet has rewritten: a fraction (``13812345678.0``), an exponent."""

from __future__ import annotations

import re
from typing import Final

# Two decimals are a currency format. A group of two digits behind a number's only dot is rare, and
# to read it wrongly makes another number.
_DECIMALS: Final = 2
# As many digits before zeros are a whole number: what follows the dot is none of its groups.
_WHOLE: Final = 10
# Fewer digits before the dot are an emergency number or its like, which is never refused.
_CODE: Final = 5
_EXPONENT: Final = re.compile(r"[+-]?\d*[.,]?\d+[eE]\+?(\d+)", re.ASCII)


def has_fraction(text: str) -> bool:
    """Whether the last digits of a text in ASCII are decimals.

    They are if they stand behind its only dot or comma, behind five digits or more, and are one or
    two, or nothing but zeros behind ten digits or more. Any other dot separates:
    ``138.1234.5678``, ``+86.13812345678``.
    """
    whole, mark, decimals = text.rpartition("," if "," in text else ".")
    if not mark or "." in whole or "," in whole or not decimals.isdigit():
        return False
    before = sum(map(str.isdigit, whole))
    if len(decimals) <= _DECIMALS:
        return before >= _CODE
    return before >= _WHOLE and not decimals.strip("0")


def has_exponent(text: str) -> bool:
    """Whether a text in ASCII has an exponent and means five digits or more (``1.38E+10``)."""
    found = _EXPONENT.fullmatch(text)
    if found is None:
        return False
    digits = sum(map(str.isdigit, text[: found.start(1)]))
    return digits >= _CODE or int(found[1][-3:]) >= _CODE - 1
