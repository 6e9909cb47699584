"""Believable setup records for the speed comparison, seeded, no telephone number ever twice.

``warm`` records draw their strings from pools, as real traffic does; in ``text attack`` records
the display name, the user agent and the trunk group are new in every record; in ``full attack``
records every string but the event is, the words of the choice fields included.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Literal

from bench import pools

Record = dict[str, object]
Profile = Literal["warm", "text attack", "full attack"]
PROFILES: tuple[Profile, ...] = ("warm", "text attack", "full attack")

_START = 1_750_000_000.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 -./王安信银公法院客"


class RecordMaker:
    """Makes records that differ in both numbers from every other one of the same maker."""

    def __init__(self, seed: int | str) -> None:
        self._draw = Random(f"records {seed}")
        self._used: set[str] = set()
        self._names = pools.names()
        self._agents = pools.agents()
        self._trunks = pools.trunk_groups()
        self._count = 0

    def make(self, count: int, profile: Profile = "warm") -> list[Record]:
        """``count`` records of that profile."""
        dress = {"warm": _keep, "text attack": _new_texts, "full attack": _new_strings}[profile]
        return [dress(self._record(), self._draw) for _ in range(count)]

    def number_like(self, number: str) -> str:
        """An unused number that differs from the given one in the last six digits only."""
        return self._unused(lambda: number[:-6] + _digits(self._draw, 6))

    def _record(self) -> Record:
        draw = self._draw
        self._count += 1
        ingress = draw.choices(pools.INGRESS, pools.INGRESS_SHARE)[0]
        nature, calling = self._calling(ingress)
        return {
            "event": "setup",
            "at": _START + self._count * 0.01,
            "call_id": f"{draw.getrandbits(48):012x}@10.4.0.{draw.randrange(250)}",
            "calling_party_number": calling,
            "called_party_number": self._unused(self._home_number),
            "nature_of_address": nature,
            "presentation": "restricted" if draw.random() < 0.05 else "allowed",
            "ingress": ingress,
            "trunk_group": draw.choice(self._trunks[ingress]),
            "attestation": draw.choices("ABC", (0.5, 0.3, 0.2))[0],
            "display_name": "" if draw.random() < 0.33 else draw.choice(self._names),
            "user_agent": draw.choice(self._agents),
            "roaming": draw.choices(("no", "yes", "unknown"), (0.8, 0.08, 0.12))[0],
        }

    def _calling(self, ingress: str) -> tuple[str, str]:
        """Nature of address and calling party number, in the forms that carriers signal."""
        draw = self._draw
        if ingress != "international":
            return "national", self._unused(self._home_number)
        if draw.random() < 0.15:  # a home number shown from abroad
            prefix = draw.choice(("+86", "0086", "86"))
            return "international", self._unused(lambda: prefix + self._home_number().lstrip("0"))
        prefix = draw.choice(("+", "00", ""))
        return "international", self._unused(lambda: prefix + self._foreign_number())

    def _home_number(self) -> str:
        draw = self._draw
        if draw.random() < 0.7:
            return draw.choice(pools.MOBILE_BLOCKS) + _digits(draw, 8)
        area = draw.choice(pools.AREA_CODES)
        return f"0{area}{draw.randrange(2, 9)}{_digits(draw, 7)}"

    def _foreign_number(self) -> str:
        country, start, rest = self._draw.choice(pools.FOREIGN)
        return country + start + _digits(self._draw, rest)

    def _unused(self, make: Callable[[], str]) -> str:
        # By the last nine digits, so that no two forms of one number count as two numbers.
        for _ in range(1_000):
            number = make()
            if number[-9:] not in self._used:
                self._used.add(number[-9:])
                return number
        raise RuntimeError(f"numbers like {make()} are used up: let more of their digits vary")


def _keep(record: Record, draw: Random) -> Record:
    return record


def _new_texts(record: Record, draw: Random) -> Record:
    """Free texts nobody has seen, of the usual lengths, half of them built around a rule's word."""
    for name in ("display_name", "user_agent", "trunk_group"):
        record[name] = _text(draw)
    return record


def _new_strings(record: Record, draw: Random) -> Record:
    for name in ("nature_of_address", "presentation", "ingress", "attestation", "roaming"):
        record[name] = _text(draw)
    return _new_texts(record, draw)


def _text(draw: Random) -> str:
    word = draw.choice(pools.AUTHORITIES) if draw.random() < 0.5 else ""
    return word + "".join(draw.choices(_LETTERS, k=12))


def _digits(draw: Random, count: int) -> str:
    return f"{draw.randrange(10**count):0{count}}"
