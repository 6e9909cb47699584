"""No server may hold a call, whatever it sends and however slowly.

What the fakes would send takes minutes: an answer that was heard to its end was waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from callguard.counters import BreakerCounters, RedisCounters, Series, open_counters
from callguard.errors import CallguardError, CounterError
from callguard.guard import Guard
from callguard.integrations.redis_stream.link import Link, StreamAwayError
from tests.failures.fake_servers import BEHAVIOURS, FakeServer, drip_tls, fake_server
from tests.failures.watched_stores import RULES

RECORDS = 600
COUNT = Series("counts", "event_count", 3600, 64, 1, 0)


def score_many(server: FakeServer, folder: Path, **options: object) -> None:
    """Score a day's worth of batches: every verdict comes, degraded, and nothing was heard out."""
    (folder / "rules.yaml").write_text(RULES, encoding="utf-8")
    counters = open_counters(server.url, **options)  # type: ignore[arg-type]
    guard = Guard.load(folder / "rules.yaml", state=counters)
    record = {
        "event": "setup",
        "at": time.time(),
        "called_party_number": "+8613800138000",
        "ingress": "international",
        "trunk_group": "one",
    }
    verdicts = list(guard.score_many([record] * RECORDS))
    assert [["counters"]] * RECORDS == [verdict.degraded for verdict in verdicts]
    assert 0 == server.finished
    assert isinstance(counters, BreakerCounters)
    assert counters.opened_total > 0


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_a_server_that_misbehaves_costs_a_batch_its_counters_and_no_more(
    name: str, tmp_path: Path
) -> None:
    with fake_server(BEHAVIOURS[name]) as server:
        score_many(server, tmp_path)


def test_a_handshake_that_drips_is_given_up(tmp_path: Path) -> None:
    with fake_server(drip_tls) as server:
        server.url = server.url.replace("redis:", "rediss:")
        score_many(server, tmp_path)


def test_a_login_that_drips_is_given_up(tmp_path: Path) -> None:
    with fake_server(BEHAVIOURS["drips"]) as server:
        server.url = server.url.replace("://", "://user:secret@") + "/3"
        score_many(server, tmp_path)


def outcome(ask: Callable[[], object]) -> CallguardError | None:
    """What a question raises. Nothing, if a single word that came at once was its answer."""
    try:
        ask()
    except CallguardError as error:
        return error
    return None


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_every_question_to_such_a_server_ends(name: str) -> None:
    with fake_server(BEHAVIOURS[name]) as server:
        counters = RedisCounters.from_url(server.url)
        step = (COUNT, "a", 5, 1, 1)
        for ask in (
            lambda: counters.step([step]),
            lambda: counters.preview([step]),
            lambda: counters.reset("counts"),
            lambda: counters.forget_ids([[step]], ["one"]),
        ):
            assert isinstance(outcome(ask), (CounterError, type(None)))
        assert 0 == server.finished


@pytest.mark.parametrize("name", ["drips", "endless bulk", "garbage"])
def test_a_stream_of_such_a_server_is_worth_waiting_for(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callguard.integrations.redis_stream.link.TIMEOUT_S", 0.05)
    with fake_server(BEHAVIOURS[name]) as server:
        link = Link.from_url(server.url, ["records"])
        with pytest.raises(StreamAwayError):
            link.ask(("XLEN", "records"))
        assert 0 == server.finished
