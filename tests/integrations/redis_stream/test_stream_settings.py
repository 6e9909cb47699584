"""Settings and servers with which no stream can be opened, and clusters."""

from __future__ import annotations

from typing import Any

import pytest

from callguard.errors import StreamError
from callguard.integrations.redis_stream import Settings, Stream
from callguard.integrations.redis_stream.link import WrongTypeError
from tests.integrations.redis_stream.streams import DEAD, INPUT, OUTPUT
from tests.real_servers.redis import Server, cluster


@pytest.mark.parametrize("key", [INPUT, OUTPUT, DEAD])
def test_a_name_of_something_else_is_refused(valkey: Server, client: Any, key: str) -> None:
    client.set(key, "text")
    with pytest.raises(StreamError) as caught:
        Stream.from_url(valkey.url, Settings()).open()
    assert (
        f"redis://127.0.0.1:{valkey.port}: '{key}' is a string, expected a stream; "
        "give another name, or remove what is there"
    ) == str(caught.value)
    assert isinstance(caught.value, WrongTypeError)


def test_a_server_without_the_password_says_what_to_check(valkey: Server) -> None:
    client = valkey.client()
    client.config_set("requirepass", "right")
    try:
        stream = Stream.from_url(f"redis://:wr0ng@127.0.0.1:{valkey.port}", Settings())
        with pytest.raises(StreamError) as caught:
            stream.open()
    finally:
        client.config_set("requirepass", "")
        client.close()
    assert "check user and password" in str(caught.value)
    assert "wr0ng" not in f"{caught.value!r} {caught.value} {stream}"


@pytest.mark.parametrize(
    "settings",
    [
        {"input": ""},
        {"group": ""},
        {"output": INPUT},
        {"dead": OUTPUT},
        {"batch": 0},
        {"batch": 10_001},
        {"claim_after_s": 0},
        {"claim_after_s": float("nan")},
        {"max_deliveries": 2},
        {"maxlen": 0},
        {"patience_s": -1},
    ],
)
def test_settings_that_cannot_be_used_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(StreamError, match=r"expected|one stream each"):
        Settings(**settings)


def test_two_names_are_never_the_same() -> None:
    names = {Stream.from_url("redis://localhost", Settings()).name for _ in range(100)}
    assert 100 == len(names)


def test_streams_on_different_nodes_of_a_cluster_are_refused_with_the_remedy() -> None:
    with pytest.raises(StreamError) as caught:
        Stream.from_url("redis+cluster://localhost", Settings())
    assert "give them one hash tag, such as {callguard}:records" in str(caught.value)


def test_a_node_of_a_cluster_is_found_and_the_streams_work() -> None:
    tagged = Settings(input="{x}:records", output="{x}:verdicts")
    with cluster() as nodes:
        # Whichever node is named, the one that has the slot is asked.
        for one in nodes.masters:
            stream = Stream.from_url(f"redis+cluster://127.0.0.1:{one.port}", tagged)
            stream.open()
            assert [] == stream.read()
            stream.leave()
        plain = [Stream.from_url(one.url, tagged) for one in nodes.masters]
        refused = [said for said in map(_refusal, plain) if said]
        assert 2 == len(refused)
        for stream in plain:
            stream.leave()
    assert all("begin its URL with redis+cluster:" in said for said in refused)


def _refusal(stream: Stream) -> str:
    try:
        stream.open()
    except StreamError as error:
        return str(error)
    return ""
