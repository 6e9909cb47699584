"""The fraud of the generated day, campaign by campaign.

Not all of it can be caught by the shipped rules, on purpose: a caller who shows a valid number of
somebody else over an ordinary interconnection, or calls from a card that was properly bought,
looks like everybody else in the signalling of one call.
"""

from __future__ import annotations

from random import Random
from uuid import UUID

from callguard.demo.behaviour import (
    DIALLER_TRUNK,
    Borrowed,
    BoughtCards,
    Dialler,
    Flood,
    OneRing,
    a_victim,
    rotation,
)
from callguard.demo.clock import Schedule, all_hours, bursts, in_pairs, office_hours, people_hours
from callguard.demo.homes import draw
from callguard.demo.records import Call, Message, answered, fields
from callguard.demo.world import Maker, Source, World, abroad


def campaign_sources(world: World, rng: Random) -> list[Source]:
    """Every campaign of the day."""
    origid = str(UUID(int=rng.getrandbits(128), version=4))
    return [
        _campaign("police_impersonation", 0.006, office_hours, lambda r: _police(r, world)),
        _campaign("bank_impersonation", 0.006, office_hours, lambda r: _bank(r, world)),
        _campaign("home_number_from_abroad", 0.012, people_hours, lambda r: _home(r, world)),
        _campaign("forged_forwarding", 0.002, people_hours, lambda r: _forwarding(r, world)),
        _campaign("malformed_number", 0.004, people_hours, lambda r: _malformed(r, world)),
        _campaign("inbound_only_number", 0.004, office_hours, lambda r: _inbound(r, world)),
        _campaign("number_rotation", 0.008, bursts(3, 2400), lambda r: rotation(r, world, origid)),
        _campaign("one_ring", 0.012, bursts(5, 1800), OneRing(world, rng)),
        _campaign("dialling_a_range", 0.014, bursts(2, 3600), Dialler(world, rng)),
        _campaign("two_ingresses", 0.002, in_pairs(people_hours, 40), Borrowed(world)),
        _campaign("flood", 0.006, bursts(4, 90), Flood(world, rng)),
        _campaign("neighbour_number", 0.003, people_hours, lambda r: _neighbour(r, world)),
        _campaign("bought_card", 0.004, people_hours, BoughtCards(world, rng)),
        _campaign("phishing_sms", 0.012, all_hours, lambda r: _phishing(r, world)),
    ]


def _campaign(label: str, share: float, times: Schedule, make: Maker) -> Source:
    return Source(label, share, times, make, fraud=True)


def _police(rng: Random, world: World) -> Call:
    """Police or court lines through foreign gateways, or any number with such a display name."""
    if rng.random() < 0.6:
        setup = fields(
            draw(rng, world.home.authority_lines),
            a_victim(rng, world),
            "international",
            trunk_group=rng.choice(world.gateways),
        )
    else:
        setup = fields(
            abroad(rng, draw(rng, world.home.fixed)),
            a_victim(rng, world),
            "international",
            display_name=rng.choice(world.home.authority_names),
            trunk_group=rng.choice(world.gateways),
        )
    return Call(setup, answered(rng, 0.55, 160))


def _bank(rng: Random, world: World) -> Call:
    """Bank lines through foreign gateways, or a mobile with a bank's name by interconnection."""
    if rng.random() < 0.6:
        setup = fields(
            draw(rng, world.home.bank_lines),
            a_victim(rng, world),
            "international",
            trunk_group=rng.choice(world.gateways),
        )
    else:
        setup = fields(
            draw(rng, world.home.mobile),
            a_victim(rng, world),
            "interconnect",
            display_name=rng.choice(world.home.bank_names),
            screening="not_verified",
            trunk_group=DIALLER_TRUNK,
        )
    return Call(setup, answered(rng, 0.5, 140))


def _home(rng: Random, world: World) -> Call:
    """Mobile numbers of subscribers who are at home, shown through foreign gateways."""
    setup = fields(
        abroad(rng, world.anybody(rng).number),
        a_victim(rng, world),
        "international",
        roaming=world.roaming(rng, 0.7, "no"),
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.5, 60))


def _forwarding(rng: Random, world: World) -> Call:
    """As before, with a forged redirecting number so that it seems to be forwarded."""
    setup = fields(
        abroad(rng, world.anybody(rng).number),
        a_victim(rng, world),
        "international",
        redirecting_number=world.anybody(rng).number,
        roaming="no",
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.5, 60))


def _malformed(rng: Random, world: World) -> Call:
    """Numbers that cannot exist, that lack their prefix, or that only end like a known line."""
    number = rng.choice(
        (
            draw(rng, world.home.impossible),
            world.home.national(world.anybody(rng).number),
            f"+000{rng.randrange(10, 100)}{world.home.emergency[0]}",
            draw(rng, ("0000000000", "+1111111111", "CALLER", "###")),
        )
    )
    setup = fields(
        number,
        a_victim(rng, world),
        "international",
        nature_of_address=rng.choice(("national", "subscriber", None)),
        trunk_group=rng.choice(world.gateways),
    )
    return Call(setup, answered(rng, 0.45, 50))


def _inbound(rng: Random, world: World) -> Call:
    """Numbers that receive calls and never make them."""
    setup = fields(
        draw(rng, world.home.inbound_only),
        a_victim(rng, world),
        rng.choice(("interconnect", "international")),
        trunk_group=DIALLER_TRUNK,
    )
    return Call(setup, answered(rng, 0.4, 45))


def _neighbour(rng: Random, world: World) -> Call:
    """A number that begins like the victim's own."""
    victim = world.anybody(rng).number
    setup = fields(
        f"{victim[:-4]}{rng.randrange(10_000):04}",
        world.called(rng, victim),
        "interconnect",
        screening=rng.choice(("not_verified", None)),
        asserted_identity=draw(rng, ("+85261######",)) if rng.random() < 0.3 else None,
        trunk_group=rng.choice(world.interconnects),
    )
    return Call(setup, answered(rng, 0.5, 45))


def _phishing(rng: Random, world: World) -> Message:
    """Messages with links and threats from SIM boxes, from abroad and under borrowed names."""
    way = rng.random()
    if way < 0.5:
        sender, ingress, roaming = draw(rng, world.home.mobile), "interconnect", None
    elif way < 0.7:
        sender, ingress, roaming = (
            draw(rng, ("+63917#######", "+85261######")),
            "international",
            None,
        )
    elif way < 0.9:
        sender, ingress, roaming = world.anybody(rng).number, "international", "no"
    else:
        sender, ingress, roaming = rng.choice(("BANK", "Police", "ICBC")), "international", None
    text = rng.choice(world.home.phishing).format(n=rng.randrange(1000, 10000))
    return Message(fields(sender, a_victim(rng, world), ingress, roaming=roaming, text=text))
