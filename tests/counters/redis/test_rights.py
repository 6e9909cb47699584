"""Who may count: users, the least rights, and a password that no text repeats."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.crc import key_slot

from callguard.errors import CounterError
from callguard.servers import PASSWORD, USERNAME
from tests.counters.redis_stores import (
    CLUSTER_RIGHTS,
    COUNT,
    RIGHTS,
    SECRET,
    STEP,
    Move,
    do_all,
    open_store,
)
from tests.real_servers.redis import Server, cluster, server
from tests.real_servers.tls import make_certificate, tunnel


@pytest.fixture
def locked() -> Iterator[Server]:
    """A server with a user who may do the least."""
    with server() as one:
        allow(one, *RIGHTS.split())
        yield one


def allow(one: Server, *rights: str) -> None:
    one.client().execute_command("ACL", "SETUSER", "counters", "on", f">{SECRET}", *rights)


def url_of(one: Server) -> str:
    return f"redis://counters:{SECRET}@127.0.0.1:{one.port}"


def test_a_user_with_the_least_rights_may_do_all(locked: Server) -> None:
    do_all(open_store(url_of(locked)))
    with pytest.raises(CounterError, match="what the user must be allowed"):
        open_store(f"{url_of(locked)}/2").step([STEP])
    allow(locked, "+select")
    assert [1] == open_store(f"{url_of(locked)}/2").step([STEP])


def test_the_rights_are_those_of_the_documentation() -> None:
    text = Path(__file__).parents[3].joinpath("docs", "redis.md").read_text("utf-8")
    words = " ".join(text.replace("\\\n", " ").split())
    assert RIGHTS in words
    assert CLUSTER_RIGHTS in words


@pytest.mark.parametrize("right", [word for word in RIGHTS.split() if word.startswith("+")])
def test_none_of_the_rights_is_too_many(locked: Server, right: str) -> None:
    allow(locked, f"-{right[1:]}")
    with pytest.raises(CounterError, match=r"docs/redis\.md says what the user must be allowed"):
        do_all(open_store(url_of(locked)))


def test_in_a_cluster_a_user_needs_two_rights_more() -> None:
    with cluster() as nodes:
        for one in nodes.masters:
            allow(one, *RIGHTS.split())
        store = open_store(nodes.url.replace("://", f"://counters:{SECRET}@"))
        with pytest.raises(CounterError, match="what the user must be allowed"):
            store.step([STEP])
        for one in nodes.masters:
            allow(one, *CLUSTER_RIGHTS.split())
        store = open_store(nodes.url.replace("://", f"://counters:{SECRET}@"))
        do_all(store)
        number = key_slot(b"g")
        source = number * 3 // 16_384
        move = Move(nodes, number, source, (source + 1) % 3)
        move.begin()
        assert [1] == store.step([(COUNT, "g", 1_000_000, 1, None)])
        move.end()


def test_user_and_password_may_come_from_the_environment(
    locked: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(USERNAME, "counters")
    monkeypatch.setenv(PASSWORD, SECRET)
    allow(locked)
    locked.client().execute_command("ACL", "SETUSER", "default", "-fcall")
    assert [1] == open_store(locked.url).step([STEP])


def test_the_password_is_in_no_text(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    with server() as one, tunnel(one.port, make_certificate(tmp_path)) as port:
        allow(one, *RIGHTS.split())
        places = [
            f"redis://counters:{SECRET}@127.0.0.1:{one.port}",
            f"redis://somebody:{SECRET}@127.0.0.1:{one.port}",
            f"redis://:{SECRET}@127.0.0.1:{one.port}",
            f"redis://:{SECRET}@127.0.0.1:1",
            f"redis://:{SECRET}@no-such-host.invalid",
            f"rediss://:{SECRET}@127.0.0.1:{port}",
            f"redis+cluster://:{SECRET}@127.0.0.1:{one.port}",
            f"unix://:{SECRET}@/no/such/socket",
        ]
        for url in places:
            store = open_store(url)
            texts += [repr(store), str(store.address), repr(store.address), repr(vars(store))]
            for _ in range(2):
                try:
                    store.step([STEP])
                    allow(one, "-get")
                    store.step([STEP])
                except CounterError as error:
                    texts += [str(error), repr(error), traceback.format_exc()]
    texts.append(caplog.text)
    assert len(texts) > 3 * len(places)
    assert [] == [text for text in texts if SECRET in text or SECRET[:7] in text]
