from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.redis_stream.streams import write_rules
from tests.real_servers.redis import Server, server


@pytest.fixture(scope="session")
def shared_server() -> Iterator[Server]:
    with server("--appendonly", "yes", "--appendfsync", "no") as one:
        yield one


@pytest.fixture
def valkey(shared_server: Server) -> Server:
    """A server without a key."""
    shared_server.client().flushall()
    return shared_server


@pytest.fixture
def client(valkey: Server) -> Iterator[Any]:
    """Talks to that server in bytes."""
    with valkey.client(decode_responses=False) as found:
        yield found


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return write_rules(tmp_path)
