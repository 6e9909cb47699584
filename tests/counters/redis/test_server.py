"""What a server may be or forget: every fault is a CounterError that says how to fix it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest

from callguard.counters.redis.script import script
from callguard.errors import CounterError, NodeError
from callguard.servers import PASSWORD, USERNAME
from tests.counters.redis_stores import COUNT, SECRET, STEP, open_store
from tests.real_servers.redis import PATIENCE_S, Server, server

FUNCTION = script().function


def test_a_restart_without_files_begins_anew() -> None:
    with server() as one:
        store = open_store(one.url)
        assert [1] == store.step([STEP])
        one.restart()
        # The script is gone too. Idle connections that were cut are noticed before they are used.
        assert [1] == store.step([STEP])
        assert [[2], [3]] == store.step_many([[STEP], [STEP]])


def test_a_restart_with_files_goes_on() -> None:
    with server("--appendonly", "yes", "--appendfsync", "always") as one:
        store = open_store(one.url)
        assert [1] == store.step([STEP])
        one.restart()
        assert [2] == store.step([STEP])


@pytest.mark.parametrize("what", ["FUNCTION FLUSH", "FLUSHALL", "SCRIPT FLUSH", "FUNCTION DELETE"])
def test_what_operators_flush_in_the_middle_costs_no_call(what: str) -> None:
    with server() as one:
        store = open_store(one.url)
        store.step_many([[STEP]] * 5)
        command = f"FUNCTION DELETE {FUNCTION}" if what == "FUNCTION DELETE" else what
        one.client().execute_command(*command.split())
        first = 1 if what == "FLUSHALL" else 6
        assert [[first + number] for number in range(300)] == store.step_many([[STEP]] * 300)


def test_the_script_carries_its_digest_so_that_releases_can_share_a_server() -> None:
    assert re.fullmatch("callguard_[0-9a-f]{12}", FUNCTION)
    with server() as one:
        control = one.client()
        control.function_load("#!lua name=old\nredis.register_function('old', function() end)")
        open_store(one.url).step([STEP])
        assert {"old", FUNCTION} == {
            dict(zip(library[::2], library[1::2], strict=True))["library_name"]
            for library in control.function_list()
        }


def wrong_password(one: Server) -> str:
    one.client().config_set("requirepass", "another")
    return one.url


def forbidden(one: Server) -> str:
    one.client().execute_command("ACL", "SETUSER", "default", "-fcall")
    return one.url


def replica(one: Server) -> str:
    one.client().execute_command("REPLICAOF", "127.0.0.1", 1)
    return one.url


def full(one: Server) -> str:
    open_store(one.url).step([STEP])
    one.client().config_set("maxmemory", 1)
    return one.url


FAULTS: dict[str, tuple[Callable[[Server], str], str]] = {
    "wrong password": (wrong_password, f"in the environment as {USERNAME} and {PASSWORD}"),
    "forbidden": (forbidden, r"no permissions .*docs/redis\.md"),
    "replica": (replica, "read.?only|READONLY"),
    "full": (full, "maxmemory"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_of_the_server_says_which_and_what_to_do(name: str) -> None:
    strike, expected = FAULTS[name]
    with server() as one:
        address = strike(one).removeprefix("redis://")
        store = open_store(f"redis://:{SECRET}@{address}" if "password" in name else one.url)
        for ask in (
            lambda: store.step([STEP]),
            lambda: store.step_many([[STEP], [STEP]]),
            lambda: store.step_many([[STEP]] * 200, [str(number) for number in range(200)]),
        ):
            with pytest.raises(CounterError, match=expected) as caught:
                ask()
            assert not isinstance(caught.value, NodeError)
            assert str(caught.value).startswith(f"127.0.0.1:{one.port}: ")


def test_a_server_without_functions_is_named_as_too_old() -> None:
    with server("--rename-command", "FCALL", "") as one:
        with pytest.raises(CounterError, match="expected Redis 7 or later, or Valkey") as caught:
            open_store(one.url).step([(COUNT, "+8613812345678", 1, 1, None)])
        assert "138" not in str(caught.value)


def test_a_server_that_hangs_costs_the_time_that_was_set() -> None:
    with server() as one:
        store = open_store(one.url, timeout_s=0.05)
        store.step([STEP])
        one.pause()
        start = monotonic()
        with pytest.raises(CounterError, match=r"^127\.0\.0\.1:\d+: TimeoutError"):
            store.step([STEP])
        assert monotonic() - start < PATIENCE_S / 2
        one.resume()
        # The answer that came too late was not kept for the next one.
        assert [3] == open_store(one.url).step([STEP])
        assert [4] == open_store(one.url).step([STEP])


def test_an_answer_of_another_script_is_refused() -> None:
    with server() as one:
        text = (
            f"#!lua name={FUNCTION}\nredis.register_function('{FUNCTION}', function(_, argv) "
            "return redis.call('GET', 'answer') end)"
        )
        one.client().function_load(text)
        store = open_store(one.url)
        for answer in (
            b"",
            b"\x90",
            b"\x92\x01\x01",
            b"\x91\xc0",
            b"\x91\xcb\x3f\xf8" + b"\0" * 6,
            b"x",
        ):
            one.client().set("answer", answer)
            with pytest.raises(CounterError, match="this script's"):
                store.step([STEP])
        one.client().delete("answer")
        with pytest.raises(CounterError, match="this script's"):
            store.step([STEP])


def test_a_unix_socket_is_as_good_as_a_port(tmp_path: Path) -> None:
    path = tmp_path / "a b.sock"
    with server("--unixsocket", str(path)):
        store = open_store(f"unix://{path}")
        assert [1] == store.step([STEP])
        assert f"<RedisCounters unix://{path}>" == repr(store)
    with pytest.raises(CounterError, match=f"unix://{path}"):
        store.step([STEP])


def test_a_database_is_counted_apart() -> None:
    with server() as one:
        assert [1] == open_store(f"{one.url}/0").step([STEP])
        assert [1] == open_store(f"{one.url}/3").step([STEP])
        assert [2] == open_store(one.url).step([STEP])
