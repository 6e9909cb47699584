"""Who holds the numbers of the generated day: a subscriber feed, with the truth about it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

COLUMNS: Final = (
    "number",
    "owner_document",
    "owner_kind",
    "service",
    "registered_at",
    "activated_at",
    "closed_at",
    "carrier",
    "agent",
    "status",
)
CARRIERS: Final = ("China Mobile", "China Telecom", "China Unicom")
# How the fraudsters' cards are held: so many cards of the day by each gang, with so many spares.
GANGS: Final = 4
SPARES: Final = 3
_FIRM_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class Registrations:
    """The feed's rows, and who is who in it.

    ``gangs`` has, for each gang, the cards that called in the day and the spare ones; ``ordinary``
    are numbers that belong to people and firms who did nothing.
    """

    rows: tuple[dict[str, str], ...]
    gangs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    firm_card: str
    ordinary: frozenset[str]


def registrations(
    seed: int, cards: Sequence[str], subscribers: Sequence[str], day: datetime
) -> Registrations:
    """Owners for the cards of fraudsters and for subscribers (E.164 numbers), before ``day``.

    Most cards belong to a few gangs that bought them within weeks, with spare ones that have not
    called yet, beside a number of their own that they have had for years. One card is a line of a
    firm with many others. One card had an honest holder before.
    """
    maker = _Maker(Random(f"{seed}:registrations"), day, {*cards, *subscribers})
    ordinary: set[str] = set(subscribers)
    firm_card, *held = cards
    gangs = []
    for gang in range(GANGS):
        owner, bought = maker.document(), 20 + 15 * gang
        called = tuple(held[gang::GANGS])
        spare = tuple(maker.number() for _ in range(SPARES))
        for index, number in enumerate((*called, *spare)):
            maker.row(number, owner, bought + 3 * index)
        # The fraudster's own number is old, and stays: it is no evidence of anything.
        maker.row(maker.number(), owner, 2_000 + gang)
        gangs.append((called, spare))
    recycled = gangs[0][0][0]
    maker.row(recycled, maker.document(), 1_500, closed=200)
    firm = maker.document()
    lines = [maker.number() for _ in range(_FIRM_LINES)]
    for number in (firm_card, *lines):
        maker.row(number, firm, 30, kind="company")
    ordinary.update(lines)
    for number in subscribers:
        owner, since = maker.document(), maker.rng.randrange(100, 3_000)
        maker.row(number, owner, since)
        if maker.rng.random() < 0.3:
            second = maker.number()
            maker.row(second, owner, maker.rng.randrange(10, since))
            ordinary.add(second)
    return Registrations(tuple(maker.rows), tuple(gangs), firm_card, frozenset(ordinary))


def write_feed(path: Path, rows: Sequence[dict[str, str]]) -> Path:
    """The feed as a carrier hands it over: CSV with a header."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


class _Maker:
    """Makes rows of numbers that nobody else has."""

    def __init__(self, rng: Random, day: datetime, taken: set[str]) -> None:
        self.rng = rng
        self.rows: list[dict[str, str]] = []
        self._day = day
        self._taken = taken
        self._documents = self._made_up()

    def document(self) -> str:
        """An identity number that nobody has: a Chinese one of a region that does not exist."""
        return next(self._documents)

    def _made_up(self) -> Iterator[str]:
        for count in range(1_000_000):
            year = 1950 + self.rng.randrange(55)
            yield f"999999{year}{1 + count % 12:02}{1 + count % 28:02}{count % 10_000:04}"

    def number(self) -> str:
        """A mobile number that nobody has yet."""
        while True:
            number = f"+86{self.rng.choice(('139', '186', '189'))}{self.rng.randrange(10**8):08}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def row(
        self, number: str, document: str, since: int, *, closed: int = 0, kind: str = "person"
    ) -> None:
        """A registration that began ``since`` days before the day, and ended ``closed`` before."""
        registered = self._day - timedelta(days=since, minutes=self.rng.randrange(600))
        self.rows.append(
            {
                "number": number,
                "owner_document": document,
                "owner_kind": kind,
                "service": "mobile" if number[3] == "1" else "fixed",
                "registered_at": registered.isoformat(),
                "activated_at": (registered + timedelta(minutes=5)).isoformat(),
                "closed_at": (self._day - timedelta(days=closed)).isoformat() if closed else "",
                "carrier": self.rng.choice(CARRIERS),
                "agent": "",
                "status": "closed" if closed else "active",
            }
        )
