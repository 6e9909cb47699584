"""Vertical service codes: what a caller dials in front of a number to be shown or hidden.

Codes with ``*`` or ``#`` are read by their form (3GPP TS 22.030 clause 6.5.2; North American
``*XX`` and ``*XXX``), whatever the country. Those of digits alone look like the start of a number,
so each stands here under its country. ``tests/cases/emergency/`` has the codes of both kinds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

# Country (ISO 3166 alpha-2) -> codes of digits alone.
_DIGITS_ALONE: Final[dict[str, tuple[str, ...]]] = {
    # ACMA, Telecommunications Numbering Plan 2015: 1831 hides, 1832 shows.
    "AU": ("1831", "1832"),
    # Ofcom, National Telephone Numbering Plan; BT: 141 hides, 1470 shows, 1471 asks who called.
    "GB": ("141", "1470", "1471"),
    # ComReg, National Numbering Conventions: 141 hides, 142 shows.
    "IE": ("141", "142"),
    # OFCA, Numbering Plan for Telecommunications Services in Hong Kong: 133 hides, 1357 shows.
    "HK": ("133", "1357"),
    # NTT East and West, number display: 184 hides, 186 shows.
    "JP": ("184", "186"),
    # Spark New Zealand, caller display: 0197 hides, 0196 shows.
    "NZ": ("0197", "0196"),
    # Orange, "Secret appel par appel": 3651 hides.
    "FR": ("3651",),
    # Telefónica, identificación de llamadas: 067 hides.
    "ES": ("067",),
}
# Places that dial the codes of a larger neighbour.
_LIKE: Final[dict[str, tuple[str, ...]]] = {
    "GB": ("GG", "IM", "JE"),
    "AU": ("CC", "CX"),
    "FR": ("BL", "GF", "GP", "MF", "MQ", "PM", "RE", "YT"),
}


def codes_of_digits(country: str, calling_code: str) -> frozenset[str]:
    """The country's service codes that have neither ``*`` nor ``#``."""
    if calling_code == "1":
        return frozenset(_pulse_forms())
    model = next((main for main, like in _LIKE.items() if country in like), country)
    return frozenset(_DIGITS_ALONE.get(model, ()))


def _pulse_forms() -> Iterator[str]:
    """North American codes as dialled on a rotary telephone: 11 for the star.

    NANPA, Vertical Service Codes (ATIS-0300058): *4X to *9X, *2XX and *3XX.
    """
    for first in "456789":
        yield from (f"11{first}{last}" for last in range(10))
    for first in "23":
        yield from (f"11{first}{rest:02}" for rest in range(100))
