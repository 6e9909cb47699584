"""How much memory counters take, and whether it stays flat while callers pass through.

    python -m bench.counter_memory     # 1 and 5 million callers, 20 million passing
    python -m bench.counter_memory --callers 10000000 --passing 100000000

Every measurement runs in a process of its own. ``live``: so many callers with one event each, all
kept. ``passing``: a store with room for ``--room`` groups is filled, then so many callers that are
new come once each, while heavy callers go on calling. Resident memory is read when the store has
been full for long enough to have replaced everybody once, and nine times after; the heavy callers'
figures are compared with their true numbers.
"""

from __future__ import annotations

import argparse
import multiprocessing
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from callguard.counters import PARTS, MemoryCounters, Series, bucket_of

_START = 1_795_395_600.0
_SPAN = 86_400
_RATE = 5_000.0  # calls a second of event time
_HEAVY = 1_000
_HEAVY_SHARE = 0.02
_KNOWN = 10
_READINGS = 10


def _series(kind: str) -> Series:
    return Series(kind * 2, kind, _SPAN, PARTS, 1, 64 if kind == "value_count" else 0)


def resident() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def callers(number: int, seed: int) -> Iterator[str]:
    """So many different mobile numbers in no order."""
    # Steps that share no factor with the range visit every place once.
    step = 7_368_787 + 2 * seed
    for place in range(number):
        yield f"+861{(place * step + seed) % 9_999_999_967:010}"


def live(kind: str, number: int) -> dict[str, Any]:
    """Resident bytes a caller, and whether all are still known."""
    store, series = MemoryCounters(max_groups=number * 2), _series(kind)
    before = resident()
    started = perf_counter()
    for place, caller in enumerate(callers(number, 1)):
        bucket = bucket_of(_START + place / _RATE, _SPAN, PARTS)
        store.step([(series, caller, bucket, 1, "+8613912345678")])
    seconds = perf_counter() - started
    taken = resident() - before
    groups = store.stats().groups
    return {"bytes": taken / number, "total": taken, "kept": groups, "us": seconds / number * 1e6}


def passing(number: int, room: int) -> dict[str, Any]:
    """Resident bytes when full and after, and how many heavy callers' figures are right."""
    store, series = MemoryCounters(max_groups=room), _series("event_count")
    rng = Random(5)
    heavy = [f"+8617{place:09}" for place in range(_HEAVY)]
    # They are known before the store is full: nobody is heavy at the first call.
    true: dict[str, int] = dict.fromkeys(heavy, _KNOWN)
    first = bucket_of(_START, _SPAN, PARTS)
    for one in heavy * _KNOWN:
        store.step([(series, one, first, 1, None)])
    # All of it happens within one window, so that nothing may leave it.
    everybody = number + 2 * room
    rate = max(_RATE, 2 * everybody / _SPAN)
    readings: list[int] = []
    evicted_at_full = 0
    every = number // _READINGS
    for place, caller in enumerate(callers(everybody, 2)):
        bucket = bucket_of(_START + place / rate, _SPAN, PARTS)
        store.step([(series, caller, bucket, 1, None)])
        if rng.random() < _HEAVY_SHARE:
            one = rng.choice(heavy)
            store.step([(series, one, bucket, 1, None)])
            true[one] += 1
        if place >= 2 * room and (place - 2 * room) % every == 0:
            readings.append(resident())
            if len(readings) == 1:
                evicted_at_full = store.stats().evicted
    last = bucket_of(_START + everybody / rate, _SPAN, PARTS)
    right = sum(
        store.preview([(series, one, last, 0, None)]) == [count] for one, count in true.items()
    )
    return {
        "full": readings[0],
        "least": min(readings),
        "most": max(readings),
        "last": readings[-1],
        "right": right,
        "evicted": store.stats().evicted - evicted_at_full,
    }


def _apart(measure: Callable[..., dict[str, Any]], *arguments: Any) -> dict[str, Any]:
    """The measurement in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, arguments)


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--callers", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--passing", type=int, default=20_000_000)
    parser.add_argument("--room", type=int, default=1_000_000)
    given = parser.parse_args()
    print(
        "| counted | live callers | resident MB | bytes a caller | for 10 million MB | us a step |"
    )
    print("|---|--:|--:|--:|--:|--:|")
    for kind in ("event_count", "value_count"):
        for number in given.callers:
            found = _apart(live, kind, number)
            assert found["kept"] == number
            print(
                f"| {kind} | {number:,} | {found['total'] / 1e6:,.0f} | {found['bytes']:.0f} "
                f"| {found['bytes'] * 10:,.0f} | {found['us']:.2f} |"
            )
    found = _apart(passing, given.passing, given.room)
    print()
    print(
        "| room | passing | forgotten | MB when full | least | most | last | heavy callers right |"
    )
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    print(
        f"| {given.room:,} | {given.passing:,} | {found['evicted']:,} | {found['full'] / 1e6:,.1f} "
        f"| {found['least'] / found['full']:.1%} | {found['most'] / found['full']:.1%} "
        f"| {found['last'] / found['full']:.1%} "
        f"| {found['right']:,} of {_HEAVY:,} |"
    )


if __name__ == "__main__":
    main()
