"""Counters in the memory of this process, and in files that keep them over a restart."""

from callguard.counters.memory.store import MemoryCounters, Stats

__all__ = ["MemoryCounters", "Stats"]
