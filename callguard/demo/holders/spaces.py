"""Chinese telephone numbers by the million: each index in a space is a number, and no two agree."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING, Final

import numpy as np

from callguard.errors import TakedownError
from callguard.takedown import SERVICES

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows that are made at once. Each chunk has owners and numbers of its own.
CHUNK: Final = 1_000_000
_MOBILE: Final = (
    "130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 167 173 175 "
    "176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 193 195 196 197 198 199"
).split()
_AREAS: Final = "10 20 21 22 23 24 25 27 28 29 371 531 571 574 591 731 755 769".split()
_DATA: Final = "10641 10646 10647 10648 10649".split()


@dataclass(frozen=True, slots=True)
class Space:
    """Numbers that begin with one of ``prefixes``, one stretch of ``width`` of them a prefix.

    ``lead`` is dialled in front at home. ``share`` is the part of a feed that they can make up.
    """

    prefixes: NDArray[np.int64]
    first: int
    width: int
    share: float
    lead: str = ""

    def __len__(self) -> int:
        return len(self.prefixes) * self.width

    def numbers(self, indexes: NDArray[np.int64]) -> NDArray[np.int64]:
        """The national digits at these indexes, scattered over the space; different ones differ."""
        # Steps of the golden section spread over all of the space, and go through it once.
        size = len(self)
        step = int(size * 0.618_033_988_75)
        while gcd(step, size) != 1:
            step += 1
        wide = indexes.astype(np.uint64) * np.uint64(step) % np.uint64(size)
        scattered = wide.astype(np.int64)
        return self.prefixes[scattered // self.width] + self.first + scattered % self.width


def _space(prefixes: list[str], digits: int, share: float, lead: str = "", first: int = 0) -> Space:
    room = 10**digits
    values = np.array([int(prefix) * room for prefix in prefixes], np.int64)
    return Space(values, first, room - first, share, lead)


# Fixed numbers and those that look like them have eight digits behind the area code here, and
# each service has its own first digits.
SPACES: Final = {
    "mobile": _space(_MOBILE, 8, 1.0),
    "fixed": _space([f"{area}{digit}" for area in _AREAS for digit in "2345"], 7, 0.3, "0"),
    "400": _space(["4000", "4001", "4006", "4007", "4008", "4009"], 6, 0.0035),
    "one_number": _space([f"{area}6" for area in _AREAS], 7, 0.08, "0"),
    "switchboard": _space([f"{area}8" for area in _AREAS], 7, 0.08, "0"),
    "data": _space(_DATA, 8, 0.25),
}


def national_numbers(
    service: NDArray[np.int8], indexes: NDArray[np.int64], chunk: int
) -> NDArray[np.int64]:
    """The national digits of lines by service (code) and index among the chunk's lines of it.

    Raises TakedownError if a service has no number left for so many.
    """
    national = np.zeros(len(service), np.int64)
    for code, name in enumerate(SERVICES):
        mine = service == code
        if not mine.any():
            continue
        space = SPACES[name]
        room = int(CHUNK * space.share)
        if int(indexes[mine].max()) >= room or (chunk + 1) * room > len(space):
            raise TakedownError(f"no {name} numbers are left; simulate fewer rows")
        national[mine] = space.numbers(indexes[mine] + chunk * room)
    return national


LEADS: Final = np.array([bool(SPACES[service].lead) for service in SERVICES])
