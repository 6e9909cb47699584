from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from callguard.counters import RedisCounters
from tests.counters.redis_stores import open_store
from tests.real_servers.redis import Server, server


@pytest.fixture(scope="module")
def one() -> Iterator[Server]:
    """A server of this module's own."""
    with server() as found:
        yield found


@pytest.fixture
def store(one: Server) -> Iterator[RedisCounters]:
    """Counters on it that nobody else knows."""
    found = open_store(one.url, prefix=uuid4().hex)
    yield found
    found.close()
