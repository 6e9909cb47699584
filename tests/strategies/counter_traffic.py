"""Long traffic for counters, the same for the same seed: skewed and disorderly.

Of each group the steps come mostly in order. One in ten comes out of order but within the window,
one in fifty too late for it, one in thirty is given twice, one in twenty is only judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from random import Random
from typing import Final

from callguard.counters import CounterUpdate, Group, Scalar
from tests.strategies.counters import DAY, series

SERIES: Final = (
    series("event_count", 60),
    series("event_count", 3600),
    series("value_count", 60, keep=16),
    series("value_count", 3600, keep=1024),
    series("value_sum", 600),
    series("value_avg", DAY),
    series("temporal", 300, rules=3),
    series("temporal_ordered", 600, rules=3),
)
GROUPS: Final = 2000
VALUES: Final = 20_000
BEGIN: Final = 1_700_000_000.0
OUT_OF_ORDER: Final = 0.10
LATE: Final = 0.02
TWICE: Final = 0.03
BYSTANDERS: Final = 0.05


def traffic(number: int, seed: int = 1) -> Iterator[CounterUpdate]:
    """That many steps. Ten million take two days, fewer of them less, and come less often."""
    random = Random(seed).random
    groups: list[Group] = [f"+86138{index:08}" for index in range(GROUPS)]
    groups[::7] = [("trunk", index) for index in range(len(groups[::7]))]
    values = [f"+86139{index:08}" for index in range(VALUES)]
    values[::3] = [f"gateway {index}" for index in range(len(values[::3]))]
    advance = 4 * DAY / sqrt(number * 10_000_000)
    now = BEGIN
    newest: dict[tuple[str, Group], float] = {}
    step: CounterUpdate | None = None
    for _ in range(number):
        chance = random()
        if chance < TWICE and step is not None:
            yield step
            continue
        now += random() * advance
        one = SERIES[int(random() * len(SERIES))]
        # The first groups are the heaviest: one of them has a twelfth of all.
        group = groups[int(GROUPS * random() ** 3)]
        at = now
        chance = random()
        if chance < OUT_OF_ORDER + LATE:
            behind = random() if chance < OUT_OF_ORDER else 1 + 3 * random()
            at = newest.get((one.key, group), now) - behind * one.timespan
        matched = 1 << int(random() * one.rules)
        value: Scalar | None = None
        if random() < BYSTANDERS:
            matched = 0
        elif one.kind == "value_count":
            value = values[int(VALUES * random() ** 2)]
        elif one.kind in ("value_sum", "value_avg"):
            value = int(60_000 * random())
        if matched and at == now:
            newest[one.key, group] = now
        bucket = int(at * one.parts) // one.timespan
        step = one, group, bucket, matched, value
        yield step
