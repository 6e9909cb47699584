"""The share of mutants that tests notice, with the interval that a sample leaves open."""

from __future__ import annotations

from math import sqrt
from typing import Final

_Z_95: Final = 1.959_963_984_540_054


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion (E. B. Wilson, JASA 22 (1927) 209-212)."""
    if not whole:
        return 0.0, 1.0
    share, z = part / whole, _Z_95
    scale = 1 + z * z / whole
    centre = (share + z * z / (2 * whole)) / scale
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / scale
    return max(0.0, centre - reach), min(1.0, centre + reach)
