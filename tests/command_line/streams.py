"""Records put on the streams of a server, verdicts and log events read back."""

from __future__ import annotations

import json
from typing import Any

import msgpack

from tests.real_servers.redis import Server


def feed(to: Server, *records: object) -> None:
    with to.client() as client:
        for record in records:
            client.xadd("callguard:records", {"record": msgpack.packb(record)})


def verdicts(of: Server) -> list[dict[str, Any]]:
    with of.client(decode_responses=False) as client:
        entries = client.xrange("callguard:verdicts")
    return [msgpack.unpackb(fields[b"verdict"]) for _, fields in entries if b"verdict" in fields]


def events_of(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
