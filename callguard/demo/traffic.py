"""One day of a country's signalling, seeded and labelled, in the order in which it happened."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Final

from callguard.demo.campaigns import campaign_sources
from callguard.demo.clock import midnight
from callguard.demo.homes import HOMES
from callguard.demo.records import Call, LabelledRecord, Message
from callguard.demo.services import service_sources
from callguard.demo.subscribers import subscriber_sources
from callguard.demo.world import Source, World

_CALLS_A_SUBSCRIBER: Final = 8
_FEWEST_SUBSCRIBERS: Final = 200

# (time, order of the source, source, what happens)
_Planned = tuple[float, int, Source, Call | Message]


def generate_day(
    seed: int = 2016, home: str = "CN", calls: int = 60_000
) -> Iterator[LabelledRecord]:
    """The signalling records of one day (23 November 2026, local time), in ascending ``at``.

    ``calls`` is the number of calls and messages together, within rounding; each call leaves two
    or three records. The same arguments give the same records on every machine.

    Raises ValueError for a home country that the generator does not know.
    """
    if home not in HOMES:
        raise ValueError(
            f"no traffic can be generated for home {home!r}: use one of {', '.join(sorted(HOMES))}"
        )
    world = World(_random(seed, "people"), HOMES[home], _subscribers(calls))
    start = midnight(world.home.utc_offset_h)
    numbers = count(1)
    coming: list[tuple[float, int, LabelledRecord]] = []
    order = count()
    for at, _, source, planned in heapq.merge(*_streams(seed, world, calls)):
        while coming and coming[0][0] <= start + at:
            yield heapq.heappop(coming)[2]
        for record in planned.records(start + at, f"c{next(numbers):07}"):
            labelled = LabelledRecord(record, source.label, source.fraud)
            heapq.heappush(coming, (_at(record), next(order), labelled))
    while coming:
        yield heapq.heappop(coming)[2]


def _random(seed: int, name: str) -> Random:
    # A text seeds the same generator everywhere, and a stream of its own for every source keeps
    # one source's changes from shifting all others.
    return Random(f"{seed}:{name}")


def _subscribers(calls: int) -> int:
    return max(_FEWEST_SUBSCRIBERS, calls // _CALLS_A_SUBSCRIBER)


def _streams(seed: int, world: World, calls: int) -> list[Iterator[_Planned]]:
    sources = [
        *subscriber_sources(world),
        *service_sources(world, _random(seed, "services")),
        *campaign_sources(world, _random(seed, "campaigns")),
    ]
    total = sum(source.share for source in sources)
    return [
        _stream(_random(seed, source.label), order, source, round(calls * source.share / total))
        for order, source in enumerate(sources)
    ]


def _stream(rng: Random, order: int, source: Source, number: int) -> Iterator[_Planned]:
    for at in source.times(rng, number):
        yield at, order, source, source.make(rng)


def _at(record: dict[str, object]) -> float:
    at = record["at"]
    if not isinstance(at, float):
        raise TypeError(f"a generated record has the time {at!r}, expected a float")
    return at
