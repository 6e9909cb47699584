"""What correlations ask of the places where they count: one definition, met by every store.

The sentences that this follows stand in ``docs/semantics.md`` under *Correlations*. A store knows
nothing of rules: it gets steps, each of one series, and gives back figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from callguard.rules.model import Correlation

# A window is this many buckets long: its far edge is known to a 64th of the timespan.
PARTS: Final = 64
# Order is told apart in finer buckets.
ORDERED_PARTS: Final = 1024
# Up to this many distinct values are told apart exactly; beyond, they are sampled.
EXACT_DISTINCT: Final = 16_383

Scalar = str | int | float | bool
# The value of the one group-by field, or the values of several, or () for none.
Group = Scalar | tuple[Scalar, ...]
# event_count, value_count: a number. value_sum, value_avg: (number of values, their sum in
# thousandths). temporal: bit i set if rule i was seen. temporal_ordered: how many rules, from the
# first, are in order. None: nothing in the window, or the record came too late for it.
WindowFigure = int | tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Series:
    """What one correlation counts, as stores need to know it.

    ``key`` is the hex digest of all that decides what is counted: equal keys share counts.
    ``kind`` is the correlation's type and ``timespan`` its length in seconds. ``parts`` is the
    number of buckets in a window, ``rules`` the number of rules counted. ``keep`` bounds a
    ``value_count``'s figure: more distinct values than that are not told apart. ``one_in`` is 1,
    or, for limits beyond ``EXACT_DISTINCT``, the power of two of which one value is counted.
    """

    key: str
    kind: str
    timespan: int
    parts: int
    rules: int
    keep: int
    one_in: int = 1


# (series, group, bucket, matched, value). ``bucket`` is :func:`bucket_of` the record's time.
# ``matched`` has bit i set if the record matched the i-th rule counted; 0: it is judged but not
# counted. ``value`` is that of the correlation's field: for value_count the value itself, for
# value_sum and value_avg whole thousandths (:func:`thousandths`), otherwise None.
CounterUpdate = tuple[Series, Group, int, int, Scalar | None]


class CounterStore(Protocol):
    """Where correlations count. Every method may be called from any number of threads.

    ``batch`` is how many records :meth:`step_many` should be given at once: 1 if nothing is won.
    A store that cannot answer raises CounterError; it never waits long.
    """

    @property
    def batch(self) -> int: ...

    def step(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        """Count the steps that match, in order, and give each one's figure, itself included."""
        ...

    def step_many(
        self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str] | None = None
    ) -> Sequence[Sequence[WindowFigure] | None]:
        """:meth:`step` for many records in order; None for each record that failed.

        With ``ids``, a record whose id was counted before is judged and not counted again, until
        :meth:`forget_ids`.
        """
        ...

    def forget_ids(self, records: Sequence[Sequence[CounterUpdate]], ids: Sequence[str]) -> None:
        """These records will not come again."""
        ...

    def preview(self, steps: Sequence[CounterUpdate]) -> Sequence[WindowFigure]:
        """What :meth:`step` would answer, counting nothing."""
        ...

    def retain(self, owner: object, keys: frozenset[str]) -> None:
        """``owner`` counts these series from now on; forget what nobody counts any more."""
        ...

    def reset(self, key: str, group: Group | None = None) -> int:
        """Forget one group of a series, or all of them. The number of groups forgotten."""
        ...


def series_of(correlation: Correlation, key: str) -> Series:
    """The series of a correlation, counted under ``key``."""
    parts = ORDERED_PARTS if correlation.type == "temporal_ordered" else PARTS
    keep, one_in = distinct_bounds(correlation)
    rules = len(correlation.rules)
    return Series(key, correlation.type, correlation.timespan, parts, rules, keep, one_in)


def distinct_bounds(correlation: Correlation) -> tuple[int, int]:
    """``keep`` and ``one_in`` of a series: (0, 1) for all types but ``value_count``.

    ``keep`` is the least power of two above the limit, and at least 16, so that a limit may be
    moved a little without losing what was counted.
    """
    if correlation.type != "value_count":
        return 0, 1
    limit = max((number for _, number in correlation.condition), default=0)
    one_in = 1
    while limit / one_in > EXACT_DISTINCT:
        one_in *= 2
    keep = 16
    while keep <= limit / one_in:
        keep *= 2
    return keep, one_in


def bucket_of(at: float, timespan: int, parts: int) -> int:
    """The bucket that an event time (seconds) falls into: floor(parts * at / timespan), exactly.

    ``parts`` is a power of two, so that the product loses nothing.
    """
    return int(at * parts) // timespan


def thousandths(value: float) -> int:
    """A number as whole thousandths, halves to the even one: what sums are made of."""
    return round(value * 1000)


def ending(series: Series, figure: int) -> Literal["", " or more"]:
    """How a figure should be read: a ``value_count`` at its bound may stand for more."""
    return " or more" if series.kind == "value_count" and figure >= series.keep else ""
