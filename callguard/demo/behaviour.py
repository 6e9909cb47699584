"""Campaigns that show in behaviour: many calls that only together look like what they are."""

from __future__ import annotations

from random import Random
from typing import Final

from callguard.demo.homes import ONE_RING, draw
from callguard.demo.records import Call, Outcome, answered, fields
from callguard.demo.world import GATEWAYS, Person, World, abroad

ROTATION_TRUNK: Final = "ic-wholesale-9"
DIALLER_TRUNK: Final = "ic-wholesale-7"
FLOOD_TRUNK: Final = "ic-wholesale-8"


def a_victim(rng: Random, world: World) -> str:
    """Anybody's number, as a called party number."""
    return world.called(rng, world.anybody(rng).number)


def rotation(rng: Random, world: World, origid: str) -> Call:
    """A new valid mobile number for every call, all by one trunk group and one origin."""
    setup = fields(
        draw(rng, world.home.mobile),
        a_victim(rng, world),
        "interconnect",
        screening="not_verified",
        attestation="B",
        verstat="TN-Validation-Passed",
        origid=origid,
        trunk_group=ROTATION_TRUNK,
    )
    return Call(setup, answered(rng, 0.45, 25))


class OneRing:
    """Rings once, from numbers that are expensive to call back; each is used for a while."""

    _CALLS_EACH: Final = 60

    def __init__(self, world: World, rng: Random) -> None:
        self._world = world
        self._number = draw(rng, ONE_RING)
        self._left = self._CALLS_EACH

    def __call__(self, rng: Random) -> Call:
        if not self._left:
            self._number, self._left = draw(rng, ONE_RING), self._CALLS_EACH
        self._left -= 1
        setup = fields(
            abroad(rng, self._number),
            a_victim(rng, self._world),
            "international",
            trunk_group=GATEWAYS[3],
        )
        return Call(setup, Outcome(ring_s=rng.uniform(1, 3), duration_s=0.0, cause=16))


class Dialler:
    """One number after another of a range, the gaps included, with a recorded voice."""

    def __init__(self, world: World, rng: Random) -> None:
        self._calling = draw(rng, world.home.mobile)
        self._called = int(draw(rng, world.home.mobile)[1:])

    def __call__(self, rng: Random) -> Call:
        self._called += 1
        setup = fields(
            self._calling,
            f"+{self._called}",
            "interconnect",
            screening="not_verified",
            trunk_group=DIALLER_TRUNK,
        )
        if rng.random() < 0.2:
            return Call(setup, Outcome(ring_s=0.0, duration_s=0.0, cause=1))
        return Call(setup, answered(rng, 0.6, 4))


class Borrowed:
    """A subscriber's number is shown by two routes at once: from abroad and by interconnection."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._owner: Person | None = None

    def __call__(self, rng: Random) -> Call:
        world, owner = self._world, self._owner
        victim = a_victim(rng, world)
        if owner is None:
            owner = self._owner = world.traveller(rng)
            setup = fields(
                abroad(rng, owner.number),
                victim,
                "international",
                trunk_group=rng.choice(world.gateways),
            )
        else:
            self._owner = None
            setup = fields(
                owner.number,
                victim,
                "interconnect",
                screening="not_verified",
                trunk_group=DIALLER_TRUNK,
            )
        return Call(setup, answered(rng, 0.5, 40))


class Flood:
    """One victim's line is rung without end, each time under another number."""

    def __init__(self, world: World, rng: Random) -> None:
        self._world = world
        self._victim = world.anybody(rng).number

    def __call__(self, rng: Random) -> Call:
        setup = fields(
            draw(rng, self._world.home.mobile),
            self._world.called(rng, self._victim),
            "interconnect",
            screening="not_verified",
            trunk_group=FLOOD_TRUNK,
        )
        return Call(setup, Outcome(ring_s=rng.uniform(1, 8), duration_s=0.0, cause=17))


class BoughtCards:
    """Fraudsters with cards that were properly bought. Nothing in one call gives them away."""

    def __init__(self, world: World, rng: Random) -> None:
        self._world = world
        self._cards = [draw(rng, world.home.mobile) for _ in range(25)]

    def __call__(self, rng: Random) -> Call:
        setup = fields(
            self._world.home.national(rng.choice(self._cards)),
            a_victim(rng, self._world),
            "on_net",
            screening="network",
            trunk_group="access-1",
        )
        return Call(setup, answered(rng, 0.6, 200))
