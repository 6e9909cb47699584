"""When things happen: the hours of a day, and the hours that campaigns choose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Final

# How many things of one kind happen, and a random source, into their times in ascending order,
# in seconds after local midnight.
Schedule = Callable[[Random, int], list[float]]

DAY: Final = date(2026, 11, 23)
DAY_S: Final = 86_400.0

# Shares of calls in each hour from midnight on.
_PEOPLE: Final = (
    2,
    1,
    1,
    1,
    1,
    2,
    6,
    18,
    38,
    58,
    64,
    66,
    60,
    54,
    58,
    60,
    62,
    66,
    68,
    62,
    52,
    36,
    18,
    6,
)
_OFFICE: Final = (0, 0, 0, 0, 0, 0, 0, 2, 20, 70, 80, 70, 40, 50, 75, 80, 70, 40, 15, 8, 2, 0, 0, 0)
_NIGHT_TOO: Final = (
    12,
    10,
    9,
    8,
    8,
    9,
    12,
    20,
    28,
    32,
    34,
    34,
    32,
    30,
    32,
    34,
    36,
    38,
    40,
    40,
    38,
    34,
    26,
    18,
)


def midnight(utc_offset_h: float) -> float:
    """Seconds since 1970 UTC at which the generated day begins where the offset holds."""
    utc = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC).timestamp()
    return utc - utc_offset_h * 3600


def _by_hour(weights: tuple[int, ...]) -> Schedule:
    def times(rng: Random, count: int) -> list[float]:
        hours = rng.choices(range(24), weights, k=count)
        return sorted((hour + rng.random()) * 3600 for hour in hours)

    return times


people_hours: Final = _by_hour(_PEOPLE)
office_hours: Final = _by_hour(_OFFICE)
all_hours: Final = _by_hour(_NIGHT_TOO)


def in_pairs(schedule: Schedule, apart_s: float) -> Schedule:
    """Things that happen two by two, the second at most ``apart_s`` seconds after the first."""

    def times(rng: Random, count: int) -> list[float]:
        firsts = schedule(rng, (count + 1) // 2)
        both = [time for first in firsts for time in (first, first + rng.uniform(1, apart_s))]
        return sorted(both[:count])

    return times


def bursts(number: int, each_s: float) -> Schedule:
    """``number`` stretches of ``each_s`` seconds, at random between 9 and 20 o'clock."""

    def times(rng: Random, count: int) -> list[float]:
        starts = [rng.uniform(9 * 3600, 20 * 3600 - each_s) for _ in range(number)]
        return sorted(rng.choice(starts) + rng.random() * each_s for _ in range(count))

    return times
