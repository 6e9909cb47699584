"""Counters in the memory of this process."""
