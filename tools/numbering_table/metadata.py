"""What the table compiler takes from the installed ``phonenumbers`` package.

This is the only module that imports ``phonenumbers``, and only the builder imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberDesc
from phonenumbers.shortnumberinfo import _REGIONS_WHERE_EMERGENCY_NUMBERS_MUST_BE_EXACT

from callguard.errors import NumberingError

NON_GEOGRAPHIC = "001"

# Number types in the order in which phonenumbers tries them, and the kind each one becomes.
# A number that may be fixed or mobile (all of North America) counts as fixed: "mobile" is only
# said where the plan proves it. Personal, paging, company-wide and voice-mail numbers reach a
# service rather than a line.
TYPE_KINDS = (
    ("premium_rate", "premium"),
    ("toll_free", "toll_free"),
    ("shared_cost", "shared_cost"),
    ("voip", "voip"),
    ("personal_number", "service"),
    ("pager", "service"),
    ("uan", "service"),
    ("voicemail", "service"),
    ("fixed_line", "fixed"),
    ("mobile", "mobile"),
)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A digit pattern that holds for numbers of some lengths only (empty: of any length)."""

    text: str
    lengths: frozenset[int]


@dataclass(frozen=True, slots=True)
class Region:
    """The numbering plan of one region, or of one non-geographic calling code.

    Lengths are those of the national significant number, in digits.
    """

    name: str
    calling_code: str
    general: Pattern
    kinds: tuple[tuple[str, Pattern], ...]  # in order of precedence
    leading_digits: str | None
    lengths: frozenset[int]
    local_lengths: frozenset[int]
    international_prefix: str | None
    national_prefix: str | None
    prefix_for_parsing: str | None
    transform: str | None
    emergency: Pattern | None
    short_code: Pattern | None
    short_general: Pattern | None  # what every short code must match as well
    exact_emergency: bool  # extra digits after an emergency number stop it from connecting

    @property
    def country(self) -> str | None:
        """ISO 3166 code; None for a non-geographic calling code."""
        return None if self.name == NON_GEOGRAPHIC else self.name


def source_version() -> str:
    """Version of the ``phonenumbers`` package that the table is compiled from."""
    return phonenumbers.__version__


def read_plans() -> dict[str, tuple[Region, ...]]:
    """Every calling code's regions, the main one first."""
    return {
        str(code): tuple(_region(str(code), name) for name in names)
        for code, names in sorted(
            COUNTRY_CODE_TO_REGION_CODE.items(), key=lambda item: str(item[0])
        )
    }


def _region(code: str, name: str) -> Region:
    if name == NON_GEOGRAPHIC:
        data = PhoneMetadata.metadata_for_nongeo_region(int(code), None)
        short = None
    else:
        data = PhoneMetadata.metadata_for_region(name, None)
        short = PhoneMetadata.short_metadata_for_region(name, None)
    general_desc = data.general_desc if data else None
    general = _pattern(general_desc)
    if data is None or general_desc is None or general is None:
        raise NumberingError(f"phonenumbers has no number pattern for {name}, calling code {code}")
    kinds = [
        (kind, pattern)
        for attribute, kind in TYPE_KINDS
        if (pattern := _pattern(getattr(data, attribute))) is not None
    ]
    return Region(
        name=name,
        calling_code=code,
        general=general,
        kinds=tuple(kinds),
        leading_digits=data.leading_digits,
        lengths=frozenset(general_desc.possible_length),
        local_lengths=frozenset(general_desc.possible_length_local_only),
        international_prefix=data.international_prefix,
        national_prefix=data.national_prefix,
        prefix_for_parsing=data.national_prefix_for_parsing,
        transform=data.national_prefix_transform_rule,
        emergency=_pattern(short.emergency) if short else None,
        short_code=_pattern(short.short_code) if short else None,
        short_general=_pattern(short.general_desc) if short else None,
        exact_emergency=name in _REGIONS_WHERE_EMERGENCY_NUMBERS_MUST_BE_EXACT,
    )


def _pattern(desc: PhoneNumberDesc | None) -> Pattern | None:
    if desc is None or not desc.national_number_pattern or desc.possible_length == (-1,):
        return None
    return Pattern(desc.national_number_pattern, frozenset(desc.possible_length))
