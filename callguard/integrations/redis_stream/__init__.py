"""Scoring the records of a Redis stream; any number of workers share one."""

from callguard.integrations.redis_stream.settings import Settings
from callguard.integrations.redis_stream.stream import Backlog, Stream
from callguard.integrations.redis_stream.worker import Tally, Worker
from callguard.observe.control import Control

__all__ = ["Backlog", "Control", "Settings", "Stream", "Tally", "Worker"]
