"""The people of the generated country, and the parts that all sources of traffic are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final

from callguard.demo.clock import Schedule
from callguard.demo.homes import Home, draw
from callguard.demo.records import Call, Message

# The routes of a small country; a larger one has as many again for each further _REGION.
INTERCONNECTS: Final = ("ic-north-1", "ic-north-2", "ic-south-1", "ic-south-2")
GATEWAYS: Final = ("intl-asia-1", "intl-asia-2", "intl-europe-1", "intl-america-1")
# Subscribers; those of a day of 60,000 calls.
_REGION: Final = 7_500

Maker = Callable[[Random], Call | Message]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of traffic.

    ``share`` is its part of all calls and messages, relative to the other sources' shares.
    """

    label: str
    share: float
    times: Schedule
    make: Maker
    fraud: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A subscriber: E.164 number, and whether the own network serves it."""

    number: str
    on_net: bool
    contacts: tuple[int, ...]


class World:
    """The subscribers of one generated day, and the routes by which other networks reach them.

    Activity and contacts follow power laws: a few people call much, and most calls go to a few.
    ``regions`` (1 or more) grows with the subscribers: firms and routes are as many for each, so
    that a firm is as busy and a route as full in a large country as in a small one.
    """

    def __init__(self, rng: Random, home: Home, size: int) -> None:
        self.home = home
        self.regions = max(1, size // _REGION)
        self.interconnects = _routes(INTERCONNECTS, self.regions)
        self.gateways = _routes(GATEWAYS, self.regions)
        # Every seventh line is a fixed one.
        self.people = tuple(
            Person(
                number=draw(rng, home.mobile if person % 7 else home.fixed),
                on_net=rng.random() < 0.6,
                contacts=_contacts(rng, person, size),
            )
            for person in range(size)
        )
        self._mobile = tuple(one for index, one in enumerate(self.people) if index % 7)
        self._activity = tuple(accumulate(rng.paretovariate(1.6) for _ in range(size)))
        self._ranks = tuple(accumulate(1 / (rank + 1) for rank in range(_MOST_CONTACTS)))

    def caller(self, rng: Random) -> Person:
        """Somebody, the more likely the more they call."""
        return rng.choices(self.people, cum_weights=self._activity)[0]

    def anybody(self, rng: Random) -> Person:
        """Anybody, all being equally likely."""
        return rng.choice(self.people)

    def traveller(self, rng: Random) -> Person:
        """Somebody with a mobile telephone."""
        return rng.choice(self._mobile)

    def contact(self, rng: Random, person: Person) -> Person:
        """One of the person's contacts, the first ones most often."""
        ranks = self._ranks[: len(person.contacts)]
        return self.people[rng.choices(person.contacts, cum_weights=ranks)[0]]

    def called(self, rng: Random, e164: str) -> str:
        """A called party number in one of the forms in which networks pass it on."""
        return e164 if rng.random() < 0.3 else self.home.national(e164)

    def roaming(self, rng: Random, known: float, answer: str) -> str | None:
        """The answer of the roaming look-up, of which ``known`` arrive; otherwise None."""
        return answer if rng.random() < known else None


def _routes(names: tuple[str, ...], regions: int) -> tuple[str, ...]:
    further = (f"{name}-{region}" for region in range(2, regions + 1) for name in names)
    return (*names, *further)


_MOST_CONTACTS: Final = 60


def _contacts(rng: Random, person: int, size: int) -> tuple[int, ...]:
    """Places in the list of people, never the person's own."""
    number = min(int(3 * rng.paretovariate(1.1)), _MOST_CONTACTS)
    return tuple((person + rng.randrange(1, size)) % size for _ in range(number))


def abroad(rng: Random, e164: str) -> str:
    """A number as international gateways signal it: ``+`` or ``00``."""
    return e164 if rng.random() < 0.8 else f"00{e164[1:]}"
