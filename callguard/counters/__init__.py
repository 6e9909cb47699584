"""Where correlations count: in this process, or in a Redis that many processes share."""

from callguard.counters.breaker import BreakerCounters
from callguard.counters.memory.store import MemoryCounters
from callguard.counters.opening import open_counters
from callguard.servers import Policy

__all__ = ["BreakerCounters", "MemoryCounters", "Policy", "open_counters"]
