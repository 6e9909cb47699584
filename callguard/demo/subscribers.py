"""What ordinary people do with their telephones."""

from __future__ import annotations

from random import Random

from callguard.demo.clock import all_hours, bursts, people_hours
from callguard.demo.homes import draw, foreign
from callguard.demo.records import Call, answered, fields
from callguard.demo.world import Person, Source, World, abroad


def subscriber_sources(world: World) -> list[Source]:
    """People at home, people abroad, foreigners, and people in need."""
    return [
        Source("subscriber", 0.60, people_hours, lambda rng: _ordinary(rng, world)),
        Source("roamer", 0.02, people_hours, lambda rng: _roamer(rng, world)),
        Source("foreign_caller", 0.02, all_hours, lambda rng: _foreigner(rng, world)),
        Source("anonymous", 0.012, people_hours, lambda rng: _anonymous(rng, world)),
        Source("forwarded_back", 0.003, people_hours, lambda rng: _forwarded(rng, world)),
        Source("voice_mail_box", 0.003, people_hours, lambda rng: _mail_box(rng, world)),
        Source("new_handset", 0.004, bursts(1, 5400), _new_handset(world)),
        Source("emergency_call", 0.004, all_hours, lambda rng: _emergency(rng, world)),
    ]


def between(rng: Random, world: World, caller: Person, called: Person) -> dict[str, object]:
    """The set-up of a call between two subscribers of the home country."""
    called_number = world.called(rng, called.number)
    if caller.on_net:
        return fields(
            world.home.national(caller.number),
            called_number,
            "on_net",
            screening="network",
            trunk_group="access-1",
        )
    return fields(
        world.home.national(caller.number) if rng.random() < 0.7 else caller.number,
        called_number,
        "interconnect",
        screening=rng.choices(("network", "passed", "not_verified", None), (60, 15, 8, 17))[0],
        trunk_group=rng.choice(world.interconnects),
    )


def _ordinary(rng: Random, world: World) -> Call:
    caller = world.caller(rng)
    called = world.contact(rng, caller)
    return Call(between(rng, world, caller, called), answered(rng, 0.68, 95))


def _roamer(rng: Random, world: World) -> Call:
    """A subscriber abroad calls home. One look-up in a hundred answers from stale data."""
    caller = world.traveller(rng)
    answer = "no" if rng.random() < 0.01 else "yes"
    setup = fields(
        abroad(rng, caller.number),
        world.called(rng, world.contact(rng, caller).number),
        "international",
        roaming=world.roaming(rng, 0.85, answer),
        nature_of_address="national" if rng.random() < 0.03 else None,
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.7, 130))


def _foreigner(rng: Random, world: World) -> Call:
    """A caller in another country; one network in fifty drops the international prefix."""
    number = foreign(rng, world.home)
    setup = fields(
        number[1:] if rng.random() < 0.02 else abroad(rng, number),
        world.called(rng, world.anybody(rng).number),
        "international",
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.6, 150))


def _anonymous(rng: Random, world: World) -> Call:
    caller = world.caller(rng)
    off_net = not caller.on_net
    setup = fields(
        rng.choice(("anonymous", "", None)),
        world.called(rng, world.contact(rng, caller).number),
        "interconnect" if off_net else "on_net",
        presentation="restricted",
        asserted_identity=caller.number if rng.random() < 0.8 else None,
        trunk_group=rng.choice(world.interconnects) if off_net else "access-1",
    )
    return Call(setup, answered(rng, 0.5, 80))


def _forwarded(rng: Random, world: World) -> Call:
    """A call to somebody who roams comes back from abroad to a voice mail box at home."""
    caller, roamer = world.caller(rng), world.traveller(rng)
    setup = fields(
        abroad(rng, caller.number),
        world.called(rng, draw(rng, world.home.fixed)),
        "international",
        redirecting_number=roamer.number,
        roaming=world.roaming(rng, 0.6, "no"),
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.9, 25))


def _mail_box(rng: Random, world: World) -> Call:
    """People call their own number to hear their messages, some of them from abroad."""
    person = world.traveller(rng)
    own = world.home.national(person.number)
    if rng.random() < 0.7:
        setup = fields(own, own, "on_net", screening="network", trunk_group="access-1")
    else:
        setup = fields(
            abroad(rng, person.number),
            own,
            "international",
            roaming=world.roaming(rng, 0.8, "yes"),
            trunk_group=rng.choice(world.gateways),
        )
    return Call(setup, answered(rng, 1.0, 40))


def _new_handset(world: World) -> _NewHandset:
    return _NewHandset(world)


class _NewHandset:
    """People with new numbers tell everybody, in an hour and a half; every other is off-net."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people: list[Person] = []

    def __call__(self, rng: Random) -> Call:
        if not self._people:
            self._people = [
                Person(draw(rng, self._world.home.mobile), on_net, ())
                for _ in range(self._world.regions)
                for on_net in (True, False)
            ]
        person, called = rng.choice(self._people), self._world.anybody(rng)
        return Call(between(rng, self._world, person, called), answered(rng, 0.6, 9))


def _emergency(rng: Random, world: World) -> Call:
    """Calls for help, also from numbers that any other rule would stop."""
    caller = world.anybody(rng)
    called = rng.choice(world.home.emergency)
    looks = rng.random()
    if looks < 0.8:
        setup = fields(world.home.national(caller.number), called, "on_net", trunk_group="access-1")
    elif looks < 0.9:  # a handset without a card, or with a number that exists nowhere
        setup = fields(draw(rng, world.home.impossible), called, "interconnect")
    elif looks < 0.95:
        setup = fields("anonymous", called, "on_net", presentation="restricted")
    else:
        setup = fields(abroad(rng, caller.number), called, "international", roaming="no")
    return Call(setup, answered(rng, 0.99, 90))
