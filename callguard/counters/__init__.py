"""Where correlations count: in this process, or on a server that many processes share.

Others use this face and no module behind it. What needs the ``redis`` package is imported when it
is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callguard.counters.breaker import BreakerCounters
from callguard.counters.correlations import (
    conversion,
    counted,
    figure_text,
    figure_value,
    firing,
    has_plain_figure,
    sampler,
    series_of,
    wanted,
)
from callguard.counters.memory import MemoryCounters, Stats
from callguard.counters.opening import open_counters
from callguard.counters.protocol import (
    PARTS,
    CounterStore,
    CounterUpdate,
    Group,
    Scalar,
    Series,
    WindowFigure,
    bucket_of,
)
from callguard.servers import Policy

if TYPE_CHECKING:
    from callguard.counters.redis import RedisCounters
else:

    def __getattr__(name: str) -> Any:
        if name == "RedisCounters":
            from callguard.counters.redis import RedisCounters

            return RedisCounters
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "PARTS",
    "BreakerCounters",
    "CounterStore",
    "CounterUpdate",
    "Group",
    "MemoryCounters",
    "Policy",
    "RedisCounters",
    "Scalar",
    "Series",
    "Stats",
    "WindowFigure",
    "bucket_of",
    "conversion",
    "counted",
    "figure_text",
    "figure_value",
    "firing",
    "has_plain_figure",
    "open_counters",
    "sampler",
    "series_of",
    "wanted",
]
