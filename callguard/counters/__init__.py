"""Where correlations count: in this process, or in a Redis that many processes share."""

from callguard.counters.breaker import Guarded
from callguard.counters.memory.store import MemoryCounters
from callguard.counters.opening import open_counters
from callguard.servers.circuit import Policy

__all__ = ["Guarded", "MemoryCounters", "Policy", "open_counters"]
