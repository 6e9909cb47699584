from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from callguard.errors import StreamError
from callguard.integrations.redis_stream import Backlog, Settings, Stream
from callguard.integrations.redis_stream.entries import Entry
from callguard.integrations.redis_stream.link import NoGroupError, StreamAwayError
from callguard.integrations.redis_stream.stream import Answer
from tests.integrations.redis_stream.streams import DEAD, INPUT, OUTPUT
from tests.real_servers.redis import Server, wait_for

Opener = Callable[..., Stream]


@pytest.fixture
def opened(valkey: Server) -> Iterator[Opener]:
    """Opens the streams for one more worker."""
    made: list[Stream] = []

    def worker(**settings: Any) -> Stream:
        one = Stream.from_url(valkey.url, Settings(**settings))
        one.open()
        made.append(one)
        return one

    yield worker
    for one in made:
        one.leave()


def _add(client: Any, *values: str) -> list[str]:
    return [client.xadd(INPUT, {"record": value}).decode() for value in values]


def _answers(entries: list[Entry]) -> list[Answer]:
    return [Answer(entry, {"verdict": b"v", "record_id": entry.id}) for entry in entries]


def _ids(entries: list[Entry]) -> list[str]:
    return [entry.id for entry in entries]


def _claimed(stream: Stream) -> list[Entry]:
    """What it takes over, once it has lain long enough."""
    found: list[Entry] = []

    def claim() -> bool:
        found.extend(stream.claim())
        return bool(found)

    wait_for(claim, "an entry to claim")
    return found


def _pending(client: Any) -> dict[str, tuple[str, int]]:
    """Entry -> (its worker, times given out)."""
    return {
        found["message_id"].decode(): (found["consumer"].decode(), found["times_delivered"])
        for found in client.xpending_range(INPUT, "callguard", "-", "+", 100)
    }


def test_the_group_is_made_once_and_reads_from_the_beginning(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b")
    stream = opened()
    assert not stream.open()
    entries = stream.read()
    assert [Entry(names[0], [b"record", b"a"]), Entry(names[1], [b"record", b"b"])] == entries
    assert [] == stream.read()


def test_reading_waits_for_the_first_entry(opened: Opener, client: Any) -> None:
    stream = opened()
    assert [] == stream.read(0.01)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(stream.read, 4.0)
        wait_for(lambda: client.info("clients")["blocked_clients"], "a reader that waits")
        _add(client, "a")
        assert [b"a"] == [entry.data for entry in waiting.result()]


def test_no_more_than_a_batch_is_read(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b", "c")
    stream = opened(batch=2)
    assert [names[:2], names[2:]] == [_ids(stream.read()), _ids(stream.read())]


def test_answers_are_written_and_their_entries_acknowledged(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b")
    stream = opened()
    assert stream.finish(_answers(stream.read()))
    written = [fields for _, fields in client.xrange(OUTPUT)]
    assert [{b"verdict": b"v", b"record_id": name.encode()} for name in names] == written
    assert {} == _pending(client)
    assert 2 == client.xlen(INPUT)


def test_a_dead_letter_goes_to_both_streams(opened: Opener, client: Any) -> None:
    _add(client, "a")
    stream = opened()
    [entry] = stream.read()
    stream.finish([Answer(entry, {"error": "why"}, {"record": b"a", "reason": "why"})])
    assert [{b"error": b"why"}] == [fields for _, fields in client.xrange(OUTPUT)]
    dead = [fields for _, fields in client.xrange(DEAD)]
    assert [{b"record": b"a", b"reason": b"why"}] == dead
    assert {} == _pending(client)


def test_the_output_is_kept_at_about_its_length(opened: Opener, client: Any) -> None:
    stream = opened(maxlen=100)
    # Whole nodes of a stream are dropped, of a hundred entries each.
    _add(client, *map(str, range(1_000)))
    while entries := stream.read():
        stream.finish(_answers(entries))
    assert 100 <= client.xlen(OUTPUT) <= 250


def test_entries_are_deleted_on_demand(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b", "c")
    stream = opened(batch=2, delete=True)
    assert stream.finish(_answers(stream.read()))
    assert [names[2]] == [name.decode() for name, _ in client.xrange(INPUT)]
    assert Backlog(lag=1, pending=0) == stream.backlog()


def test_an_entry_is_left_alone_while_its_worker_may_live(opened: Opener, client: Any) -> None:
    _add(client, "a")
    opened().read()
    assert [] == opened(claim_after_s=3600).claim()


def test_an_entry_that_lies_too_long_is_taken_over(opened: Opener, client: Any) -> None:
    [name] = _add(client, "a")
    first, second = opened(), opened(claim_after_s=0.001)
    first.read()
    taken = _claimed(second)
    assert [Entry(name, [b"record", b"a"], deliveries=2)] == taken
    assert {name: (second.name, 2)} == _pending(client)


def test_entries_taken_over_before_come_one_by_one(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b", "c")
    stream = opened(name="same")
    stream.read()
    rounds = [_ids(stream.claim(own=True)) for _ in range(1)]
    fresh = _add(client, "d")
    stream.read()
    # What was given out once goes first, and together.
    rounds += [_ids(stream.claim(own=True)) for _ in range(3)]
    assert [names, fresh, names[:1], names[:1]] == rounds
    stream.finish(_answers([Entry(names[0], [], 4)]))
    assert names[1:2] == _ids(stream.claim(own=True))


def test_only_own_entries_are_taken_back_at_once(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b")
    first, second = opened(batch=1, name="first"), opened(batch=1, name="second")
    first.read()
    second.read()
    assert names[:1] == _ids(opened(name="first").claim(own=True))


def test_a_deleted_entry_is_known_to_be_gone(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b")
    stream = opened()
    stream.read()
    client.xdel(INPUT, names[0])
    expected = [Entry(names[0], None, 2), Entry(names[1], [b"record", b"b"], 2)]
    taken = stream.claim(own=True)
    assert expected == taken
    stream.finish(_answers(taken))
    assert 2 == client.xlen(OUTPUT)
    assert {} == _pending(client)


def test_what_others_took_or_finished_is_not_ours(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b", "c")
    stream, other = opened(), opened()
    entries = stream.read()
    client.xclaim(INPUT, "callguard", other.name, 0, [names[0]])
    client.xack(INPUT, "callguard", names[1])
    gone = Entry("1-1", None)
    assert [gone, *entries[2:]] == stream.still_ours([gone, *entries])


def test_a_worker_that_had_its_entries_alone_is_told_so(opened: Opener, client: Any) -> None:
    _add(client, "a", "b")
    stream = opened()
    assert stream.finish(_answers(stream.read()))


@pytest.mark.parametrize("acknowledged", [False, True])
def test_a_worker_whose_entry_another_was_given_is_told_so(
    opened: Opener, client: Any, acknowledged: bool
) -> None:
    _add(client, "a", "b")
    slow, other = opened(), opened(claim_after_s=0.001, batch=1)
    entries = slow.read()
    taken = _claimed(other)
    if acknowledged:
        assert not other.finish(_answers(taken))
    # Its verdicts are written all the same: repeated ones are known by their record_id.
    assert not slow.finish(_answers(entries))
    assert 2 + acknowledged == client.xlen(OUTPUT)
    assert {} == _pending(client)


def test_the_backlog_is_what_nobody_has_and_what_lies_with_workers(
    opened: Opener, client: Any
) -> None:
    stream = opened(batch=2)
    assert Backlog(lag=0, pending=0) == stream.backlog()
    _add(client, "a", "b", "c")
    stream.read()
    assert Backlog(lag=1, pending=2) == stream.backlog()


def test_a_lag_that_the_server_cannot_tell_is_unknown(opened: Opener, client: Any) -> None:
    names = _add(client, "a", "b", "c")
    stream = opened(batch=1)
    stream.read()
    client.xdel(INPUT, names[1])
    assert Backlog(lag=None, pending=1) == stream.backlog()


def test_a_worker_with_a_name_of_its_own_leaves_the_group(opened: Opener, client: Any) -> None:
    _add(client, "a")
    busy, idle, named = opened(), opened(), opened(name="kept")
    busy.read()
    for stream in (idle, named):
        assert [] == stream.read()
    for stream in (busy, idle, named):
        stream.leave()
    left = {found["name"].decode() for found in client.xinfo_consumers(INPUT, "callguard")}
    # What lies with a consumer would go with it.
    assert {busy.name, "kept"} == left


def test_a_group_that_is_gone_is_an_error_of_its_own(opened: Opener, client: Any) -> None:
    stream = opened()
    client.delete(INPUT)
    for ask in (stream.read, stream.claim):
        with pytest.raises(NoGroupError):
            ask()
    assert stream.open()
    _add(client, "a")
    assert [b"a"] == [entry.data for entry in stream.read()]


def test_an_output_that_becomes_something_else_ends_the_worker(opened: Opener, client: Any) -> None:
    [name] = _add(client, "a")
    stream = opened()
    entries = stream.read()
    client.set(OUTPUT, "text")
    with pytest.raises(StreamError, match=f"entries {name} to {name} may be missing") as caught:
        stream.finish(_answers(entries))
    assert not isinstance(caught.value, StreamAwayError)


def test_a_full_server_writes_nothing_at_all(opened: Opener, client: Any) -> None:
    _add(client, "a")
    stream = opened()
    entries = stream.read()
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(StreamAwayError, match="memory"):
            stream.finish(_answers(entries))
    finally:
        client.config_set("maxmemory", "0")
    assert (0, 1) == (client.xlen(OUTPUT), len(_pending(client)))
    assert stream.finish(_answers(entries))


def test_a_server_that_is_away_may_come_back(opened: Opener, valkey: Server, client: Any) -> None:
    _add(client, "a")
    stream = opened()
    entries = stream.read()
    valkey.kill()
    try:
        with pytest.raises(StreamAwayError, match="ConnectionError"):
            stream.finish(_answers(entries))
    finally:
        valkey.start()
    assert entries == stream.still_ours(entries)
    assert stream.finish(_answers(entries))
