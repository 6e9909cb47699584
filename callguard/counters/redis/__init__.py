"""Counters on a Redis or Valkey server or cluster. Needs the ``redis`` package."""

from callguard.counters.redis.store import RedisCounters

__all__ = ["RedisCounters"]
