"""Made-up registrations: who holds which number from when to when."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from callguard.demo.holders.owners import LABELS, RING, Owners
from callguard.errors import TakedownError
from callguard.takedown import FOREVER, OWNER_KINDS, SERVICES

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

DAY: Final = 86_400
CARRIERS: Final = ("China Mobile", "China Telecom", "China Unicom", "China Broadnet")
_CARRIER_SHARES: Final = np.array([0.55, 0.24, 0.20, 0.01])
AGENTS: Final = tuple(f"agency {number:04}" for number in range(1, 2001))
NO_TIME: Final = -(1 << 62)

_PERSON: Final = OWNER_KINDS.index("person")
# Shares of services by label, in the order of SERVICES.
_SERVICES: Final = {
    "person": (0.93, 0.05, 0, 0.02, 0, 0),
    "company": (0.62, 0.20, 0.02, 0.04, 0.12, 0),
    "agent": (0.95, 0.05, 0, 0, 0, 0),
    "iot": (0.05, 0, 0, 0, 0, 0.95),
    "guardian": (1, 0, 0, 0, 0, 0),
    "ring": (0.90, 0.02, 0, 0.08, 0, 0),
}
_YEARS: Final = 12
# How long a number rests between two owners, in days.
_REST: Final = (90, 400)
_EARLIER: Final = (0.03, 0.008, 0.002)


@dataclass(slots=True)
class Lines:
    """Rows in the making, one array a column. Times are seconds since 1970.

    ``index`` is a line's index among those of its service and stands for its number.
    """

    owner: NDArray[np.int64]
    label: NDArray[np.int8]
    service: NDArray[np.int8]
    index: NDArray[np.int64]
    registered: NDArray[np.int64]
    activated: NDArray[np.int64]
    closed: NDArray[np.int64]
    carrier: NDArray[np.int8]
    agent: NDArray[np.int16]

    def take(self, rows: NDArray[np.int64]) -> Self:
        return type(self)(*(getattr(self, one.name)[rows] for one in fields(self)))

    def __len__(self) -> int:
        return len(self.owner)


def draw_lines(rng: Generator, owners: Owners, at: int) -> Lines:
    """One line for each number of each owner, as of ``at``."""
    owner = np.repeat(np.arange(len(owners.sizes)), owners.sizes)
    label = owners.labels[owner]
    service = _services(rng, label)
    registered = _registered(rng, owners, owner, at)
    count = len(owner)
    waited = rng.exponential(1.5 * DAY, count).astype(np.int64)
    waited[rng.random(count) < 0.5] //= 200
    activated = np.minimum(registered + waited, at)
    closed = _closed(rng, label, registered, at)
    activated = np.minimum(activated, closed)
    activated[rng.random(count) < 0.03] = NO_TIME
    agents = rng.integers(0, len(AGENTS), count).astype(np.int16)
    agents[rng.random(count) < 0.5] = -1
    # A ring goes to the same shop again and again.
    ring = label == RING
    agents[ring] = (owner[ring] * 7 % len(AGENTS)).astype(np.int16)
    carrier = rng.choice(len(CARRIERS), count, p=_CARRIER_SHARES).astype(np.int8)
    lines = Lines(
        owner, label, service, _indexes(service), registered, activated, closed, carrier, agents
    )
    _recycle(rng, lines)
    return lines


def port(rng: Generator, lines: Lines, count: int) -> Lines:
    """The lines and ``count`` more: a number that went to another carrier makes two rows."""
    able = np.flatnonzero((lines.service == 0) & (_ends(lines) - lines.registered > 20 * DAY))
    # Where few can move, the rest of the rows are numbers that moved more than once.
    while count:
        chosen = rng.permutation(able)[:count]
        if not len(chosen):
            raise TakedownError("no line is old enough to be ported; simulate more rows")
        count -= len(chosen)
        moved = lines.take(chosen)
        span = _ends(lines)[chosen] - lines.registered[chosen]
        when = lines.registered[chosen] + (span * (0.3 + 0.4 * rng.random(len(chosen)))).astype(
            np.int64
        )
        lines.closed[chosen] = when
        lines.activated[chosen] = np.minimum(lines.activated[chosen], when)
        moved.registered = when
        moved.activated = when.copy()
        moved.carrier = ((moved.carrier + 1 + rng.integers(0, 2, len(chosen))) % 3).astype(np.int8)
        lines = Lines(
            *(
                np.concatenate([getattr(lines, one.name), getattr(moved, one.name)])
                for one in fields(Lines)
            )
        )
        able = chosen
    return lines


def _ends(lines: Lines) -> NDArray[np.int64]:
    latest = int(lines.registered.max()) + DAY
    return np.minimum(lines.closed, latest)


def _services(rng: Generator, label: NDArray[np.int8]) -> NDArray[np.int8]:
    drawn = rng.random(len(label))
    bounds = np.array([np.cumsum(_SERVICES[name]) for name in LABELS])
    services = np.zeros(len(label), np.int8)
    for bound in range(len(SERVICES) - 1):
        services += drawn >= bounds[label, bound]
    return services


def _indexes(service: NDArray[np.int8]) -> NDArray[np.int64]:
    """Each line's index among the lines of its service."""
    indexes = np.zeros(len(service), np.int64)
    for code in range(len(SERVICES)):
        mine = service == code
        indexes[mine] = np.arange(np.count_nonzero(mine))
    return indexes


def _registered(
    rng: Generator, owners: Owners, owner: NDArray[np.int64], at: int
) -> NDArray[np.int64]:
    """Most come years apart, some at once; a ring's within three weeks of the last year."""
    ring_owner = owners.labels == RING
    since = _YEARS * 365 * rng.random(len(owners.sizes)) ** 1.3
    since[ring_owner] = 60 + 340 * rng.random(np.count_nonzero(ring_owner))
    base = since[owner]
    drawn = rng.random(len(owner))
    together = drawn < 0.3
    days = np.where(together, base - 20 * rng.random(len(owner)), base * rng.random(len(owner)))
    ring = ring_owner[owner]
    days[ring] = base[ring] - 21 * rng.random(np.count_nonzero(ring))
    # Shops are open in the day: 08:00 to 20:00 in China, which is 8 hours ahead.
    day = at // DAY - 1 - np.maximum(days, 0).astype(np.int64)
    return day * DAY + rng.integers(0, 12 * 3600, len(owner))


def _closed(
    rng: Generator, label: NDArray[np.int8], registered: NDArray[np.int64], at: int
) -> NDArray[np.int64]:
    closed = np.full(len(label), FOREVER, np.int64)
    gone = rng.random(len(label)) < np.where(label == RING, 0.15, 0.22)
    age = at - registered[gone]
    closed[gone] = registered[gone] + (age * (0.05 + 0.95 * rng.random(len(age)))).astype(np.int64)
    return closed


def _recycle(rng: Generator, lines: Lines) -> None:
    """Give some mobile numbers earlier owners, one before the other, with a rest between."""
    mobile = lines.service == 0
    private = rng.permutation(np.flatnonzero(mobile & (lines.label == _PERSON)))
    later = rng.permutation(np.flatnonzero(mobile))
    used = 0
    taken = np.zeros(len(lines), np.bool_)
    taken[private[: int(len(private) * sum(_EARLIER)) + len(_EARLIER)]] = True
    later = later[~taken[later]]
    for share in _EARLIER:
        count = min(int(len(private) * share), len(later))
        earlier, later = private[used : used + count], later[:count]
        used += count
        differ = lines.owner[earlier] != lines.owner[later]
        earlier, later = earlier[differ], later[differ]
        rest = rng.integers(*_REST, len(earlier)) * DAY
        held = rng.integers(30, 1500, len(earlier)) * DAY
        lines.index[earlier] = lines.index[later]
        lines.closed[earlier] = lines.registered[later] - rest
        lines.registered[earlier] = lines.closed[earlier] - held
        lines.activated[earlier] = lines.registered[earlier] + DAY
        later = earlier
