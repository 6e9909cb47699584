"""What correlations ask of the stores that count for them: one definition, met by all.

``docs/semantics.md`` defines, under *Correlations*, what this follows. A store knows nothing of
rules: it gets updates, each of one series, and gives back figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

# A window is this many buckets long: its far edge is known to a 64th of the timespan.
PARTS: Final = 64

Scalar = str | int | float | bool
# The value of the one group-by field, or the values of several, or () for none.
Group = Scalar | tuple[Scalar, ...]
# What the events in a window come to, as the correlation's type in callguard.counters.types says.
# None: nothing in the window, or the record came too late for it.
WindowFigure = int | tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Series:
    """What one correlation counts, as stores need to know it.

    ``key`` is the hex digest of all that decides what is counted: equal keys share counts.
    ``kind`` is the correlation's type and ``timespan`` its length in seconds. ``parts`` is the
    number of buckets in a window, ``rules`` the number of rules counted. ``keep`` bounds the figure
    of a type that has such a bound: more than that is not told apart. ``one_in`` is 1, or the power
    of two of which one value is counted.

    Keys are digests of what Python shows of this: see ``definition_keys`` in the engine.
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
# counted. ``value`` is that of the correlation's field, as its type counts it, None if it has none.
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

    def retain(self, owner: object, series_keys: frozenset[str]) -> None:
        """``owner`` counts these series from now on; forget what nobody counts any more."""
        ...

    def reset(self, key: str, group: Group | None = None) -> int:
        """Forget one group of a series, or all of them. The number of groups forgotten."""
        ...


def bucket_of(at: float, timespan: int, parts: int) -> int:
    """The bucket that an event time (seconds) falls into: floor(parts * at / timespan), exactly.

    ``parts`` is a power of two, so that the product loses nothing.
    """
    return int(at * parts) // timespan
