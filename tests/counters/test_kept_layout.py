"""What is kept in files and on servers has the layout of version 0.1.0, byte for byte.

``kept_layout.json`` was written by that version's code from the same events. So each version opens
what the other saved, and both may count on one server.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from callguard.counters import CounterUpdate, MemoryCounters, Series
from tests.counters.redis_stores import open_store
from tests.real_servers.redis import server

KEPT = json.loads(Path(__file__).with_name("kept_layout.json").read_text("utf-8"))
SERIES = (
    Series("0" * 32, "event_count", 3600, 64, 2, 0),
    Series("1" * 32, "value_count", 60, 64, 1, 16),
    Series("2" * 32, "value_count", 60, 64, 1, 128),
    Series("3" * 32, "value_count", 86400, 64, 1, 16384, 8),
    Series("4" * 32, "value_sum", 60, 64, 1, 0),
    Series("5" * 32, "value_avg", 3600, 64, 1, 0),
    Series("6" * 32, "temporal", 60, 64, 3, 0),
    Series("7" * 32, "temporal_ordered", 3600, 1024, 3, 0),
)
GROUPS = ("+8613812345678", ("+8613812345678", "HK-1"), "号码", 5, (), "x" * 41)
VALUES = ("+8613912345678", "HK-1", "号码", "x" * 17, 7.25, True)


def events() -> Iterator[list[CounterUpdate]]:
    """In order and out of order, some only judged, with gaps longer than the window."""
    bucket = 1_000_000
    for number in range(420):
        bucket += (0, 1, 0, 2, -1, 5, 0, -3, 40, 1)[number % 10] + (number % 97 == 96) * 1100
        for position, one in enumerate(SERIES):
            group = GROUPS[(number // 3 + position) % len(GROUPS)]
            matched = (number * 7 + position) % (1 << one.rules) if number % 5 else 0
            value: Any = None
            if one.kind == "value_count":
                value = VALUES[number % 6] if number % 4 else f"v{number % 150}"
            elif one.kind.startswith("value_"):
                value = number * 1_234_567 + position
            yield [(one, group, bucket, matched, value)]


def test_files_are_those_of_yesterday(tmp_path: Path) -> None:
    path = tmp_path / "counters"
    store = MemoryCounters()
    assert KEPT["figures"] == json.loads(json.dumps([store.step(step) for step in events()]))
    store.save(path)
    assert KEPT["file"] == path.read_bytes().hex()
    MemoryCounters.load(path).save(path)
    assert KEPT["file"] == path.read_bytes().hex()


def kept_on(client: Any) -> dict[str, Any]:
    """Every key with its type, what it holds and how long it lives."""
    kept = {}
    for key in sorted(client.keys("*")):
        if client.type(key) == b"string":
            content: Any = client.get(key).hex()
        else:
            content = [
                [member.hex(), int(score)]
                for member, score in client.zrange(key, 0, -1, withscores=True)
            ]
        kept[key.decode()] = [client.type(key).decode(), content, -(-client.ttl(key) // 100)]
    return kept


def test_server_state_is_that_of_yesterday() -> None:
    with server() as one:
        store = open_store(one.url)
        figures = [store.step(step) for step in events()]
        assert KEPT["figures"] == json.loads(json.dumps(figures))
        assert KEPT["server"] == kept_on(one.client(decode_responses=False))
