"""Series, groups, steps and records of steps that no store may answer differently."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Final, NamedTuple

from hypothesis import strategies as st

from callguard.counters import (
    CounterUpdate,
    Group,
    Scalar,
    Series,
    bucket_of,
)
from callguard.counters.types import COUNTER_TYPES
from callguard.records.values import LONGEST_S
from callguard.times import LATEST_AT

# The newest bucket that a group has counted; None if it has counted none.
Head = Callable[[Series, Group], int | None]


def series(kind: str, timespan: int, rules: int = 1, keep: int = 0) -> Series:
    """A series with a key of its own, of the length that real ones have."""
    key = hashlib.sha256(repr((kind, timespan, rules, keep)).encode()).hexdigest()[:32]
    return Series(key, kind, timespan, COUNTER_TYPES[kind].parts, rules, keep)


DAY: Final = 86_400
SERIES: Final = (
    series("event_count", 1),
    series("event_count", 3600, rules=3),
    series("value_count", 60, keep=16),
    series("value_count", 3600, rules=2, keep=64),
    series("value_count", DAY, keep=128),
    series("value_sum", 60),
    series("value_sum", 366 * DAY, rules=2),
    series("value_avg", 3600),
    series("temporal", 60),
    series("temporal", 7 * DAY, rules=3),
    series("temporal", 3600, rules=12),
    series("temporal_ordered", 60),
    series("temporal_ordered", 3600, rules=3),
    series("temporal_ordered", DAY, rules=12),
)

# What differs must be told apart, what is equal must not.
LOOK_ALIKES: Final[tuple[tuple[Group, ...], ...]] = (
    ("+8613812345678", "8613812345678", "+86 13812345678", "+8613812345679"),
    ("5", 5, 5.0, "5.0", "+5", 5.5, ("5", "5"), (5, 5), (5.0, 5)),
    (True, "True", False, "", (True, "")),
    ((), "()", ("", ""), ("", "", ""), "[]"),
    (("a", "b"), "ab", ("ab", ""), ("a,b", ""), ("b", "a"), ("a", 5), ("a", "5"), ("a", True)),
    ("{a}b", "{a}", "a", "#a", "*", "a*", "?", "[a]", "\\a", "}{", ":", "a:b"),
    ("号码", "号 码", "\0", "a\0", "\u0130", "i\u0307", "\U0010ffff"),
    ("x" * 40, "x" * 41, "x" * 4095, "x" * 4096),
    (10**9, 1e9, 999, -0.0, 0, 0.1, 0.1 + 2**-55),
)
# Some are telephone numbers, some only look it, and some Python would read as numbers.
VALUES: Final[tuple[tuple[Scalar, ...], ...]] = (
    ("+8613912345678", "8613912345678", "+08613912345678", "+86139_12345678", " +8613912345678"),
    ("+86", "+٨٦", "+86 ", "+086", "+8_6", "++86", "+8613912345678901234"),
    ("", "\0", "\0a", "a", "b", "+", " "),
    ("x" * 16, "x" * 17, "x" * 4095, "x" * 4096, "号码"),
    (7, 7.0, 7.25, "7", "7.0", "+7"),
    (False, 0, -0.0, 1, "0", "False"),
    (2**63, 2.0**63, 1e300, 0.1, 0.1 + 2**-55),
)
MANY_VALUES: Final = tuple(f"+8613{number:09}" for number in range(300))
# Thousandths: a value is at most 10**9, and may come often.
MOST: Final = int(LONGEST_S) * 1000
STARTS: Final = (0, 1_000, 1_700_000_000, int(LATEST_AT) - 10 * DAY)


def _offsets(parts: int) -> list[int]:
    """How far from the head: in order, out of order, at both ends of the window, and past them."""
    near = [0, 0, 0, 1, 1, 2, -1, -1, -2, parts // 2, -(parts // 2)]
    edges = [parts - 2, parts - 1, parts, parts + 1]
    return [*near, *edges, *(-edge for edge in edges), 10 * parts, -3 * parts]


class Choice(NamedTuple):
    """What steps are made of: a few series, groups and values, and where groups begin."""

    series: Sequence[Series]
    groups: Sequence[Group]
    values: Sequence[Scalar]
    start: int

    def head(self, one: Series, known: int | None) -> int:
        """The newest bucket of a group; where it may begin if it has none."""
        return bucket_of(self.start, one.timespan, one.parts) if known is None else known


# Few of each, so that steps meet.
CHOICES: Final = st.builds(
    Choice,
    st.lists(st.sampled_from(SERIES), min_size=1, max_size=3, unique=True),
    st.sampled_from(LOOK_ALIKES).flatmap(
        lambda groups: st.lists(st.sampled_from(groups), min_size=1, max_size=3)
    ),
    st.sampled_from(VALUES),
    st.sampled_from(STARTS),
)


@st.composite
def steps(draw: st.DrawFn, one: Series, choice: Choice, head: Head) -> CounterUpdate:
    """A step of one series: one event in five is only judged."""
    group = draw(st.sampled_from(choice.groups))
    bucket = max(0, choice.head(one, head(one, group)) + draw(st.sampled_from(_offsets(one.parts))))
    bystander = draw(st.integers(0, 4)) == 4
    matched = 0 if bystander else draw(st.integers(1, (1 << one.rules) - 1))
    value: Scalar | None = None
    if one.kind == "value_count":
        value = draw(st.sampled_from(choice.values))
    elif one.kind in ("value_sum", "value_avg"):
        value = draw(st.sampled_from([0, 1, MOST]) | st.integers(0, MOST))
    if bystander and draw(st.booleans()):
        value = None
    return one, group, bucket, matched, value


@st.composite
def records(draw: st.DrawFn, choice: Choice, head: Head) -> list[CounterUpdate]:
    """The steps of one record: each series once at most."""
    some = draw(st.lists(st.sampled_from(choice.series), unique=True))
    return [draw(steps(one, choice, head)) for one in some]


def walk(
    one: Series, group: Group, values: Sequence[Scalar], start: int, rng: Random
) -> list[list[CounterUpdate]]:
    """Records of one group, with every distance from its head and every value many times."""
    head = bucket_of(start, one.timespan, one.parts)
    offsets = _offsets(one.parts)
    found: list[list[CounterUpdate]] = []
    for _ in range(150):
        bucket = max(0, head + rng.choice(offsets))
        matched = rng.choice(
            (0, rng.randrange(1, 1 << one.rules), rng.randrange(1, 1 << one.rules))
        )
        value: Scalar | None = None
        if one.kind == "value_count":
            value = rng.choice(values)
        elif one.kind in ("value_sum", "value_avg"):
            value = rng.choice((0, 1, MOST, rng.randrange(MOST)))
        found.append([(one, group, bucket, matched, value)])
        if matched:
            head = max(head, bucket)
    return found


def burst(
    one: Series, group: Group, head: int, rng: Random, length: int
) -> list[list[CounterUpdate]]:
    """Many records of one group close together, with more different values than are kept."""
    found: list[list[CounterUpdate]] = []
    for _ in range(length):
        head += rng.choice((0, 0, 0, 0, 0, 0, 0, 0, 1, 2))
        bucket = max(0, head - rng.choice((0, 0, 0, 1, 5, one.parts - 1)))
        matched = rng.randrange(1, 1 << one.rules)
        value: Scalar | None = None
        if one.kind == "value_count":
            value = rng.choice(MANY_VALUES)
        elif one.kind in ("value_sum", "value_avg"):
            value = rng.randrange(MOST + 1)
        found.append([(one, group, bucket, matched, value)])
    return found
