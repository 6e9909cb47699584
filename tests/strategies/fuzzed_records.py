"""Fuzzed records from a seeded generator, fast enough for a million of them.

Three kinds, mixed: plausible records of new numbers and texts, plausible ones with something wrong
in them, and heaps of anything under any key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from callguard.records.fields import CHOICES, FIELDS, RAW_FIELDS, FieldType
from tests.strategies.vocabulary import ADDRESSES, FIGURES, NUMBERS, WORDS

Maker = Callable[[Random], object]
HEADS = ("+86", "0086", "+44", "+1", "+", "00", "0", "1", "", "+8613", "13", "010", "400", "95")
SCRIPTS = (
    "0123456789",
    "abcXYZ -_.@",
    "公安银行客服",
    "İıΣσςßＡａ１",
    "\0\n\r\t\x7f\u202e\u200b",
    "\ud800\udfff😀",
)
GARBAGE: tuple[object, ...] = (
    None,
    True,
    False,
    0,
    -1,
    2**64,
    10**400,
    1e308,
    float("nan"),
    float("inf"),
    -float("inf"),
    b"",
    b"\xff\x00",
    (),
    (1, 2),
    frozenset(),
    1j,
    object(),
    {},
    {"a": {"b": [{"c": None}]}},
    [],
    [[[[[[]]]]]],
    "x" * 5_000,
    "1" * 5_000,
    "\ud800" * 10,
)


def number(rng: Random) -> object:
    if rng.random() < 0.3:
        return rng.choice(NUMBERS)
    return f"{rng.choice(HEADS)}{rng.randrange(10 ** rng.randrange(1, 14))}"


def words(rng: Random) -> object:
    if rng.random() < 0.5:
        return rng.choice(WORDS)
    return "".join(rng.choices(rng.choice(SCRIPTS), k=rng.randrange(12)))


def address(rng: Random) -> object:
    if rng.random() < 0.5:
        return rng.choice(ADDRESSES)
    bits = rng.getrandbits(32)
    return f"{bits >> 24}.{bits >> 16 & 255}.{bits >> 8 & 255}.{bits & 255}"


def figure(rng: Random) -> object:
    return rng.choice(FIGURES) if rng.random() < 0.5 else rng.randrange(1000)


def moment(rng: Random) -> object:
    return 1_700_000_000 + rng.random() * 86_400


def choice_of(field: str) -> Maker:
    allowed = CHOICES[field]
    return lambda rng: rng.choice(allowed)


MAKERS: dict[str, Maker] = {
    **dict.fromkeys(RAW_FIELDS, words),
    **{name: number for name in RAW_FIELDS if FIELDS[name] is FieldType.NUMBER_TEXT},
    **{name: figure for name in RAW_FIELDS if FIELDS[name] is FieldType.NUMERIC},
    **{name: choice_of(name) for name in RAW_FIELDS if name in CHOICES},
    "source_ip": address,
    "at": moment,
}
KEYS = tuple(MAKERS)
REQUIRED = ("event", "at", "called_party_number")
ANY_KEYS = (*KEYS, *FIELDS, "x", "", "Event", "__class__", "\ud800", None, 7, ("event",))


def fuzzed(seed: int, count: int) -> Iterator[dict[object, object]]:
    """``count`` records, the same for the same seed."""
    rng = Random(seed)
    for _ in range(count):
        kind = rng.random()
        if kind < 0.05:
            keys = rng.choices(ANY_KEYS, k=rng.randrange(8))
            yield {key: rng.choice(GARBAGE) for key in keys}
            continue
        names = (*REQUIRED, *rng.choices(KEYS, k=rng.randrange(8)))
        record: dict[object, object] = {name: MAKERS[name](rng) for name in names}
        if kind < 0.25:
            record[rng.choice(ANY_KEYS)] = rng.choice(GARBAGE)
        yield record
