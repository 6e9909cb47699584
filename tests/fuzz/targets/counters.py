"""Saved counters: files of any bytes, and any bytes behind the right first line and checksum."""

from __future__ import annotations

import hashlib

from callguard.counters.memory import MemoryCounters
from callguard.counters.memory.saved import MAGIC
from callguard.errors import CounterError
from tests.fuzz.contract import expect, scratch_file

_FILE = scratch_file("counters")


def run(data: bytes) -> int:
    """How many groups; what does not begin as such a file is put into one with its checksum."""
    _FILE.write_bytes(data if data.startswith(MAGIC[:9]) else _summed(data))
    try:
        counters = MemoryCounters.load(_FILE, max_groups=1000)
    except CounterError as error:
        expect(bool(str(error)), "an error without a reason")
        return 0
    groups = counters.stats().groups
    # Saving waits for the disk, so few lengths are saved again.
    if groups and len(data) % 16 == 0:
        counters.save(_FILE)
        again = MemoryCounters.load(_FILE, max_groups=1000)
        expect(groups == again.stats().groups, "other groups after they were saved and loaded")
    return groups


def _summed(body: bytes) -> bytes:
    content = MAGIC + body
    return content + hashlib.blake2b(content, digest_size=32).digest()
