"""``value_sum`` and ``value_avg``: what the values of a numeric field in the window come to.

A figure of both is the number of values, and their sum in thousandths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

from callguard.counters.groups.budget import Budget
from callguard.counters.groups.keys import GroupKeys
from callguard.counters.groups.lanes import LanesTable
from callguard.counters.groups.table import BUCKET, BUCKET_BITS, NUMBER, NUMBER_BITS
from callguard.counters.protocol import Group, Scalar, Series, WindowFigure
from callguard.counters.types.counter_type import CounterType, Sender, limits_of, lua_file
from callguard.rules.model import Correlation

# Thousandths of any value that a record may hold, the seconds of the year 9999 among them.
VALUE_BITS: Final = 48
MOST: Final = (1 << VALUE_BITS) - 1

# The number of values in the low bits of a lane, their sum above: neither can overflow.
_SUM_BITS: Final = NUMBER_BITS + VALUE_BITS + NUMBER_BITS
# States below have no lanes.
_TOTAL_END: Final = 1 << BUCKET_BITS + _SUM_BITS

# A server gets and gives sums as a high part and one of so many bits.
_LOW: Final = 32
_HIGHEST: Final = 1 << 47


def thousandths(value: float) -> int:
    """A number as whole thousandths, halves to the even one: what sums are made of."""
    return round(value * 1000)


class SumTable(LanesTable):
    """How many values each group has, and their sum in thousandths."""

    __slots__ = ()

    def __init__(self, series: Series, budget: Budget, group_keys: GroupKeys) -> None:
        super().__init__(series, budget, group_keys, _SUM_BITS)

    def step(self, group: Group, bucket: int, matched: int, value: Scalar | None) -> WindowFigure:
        """As said in :class:`GroupTable`; None if there is no value in the window.

        Raises ValueError for a value that no record may hold.
        """
        more = 0
        if matched:
            if not isinstance(value, int) or not 0 <= value <= MOST:
                raise ValueError(f"{value!r} thousandths: expected a whole number up to {MOST}")
            more = value << NUMBER_BITS | 1
        key, hashed = self.known.get(group) or self.group_keys.find(group)
        shard = self.shards[hashed & self.mask]
        state = shard.get(key)
        if state is None:
            if not more:
                return None
            self.begin(shard, key, hashed, bucket, bucket | more - 1 << BUCKET_BITS)
            return 1, more >> NUMBER_BITS
        if state & BUCKET == bucket:
            if more:
                more <<= BUCKET_BITS
                shard[key] = state = state + (
                    more if state < _TOTAL_END else more | more << _SUM_BITS
                )
            total = (state >> BUCKET_BITS & self.lane) + 1
            return total & NUMBER, total >> NUMBER_BITS
        if self.held > self.quota:
            self.budget.grant(self)
            return self.step(group, bucket, matched, value)
        total = self.move(shard, key, state, bucket, more)
        return (total & NUMBER, total >> NUMBER_BITS) if total else None


def _sent(matched: int, value: Scalar | None) -> tuple[int, int]:
    if not isinstance(value, int) or not -_HIGHEST <= value >> _LOW < _HIGHEST:
        raise ValueError(f"{value!r:.60}: expected whole thousandths of less than 2^79")
    return value >> _LOW, value & ((1 << _LOW) - 1)


class ValueSum(CounterType):
    """The sum is compared with the limits."""

    table = SumTable
    server_function = "value_sum"

    def conversion(self) -> Callable[[Any], Scalar]:
        return thousandths

    def lua(self) -> str:
        return lua_file("sums.lua")

    def sender(self, series: Series) -> Sender:
        return _sent

    def received(self, first: Any, rest: Iterator[Any]) -> WindowFigure:
        high, low = next(rest), next(rest)
        return first, (high << _LOW) + low

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        limits = limits_of(rule, 1000)
        return lambda figure: all(compare(figure[1], limit) for compare, limit in limits)

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        return _decimal(figure[1])

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> float:
        return float(Fraction(figure[1], 1000))


class ValueAverage(ValueSum):
    """The mean is compared with the limits."""

    def firing(self, rule: Correlation, one_in: int) -> Callable[[Any], bool]:
        limits = limits_of(rule, 1000)
        return lambda figure: all(
            compare(figure[1], limit * figure[0]) for compare, limit in limits
        )

    def text(self, rule: Correlation, series: Series, figure: Any) -> str:
        return f"{self.plain_value(rule, series, figure):.6g} (mean of {figure[0]:,})"

    def plain_value(self, rule: Correlation, series: Series, figure: Any) -> float:
        number, total = figure
        return float(Fraction(total, 1000 * number))


def _decimal(amount: int) -> str:
    """Thousandths exactly, for no sum is too great for it: ``-1,234.5``."""
    whole, rest = divmod(abs(amount), 1000)
    text = f"{whole:,}.{rest:03}".rstrip("0").rstrip(".")
    return f"-{text}" if amount < 0 else text
