"""Where correlations count: in this process, or in a Redis that many processes share."""

from callguard.engine.counters.breaker import Guarded
from callguard.engine.counters.circuit import Policy
from callguard.engine.counters.memory import MemoryCounters
from callguard.engine.counters.opening import open_counters

__all__ = ["Guarded", "MemoryCounters", "Policy", "open_counters"]
