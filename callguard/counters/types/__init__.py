"""How each type of correlation is counted: a module for each, and one table of all of them."""

from __future__ import annotations

from typing import Final

from callguard.counters.types.counter_type import CounterType, Sender, limits_of
from callguard.counters.types.event_count import EventCount
from callguard.counters.types.sums import ValueAverage, ValueSum
from callguard.counters.types.temporal import Temporal, TemporalOrdered
from callguard.counters.types.value_count import ValueCount

__all__ = ["COUNTER_TYPES", "CounterType", "Sender", "limits_of"]

# By the names that callguard.rules.correlation_types gives them.
COUNTER_TYPES: Final[dict[str, CounterType]] = {
    "event_count": EventCount(),
    "value_count": ValueCount(),
    "value_sum": ValueSum(),
    "value_avg": ValueAverage(),
    "temporal": Temporal(),
    "temporal_ordered": TemporalOrdered(),
}
