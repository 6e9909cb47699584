"""Series, steps and records of steps that no store may answer differently."""

from __future__ import annotations

from typing import Final, get_args

from hypothesis import strategies as st

from callguard.engine.series import Group, Scalar, Series, Step
from callguard.rules.model import CorrelationType

KINDS: Final[tuple[CorrelationType, ...]] = get_args(CorrelationType)
RULES: Final = 3

SERIES: Final = tuple(
    Series(
        key=f"{number:02x}" * 16,
        kind=kind,
        timespan=timespan,
        parts=1024 if kind == "temporal_ordered" else 64,
        rules=RULES,
        keep=16 if kind == "value_count" else 0,
    )
    for number, (kind, timespan) in enumerate((kind, span) for kind in KINDS for span in (1, 3600))
)

# Look-alikes among them: what differs must be told apart, what is equal must not.
GROUPS: Final[tuple[Group, ...]] = (
    "+8613812345678",
    "8613812345678",
    "5",
    5,
    5.0,
    5.5,
    True,
    "",
    (),
    ("a", "b"),
    ("ab",),
    ("a", 5),
    "{a}b",
    "#a",
    "*",
    "号码",
    "\0",
    "x" * 4096,
    2**63,
    1e300,
)
VALUES: Final[tuple[Scalar, ...]] = (
    "+8613912345678",
    "+08613912345678",
    "+86139_12345678",
    "+8613912345678901234",
    "8613912345678",
    "+٨٦",
    " +861",
    "",
    "international",
    7,
    7.0,
    7.25,
    False,
    0,
    "0",
    2**63,
    *(f"+8613{number:09}" for number in range(40)),
)
BUCKETS: Final = (0, 0, 0, 0, 1, 1, 2, 7, 63, 64, 65, 1023, 1024, 5000, -1, -2, -30, -63, -64, -200)


@st.composite
def steps(draw: st.DrawFn, newest: int) -> Step:
    """A step around bucket ``newest``: in order, out of order, late, or far on."""
    series = draw(st.sampled_from(SERIES))
    bucket = max(0, newest + draw(st.sampled_from(BUCKETS)))
    value: Scalar | None = None
    matched = draw(st.integers(0, 1))
    if series.kind == "value_count":
        value = draw(st.sampled_from(VALUES))
    elif series.kind in ("value_sum", "value_avg"):
        value = draw(st.integers(0, 10**12))
    elif series.kind in ("temporal", "temporal_ordered"):
        matched = draw(st.integers(0, (1 << RULES) - 1))
    return series, draw(st.sampled_from(GROUPS)), bucket, matched, value


@st.composite
def records(draw: st.DrawFn, newest: int) -> list[Step]:
    """The steps of one record: each series once at most."""
    found = draw(st.lists(steps(newest), max_size=6))
    return list({step[0].key: step for step in found}.values())
