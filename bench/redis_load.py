"""Counting on a server: what to count, in this process or in others that do it at once.

``python -m bench.redis_load WAY URL SEED RECORDS`` says when it is ready, counts when a line comes
in, and prints how many seconds that took.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from subprocess import PIPE, Popen
from time import perf_counter
from typing import Any, Final, Literal

from bench.recordgen import RecordMaker
from callguard import Guard, rulepack
from callguard.counters import PARTS, CounterUpdate, RedisCounters, Series

# One call a record, records in batches, or whole verdicts of either kind.
Way = Literal["step", "step_many", "score", "score_many"]

_WAYS: Final[tuple[Way, ...]] = ("step", "step_many", "score", "score_many")
PATIENCE_S: Final = 60.0
_BUCKET: Final = 31_111_111


def series(kind: str, timespan: int = 3600, keep: int = 0) -> Series:
    """A series with a key of its own."""
    return Series(f"{kind} {timespan} {keep}", kind, timespan, PARTS, 1, keep)


# Many called numbers of a caller; calls of a caller; time on a trunk group.
CALLED: Final = series("value_count", keep=64)
CALLS: Final = series("event_count")
TIME: Final = series("value_sum", 300)


class Counting:
    """Makes records of one to three steps, two on the average: callers come again, trunks often."""

    def __init__(self, seed: int | str) -> None:
        self._draw = Random(f"counting {seed}")
        self._made = 0

    def make(self, number: int) -> list[list[CounterUpdate]]:
        return [self._record() for _ in range(number)]

    def _record(self) -> list[CounterUpdate]:
        draw = self._draw
        self._made += 1
        bucket = _BUCKET + self._made // 2_000
        caller = f"+8613{draw.randrange(20_000):09}"
        steps: list[CounterUpdate] = [
            (CALLED, caller, bucket, 1, f"+8613{draw.randrange(10**9):09}")
        ]
        if draw.random() < 0.6:
            steps.append((CALLS, caller, bucket, 1, None))
        if draw.random() < 0.4:
            trunk = f"trunk-{draw.randrange(50)}"
            steps.append((TIME, trunk, bucket, 1, draw.randrange(600_000)))
        return steps


def open_store(url: str) -> RedisCounters:
    """A store that waits as long as a machine in use may need."""
    return RedisCounters.from_url(url, timeout_s=PATIENCE_S, connect_timeout_s=PATIENCE_S)


def run(way: Way, target: Any, records: Sequence[Any]) -> int:
    """Count or score the records; how many came to nothing."""
    if way == "step":
        return sum(target.step(record) is None for record in records)
    if way == "step_many":
        size = target.batch
        batches = (records[start : start + size] for start in range(0, len(records), size))
        return sum(found is None for batch in batches for found in target.step_many(batch))
    if way == "score":
        return sum(bool(target.score(record).degraded) for record in records)
    return sum(bool(verdict.degraded) for verdict in target.score_many(records))


def prepare(way: Way, url: str, seed: int | str, number: int) -> tuple[Any, Sequence[Any]]:
    """What counts, and what it is to count."""
    store = open_store(url)
    if way in ("step", "step_many"):
        return store, Counting(seed).make(number)
    return Guard.load(rulepack.path(), state=store), RecordMaker(seed).make(number)


@contextmanager
def processes(number: int, way: Way, url: str, records: int) -> Iterator[list[Popen[str]]]:
    """So many processes that are ready to count ``records`` each."""
    command = [sys.executable, "-m", "bench.redis_load", way, url]
    started = [
        Popen([*command, str(seed), str(records)], stdin=PIPE, stdout=PIPE, text=True)
        for seed in range(number)
    ]
    try:
        for one in started:
            assert one.stdout
            assert "ready\n" == one.stdout.readline()
        yield started
    finally:
        for one in started:
            one.kill()
            one.communicate()


def at_once(number: int, way: Way, url: str, records: int) -> float:
    """Records a second of so many processes together."""
    with processes(number, way, url, records) as started:
        for one in started:
            assert one.stdin
            one.stdin.write("\n")
            one.stdin.flush()
        seconds = [float(one.stdout.readline()) for one in started if one.stdout]
    return number * records / max(seconds)


def main() -> None:
    """One of :func:`processes`."""
    named, url, seed, number = sys.argv[1:]
    (way,) = (one for one in _WAYS if one == named)
    target, records = prepare(way, url, seed, int(number))
    assert 0 == run(way, target, records[:1])
    print("ready", flush=True)
    sys.stdin.readline()
    start = perf_counter()
    failed = run(way, target, records)
    print(perf_counter() - start, flush=True)
    assert failed == 0


if __name__ == "__main__":
    main()
