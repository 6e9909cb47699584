"""The counters that an operator names, and what is said of names that lead nowhere."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callguard.counters import BreakerCounters, CounterUpdate, MemoryCounters, Series, open_counters
from callguard.errors import CounterError
from callguard.extras import pip_install

SERIES = Series("many", "event_count", 3600, 64, 1, 0)
STEPS: list[CounterUpdate] = [(SERIES, "+861380013", 5, 1, None)]
EXPECTED = (
    "expected the path of a file, or a URL that begins with "
    "redis, rediss, unix, redis+cluster or rediss+cluster"
)


def test_a_path_that_is_new_gives_new_counters_in_memory(tmp_path: Path) -> None:
    counters = open_counters(tmp_path / "counts", max_groups=5)
    assert isinstance(counters, MemoryCounters)
    assert [1] == counters.step(STEPS)


def test_a_file_gives_what_was_saved_there(tmp_path: Path) -> None:
    saved = MemoryCounters()
    saved.step(STEPS)
    saved.save(tmp_path / "counts")
    assert [2] == open_counters(str(tmp_path / "counts")).step(STEPS)


def test_a_file_that_holds_no_counters_is_refused(tmp_path: Path) -> None:
    (tmp_path / "counts").write_text("hello")
    with pytest.raises(CounterError, match="counts"):
        open_counters(tmp_path / "counts")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CounterError) as refusal:
        open_counters(tmp_path)
    assert f"counters at {str(tmp_path)!r}: not a file; {EXPECTED}" == str(refusal.value)


def test_a_path_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CounterError, match=r"there is no folder '.*/gone'; make it, or give the"):
        open_counters(tmp_path / "gone" / "counts")


@pytest.mark.parametrize(
    ("url", "shown", "ending"),
    [
        ("reddis://me:secret@host:1", "reddis", "; did you mean redis://?"),
        ("redis+claster://:secret@host", "redis+claster", "; did you mean redis+cluster://?"),
        ("https://host/secret", "https", ""),
        ("://secret", "", ""),
    ],
)
def test_another_kind_of_url_is_refused_without_saying_its_password(
    url: str, shown: str, ending: str
) -> None:
    with pytest.raises(CounterError) as refusal:
        open_counters(url)
    assert f"counters at {shown}://: {EXPECTED}{ending}" == str(refusal.value)


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(CounterError, match="not a file"):
        open_counters("")


@pytest.mark.parametrize("url", ["redis://me:secret@127.0.0.1:1/0", "redis+cluster://127.0.0.1:1"])
def test_a_server_that_is_down_does_not_stop_the_start(url: str) -> None:
    heard: list[tuple[str, ...]] = []
    counters = open_counters(url, on_change=lambda *change: heard.append(change))
    assert isinstance(counters, BreakerCounters)
    assert "closed" == counters.state
    with pytest.raises(CounterError):
        counters.step(STEPS)
    assert ("open", 1) == (counters.state, counters.opened_total)
    assert (url.replace("me:secret@", "").removesuffix("/0"), "open") == heard[-1][:2]
    assert "secret" not in f"{heard} {counters!r} {counters.last_error} {counters.circuits}"


def test_a_socket_is_called_by_its_path(tmp_path: Path) -> None:
    counters = open_counters(f"unix://me:secret@{tmp_path}/redis.sock")
    assert f"<BreakerCounters unix://{tmp_path}/redis.sock: closed>" == repr(counters)


def test_without_the_redis_package_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def without(name: str, *given: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "redis":
            raise ModuleNotFoundError("No module named 'redis'", name="redis")
        return real(name, *given, **more)

    loaded: Mapping[str, object] = dict(sys.modules)
    for name in loaded:
        if name.startswith(("callguard.counters.redis", "callguard.servers.")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CounterError, match=re.escape(f"package redis: {pip_install('redis')}")):
        open_counters("redis://127.0.0.1:1")
