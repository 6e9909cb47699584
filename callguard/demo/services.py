"""What firms, hospitals and public services do with their telephones."""

from __future__ import annotations

from itertools import cycle
from random import Random
from typing import Final

from callguard.demo.clock import all_hours, bursts, office_hours, people_hours
from callguard.demo.homes import draw, foreign
from callguard.demo.records import Call, Message, answered, fields
from callguard.demo.subscribers import between
from callguard.demo.world import GATEWAYS, INTERCONNECTS, Person, Source, World, abroad

# In each region.
_CALL_CENTRES: Final = 12
_COURIERS: Final = 40
_CLINICS: Final = 1
_OFFICES: Final = 1


def service_sources(world: World, rng: Random) -> list[Source]:
    """Everything that is legitimate and does not look like private calls."""
    home, regions = world.home, world.regions
    centres = [draw(rng, home.call_centres) for _ in range(regions * _CALL_CENTRES)]
    couriers = [
        Person(draw(rng, home.mobile), rng.random() < 0.6, ()) for _ in range(regions * _COURIERS)
    ]
    clinics = [draw(rng, home.fixed) for _ in range(regions * _CLINICS)]
    station = draw(rng, home.fixed)
    offices = cycle([draw(rng, home.fixed) for _ in range(regions * _OFFICES)])
    return [
        Source("call_centre", 0.06, office_hours, lambda r: _centre(r, world, centres)),
        Source("courier", 0.06, office_hours, lambda r: _courier(r, world, couriers)),
        Source("appointment_reminder", 0.012, bursts(2, 5400), _reminder(world, clinics)),
        Source("public_safety_call_back", 0.002, all_hours, lambda r: _call_back(r, world)),
        Source("relatives_ring", 0.002, bursts(3, 1200), _Gathering(world, rng, 0.8)),
        Source("radio_contest", 0.006, bursts(2, 150), _Gathering(world, rng, 0.05)),
        Source("police_station", 0.001, office_hours, lambda r: _station(r, world, station)),
        Source("bank_call", 0.004, office_hours, lambda r: _bank(r, world)),
        Source("switchboard_neighbour", 0.012, office_hours, lambda r: _switchboard(r, world)),
        Source("wrongly_set_switchboard", 0.003, office_hours, lambda r: _wrong(r, world)),
        Source("office_abroad", 0.002, office_hours, lambda r: _abroad(r, world, next(offices))),
        Source("notice_by_sms", 0.05, all_hours, lambda r: _notice(r, world)),
        Source("private_sms", 0.05, people_hours, lambda r: _private_sms(r, world)),
    ]


def _centre(rng: Random, world: World, centres: list[str]) -> Call:
    setup = fields(
        rng.choice(centres),
        world.called(rng, world.anybody(rng).number),
        "interconnect",
        screening=rng.choice(("passed", "network", "not_verified")),
        trunk_group=rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.42, 32))


def _courier(rng: Random, world: World, couriers: list[Person]) -> Call:
    setup = between(rng, world, rng.choice(couriers), world.anybody(rng))
    if world.home.country == "CN" and rng.random() < 0.3:  # behind a privacy relay
        setup["calling_party_number"] = draw(rng, ("700############",))
    return Call(setup, answered(rng, 0.75, 14))


def _reminder(world: World, clinics: list[str]) -> _Reminder:
    return _Reminder(world, clinics)


class _Reminder:
    """Clinics have a machine call tomorrow's patients; most hang up after the first words."""

    def __init__(self, world: World, clinics: list[str]) -> None:
        self._world = world
        self._clinics = clinics

    def __call__(self, rng: Random) -> Call:
        world = self._world
        setup = fields(
            world.home.national(rng.choice(self._clinics)),
            world.called(rng, world.anybody(rng).number),
            "interconnect",
            screening="network",
            trunk_group=INTERCONNECTS[0],
        )
        return Call(setup, answered(rng, 0.8, 7))


def _call_back(rng: Random, world: World) -> Call:
    """Somebody called for help and the line broke: the desk calls back."""
    marked = rng.random() < 0.8
    desks = world.home.marked_desks if marked else world.home.listed_desks
    setup = fields(
        world.home.national(draw(rng, desks)),
        world.called(rng, world.anybody(rng).number),
        "interconnect",
        screening="network",
        trunk_group=rng.choice(world.interconnects),
        priority="psap-callback" if marked else None,
    )
    return Call(setup, answered(rng, 0.9, 45))


class _Gathering:
    """Many people call one number at once: after an accident, or because a prize is to be won."""

    def __init__(self, world: World, rng: Random, share_answered: float) -> None:
        self._world = world
        self._called = world.anybody(rng)
        self._share = share_answered

    def __call__(self, rng: Random) -> Call:
        setup = between(rng, self._world, self._world.anybody(rng), self._called)
        return Call(setup, answered(rng, self._share, 40))


def _station(rng: Random, world: World, station: str) -> Call:
    """A police station calls from an ordinary line, under its true name."""
    setup = fields(
        world.home.national(station),
        world.called(rng, world.anybody(rng).number),
        "interconnect",
        display_name=rng.choice(world.home.authority_names),
        screening="network",
        trunk_group=rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.6, 120))


def _bank(rng: Random, world: World) -> Call:
    """A bank calls a customer from its own line."""
    chinese = world.home.country == "CN"
    setup = fields(
        rng.choice(("95588", "95533", "95555")) if chinese else draw(rng, world.home.fixed),
        world.called(rng, world.anybody(rng).number),
        "interconnect",
        display_name=rng.choice(world.home.bank_names[:2]) if chinese else None,
        screening="network",
        trunk_group=rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.5, 60))


def _switchboard(rng: Random, world: World) -> Call:
    """Colleagues on one switchboard; one in ten by way of another carrier."""
    line = draw(rng, world.home.fixed)[:-2]
    inside = rng.random() < 0.9
    setup = fields(
        f"{line}{rng.randrange(100):02}",
        world.called(rng, f"{line}{rng.randrange(100):02}"),
        "on_net" if inside else "interconnect",
        screening="network" if inside else "passed",
        trunk_group="access-2" if inside else rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.6, 70))


def _wrong(rng: Random, world: World) -> Call:
    """Real firms whose switchboards send an inner number, or whose carrier asserts its own."""
    inner = rng.random() < 0.4
    setup = fields(
        draw(rng, world.home.impossible) if inner else draw(rng, world.home.fixed),
        world.called(rng, world.anybody(rng).number),
        "on_net" if inner else "interconnect",
        asserted_identity=None if inner else foreign(rng, world.home),
        screening="not_verified",
        trunk_group="access-2" if inner else rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.6, 90))


def _abroad(rng: Random, world: World, office: str) -> Call:
    """A firm's office abroad that shows the firm's number at home."""
    setup = fields(
        abroad(rng, office),
        world.called(rng, world.anybody(rng).number),
        "international",
        roaming=world.roaming(rng, 0.3, "no"),
        trunk_group=GATEWAYS[2],
    )
    return Call(setup, answered(rng, 0.6, 200))


def _notice(rng: Random, world: World) -> Message:
    text = rng.choice(world.home.notices).format(n=rng.randrange(1000, 10000))
    return Message(
        fields(
            draw(rng, world.home.bulk_senders),
            world.called(rng, world.anybody(rng).number),
            "interconnect",
            text=text,
        )
    )


_CHAT: Final = (
    "到了",
    "晚上一起吃饭？",
    "On my way",
    "看看这个 https://photos.example.com/{n}",
    "房租逾期了，记得转给我",
    "See you at {n}",
)


def _private_sms(rng: Random, world: World) -> Message:
    person = world.caller(rng)
    return Message(
        fields(
            person.number,
            world.called(rng, world.contact(rng, person).number),
            "on_net" if person.on_net else "interconnect",
            text=rng.choice(_CHAT).format(n=rng.randrange(1000, 10000)),
        )
    )
