"""What one measurement is about: a rule set, records that nobody has scored yet, the answers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import count
from random import Random
from typing import Any

import msgpack

from bench import engines
from bench.engines import Contender
from bench.ready import Ready
from bench.recordgen import Profile, Record, RecordMaker
from bench.rulegen import Family, campaign, make_rules

SMOKE = os.environ.get("CALLGUARD_BENCH_SMOKE") == "1"
_ASKED = os.environ.get("CALLGUARD_BENCH_SIZES", "10,100" if SMOKE else "10,100,1000,10000")
SIZES = tuple(int(size) for size in _ASKED.split(","))

# One maker for the whole run: no number is ever scored twice, whichever test asks for records.
_MAKER = RecordMaker("scenes")
_SERIAL = count()


@cache
def ready() -> Ready:
    return Ready()


@dataclass
class Scene:
    """Rules of one family and size."""

    family: Family
    size: int
    draw: Random = field(default_factory=lambda: Random(next(_SERIAL)))

    def __post_init__(self) -> None:
        self.rules = make_rules(self.size, self.family, ready())

    @cached_property
    def guard(self) -> Contender:
        return engines.build("callguard", self.rules)

    def records(self, number: int, profile: Profile = "warm") -> list[Record]:
        """New records; among the warm ones some that fit rules of this scene."""
        if profile == "warm":
            return campaign(self.rules, _MAKER, number, self.draw)
        return _MAKER.make(number, profile)

    def inputs(self, name: str, number: int) -> list[Any]:
        """New warm records in the form that the contender ``name`` takes."""
        return self.given(name, self.records(number))

    def given(self, name: str, records: Sequence[Record]) -> list[Any]:
        """The records in the form that the contender ``name`` takes."""
        if name == "callguard":
            return list(records)
        if name == "unpackb":
            return [msgpack.packb(record) for record in records]
        return [self._fields(record) for record in records]

    def answers(self, records: Sequence[Record]) -> list[list[int]]:
        """The numbers of the rules that match each record, by plain evaluation."""
        made = [ready().fields(record) for record in records]
        return [[rule.number for rule in self.rules if rule.holds(fields)] for fields in made]

    def _fields(self, record: Record) -> dict[str, Any]:
        fields = ready().fields(record)
        if self.family == "plain":  # only regular expressions read the texts as written
            del fields["display_name_raw"], fields["user_agent_raw"]
        return fields


@cache
def scene(family: Family, size: int) -> Scene:
    return Scene(family, size)


def same_answers(
    of: Scene, name: str, contender: Contender
) -> Iterator[tuple[list[int], list[int]]]:
    """(expected, actual) rule numbers on records made for this check, matching ones among them."""
    records = of.records(min(400, max(20, 200_000 // of.size)))
    expected = of.answers(records)
    assert any(expected), "no record of the sample matches a rule"
    actual = [contender.matched(contender.run(given)) for given in of.given(name, records)]
    return zip(expected, actual, strict=True)
