"""Made-up owners: how many numbers each has, of what kind they are, and what identifies them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from callguard.takedown import OWNER_KINDS

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

# What the labels file calls an owner. A ring's owners are registered as persons.
LABELS: Final = (*OWNER_KINDS, "ring")
RING: Final = LABELS.index("ring")

# The share of all numbers that owners of each label hold; persons hold the rest.
_SHARES: Final = {"company": 0.09, "agent": 0.02, "iot": 0.06, "guardian": 0.03}
_FEW: Final = np.array([0.62, 0.22, 0.10, 0.035, 0.025])
_RING_SIZES: Final = (5, 51)
# Numbers of the largest company.
MOST_NUMBERS: Final = 40_000

_DAYS: Final = 18_000
_SERIALS: Final = 1_000
_AREAS: Final = 400
_WEIGHTS: Final = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_CHECKS: Final = np.frombuffer(b"10X98765432", np.uint8)


@dataclass(frozen=True, slots=True)
class Owners:
    """The owners of one chunk: a label and a number of numbers each. Person rows come first."""

    labels: NDArray[np.int8]
    sizes: NDArray[np.int64]


def draw_owners(rng: Generator, numbers: int, rings: float) -> Owners:
    """Owners who hold ``numbers`` numbers together; ``rings`` is the share that rings hold."""
    budgets = {label: int(numbers * share) for label, share in _SHARES.items()}
    budgets["ring"] = max(int(numbers * rings), 12 if rings and numbers >= 200 else 0)
    budgets["person"] = numbers - sum(budgets.values())
    labels, sizes = [], []
    for code, label in enumerate(LABELS):
        drawn = _sizes(rng, label, budgets[label])
        sizes.append(drawn)
        labels.append(np.full(len(drawn), code, np.int8))
    return Owners(np.concatenate(labels), np.concatenate(sizes))


def _sizes(rng: Generator, label: str, budget: int) -> NDArray[np.int64]:
    """Sizes that add up to ``budget``."""
    drawn_sizes: list[NDArray[np.int64]] = []
    left = budget
    while left > 0:
        count = max(16, left // 4)
        drawn = np.cumsum(_draw(rng, label, count))
        kept = drawn[: int(np.searchsorted(drawn, left, "right"))]
        sizes = np.diff(kept, prepend=0)
        # The last owner takes what is left over.
        if len(kept) < len(drawn):
            rest = left - (int(kept[-1]) if len(kept) else 0)
            sizes = np.append(sizes, rest) if rest else sizes
        drawn_sizes.append(sizes.astype(np.int64))
        left -= int(sizes.sum())
    return np.concatenate(drawn_sizes) if drawn_sizes else np.zeros(0, np.int64)


def _draw(rng: Generator, label: str, count: int) -> NDArray[np.int64]:
    if label == "ring":
        return rng.integers(*_RING_SIZES, count)
    if label in {"person", "guardian"}:
        return rng.choice(np.arange(1, 1 + len(_FEW)), count, p=_FEW)
    tail = {"company": 0.75, "iot": 0.6, "agent": 0.9}[label]
    drawn = rng.pareto(tail, count) * 4 + 1
    return np.minimum(drawn, MOST_NUMBERS).astype(np.int64)


def owner_keys(rng: Generator, count: int) -> NDArray[np.uint8]:
    """``count`` owner keys as 32 hex digits each: bytes of shape (count, 32)."""
    digits = rng.bytes(16 * count).hex().encode()
    return np.frombuffer(digits, np.uint8).reshape(count, 32)


def documents(first: int, count: int) -> NDArray[np.uint8]:
    """``count`` identity numbers of 18 signs, different for all indexes from ``first`` on.

    They have the form of resident identity numbers and a right check digit (GB 11643), but
    begin with 99, which is no region: nobody has such a number.
    """
    room = _AREAS * _DAYS * _SERIALS
    indexes = (np.arange(first, first + count, dtype=np.int64) * 1_000_003 + 7) % room
    serial, rest = indexes % _SERIALS, indexes // _SERIALS
    born = (rest % _DAYS).astype("datetime64[D]") - np.timedelta64(7_300, "D")
    months = born.astype("datetime64[M]")
    month = months.astype(np.int64)
    day = (born - months).astype(np.int64) + 1
    date = (1970 + month // 12) * 10_000 + (month % 12 + 1) * 100 + day
    value = ((990_000 + rest // _DAYS) * 10**8 + date) * 1_000 + serial
    digits = value[:, None] // 10 ** np.arange(16, -1, -1, dtype=np.int64) % 10
    check = _CHECKS[(digits * _WEIGHTS).sum(axis=1) % 11]
    return np.hstack([(digits + 48).astype(np.uint8), check[:, None]])
