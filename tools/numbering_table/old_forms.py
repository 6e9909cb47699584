"""Forms of numbers that a plan has given up and gateways still signal.

Each says how the number of today comes from it. It counts only where the digits are no valid
number as they stand, and the number of today is valid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OldForm:
    """National digits that match ``pattern``: ``literal`` takes the place of the first ``drop``.

    ``proves`` is ``mobile`` if only mobile numbers had this form, ``""`` otherwise.
    """

    calling_code: str
    pattern: str
    literal: str
    drop: int
    proves: str
    source: str


_MEXICO: Final = (
    "IFT, Plan Técnico Fundamental de Numeración (DOF, 11 May 2018): since 3 August 2019 every "
    "number has 10 digits; before, 1 behind +52, and 044 or 045 at home, stood before mobile ones"
)
_BRAZIL: Final = (
    "Anatel, Resolution 553/2010 and its calendar: until 6 November 2016 mobile numbers got a 9 "
    "before their 8 digits; foreign networks and address books keep many without it"
)
_BENIN: Final = (
    "ARCEP Bénin: since 30 November 2024 all numbers have 10 digits, 01 before the old 8"
)
_ZERO: Final = (
    "The 0 in front is part of the number here (ITU, National Numbering Plans), and equipment "
    "made for plans with a trunk prefix 0 takes it off"
)


def old_forms() -> Iterator[OldForm]:
    """All old forms, those of one calling code by preference."""
    yield OldForm("52", r"1\d{10}", "", 1, "mobile", _MEXICO)
    yield OldForm("52", r"04[45]\d{10}", "", 3, "mobile", _MEXICO)
    yield OldForm("52", r"01\d{10}", "", 2, "", _MEXICO)
    for area in (area for area in range(11, 100) if area % 10):
        yield OldForm("55", rf"{area}[6-9]\d{{7}}", f"{area}9", 2, "mobile", _BRAZIL)
    yield OldForm("229", r"\d{8}", "01", 0, "", _BENIN)
    for code, pattern in (
        ("39", r"[1-9]\d{4,9}"),
        ("225", r"[157]\d{8}"),
        ("229", r"1\d{8}"),
        ("242", r"[1-6]\d{7}"),
        ("378", r"549\d{6}"),
    ):
        yield OldForm(code, pattern, "0", 0, "", _ZERO)
