"""Counting on a server: one call a record or many at once, one process or two, memory a group."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Final

import pytest

from bench.recordgen import RecordMaker
from bench.redis_load import (
    CALLED,
    CALLS,
    PATIENCE_S,
    TIME,
    Counting,
    Way,
    at_once,
    open_store,
    prepare,
    run,
    series,
)
from bench.report import AT_LEAST, Finding, Report
from bench.scene import SMOKE
from bench.stopwatch import ratio, rounds
from callguard import Guard, rulepack
from callguard.counters import CounterUpdate, MemoryCounters, Scalar, Series
from tests.oracles.counters import PlainCounters
from tests.real_servers.redis import Server, server

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

_ROUNDS: Final = 7
_SINGLE, _MANY = 500, 5_000
# Records of each process, and how often one and two processes take turns.
_SHARE, _TURNS = (300, 1) if SMOKE else (15_000, 5)
_GROUPS: Final = 200 if SMOKE else 20_000
_SERIAL = count()
_WORDS: Final[dict[Way, str]] = {
    "step": "counting, one call a record",
    "step_many": "counting, many records a call",
    "score": "`score`, shipped rules",
    "score_many": "`score_many`, shipped rules",
}
_TITLE: Final = (
    f"Counting on a server of this machine (records/s, or commands/s where there are no records; "
    f"{os.cpu_count()} cores)"
)


@pytest.fixture(scope="module")
def one() -> Iterator[Server]:
    with server() as found:
        yield found


def test_counting_comes_to_the_plain_figures(one: Server) -> None:
    records = Counting("equal").make(2_000)
    plain, store = PlainCounters(), open_store(one.url)
    expected = plain.step_many(records)
    assert expected[:500] == [store.step(steps) for steps in records[:500]]
    assert expected[500:] == store.step_many(records[500:])


def test_verdicts_are_those_of_counters_in_memory(one: Server) -> None:
    one.client().flushall()
    records = RecordMaker("equal").make(600)
    here = Guard.load(rulepack.path(), state=MemoryCounters())
    there = Guard.load(rulepack.path(), state=open_store(one.url))
    expected = [here.score(record).to_dict() for record in records]
    assert expected[:200] == [there.score(record).to_dict() for record in records[:200]]
    assert expected[200:] == [verdict.to_dict() for verdict in there.score_many(records[200:])]


@pytest.mark.parametrize("ways", [("step", "step_many"), ("score", "score_many")])
def test_many_records_a_call(
    benchmark: BenchmarkFixture, report: Report, one: Server, ways: tuple[Way, Way]
) -> None:
    if benchmark.disabled:
        pytest.skip("measures times only; the answers are compared above")
    control = one.client()
    seconds: dict[Way, list[float]] = {way: [] for way in ways}
    calls: dict[Way, float] = {}
    server_s: dict[Way, float] = {}

    def timed(way: Way, number: int) -> None:
        control.flushall()
        target, records = prepare(way, one.url, f"{next(_SERIAL)}", number)
        run(way, target, records[:50])
        control.config_resetstat()
        before = _processor_s(one)
        start = perf_counter()
        assert run(way, target, records) == 0
        seconds[way].append((perf_counter() - start) / number)
        server_s[way] = (_processor_s(one) - before) / number
        calls[way] = control.info("commandstats")["cmdstat_fcall"]["calls"] / number

    single, many = ways
    benchmark.group = "counters on a server"
    rounds(benchmark, lambda _: timed(many, _MANY), lambda: timed(single, _SINGLE), _ROUNDS)
    for way in ways:
        _note(
            report,
            _WORDS[way],
            seconds[way],
            f"{calls[way]:.3f}",
            f"{server_s[way] * 1e6:.1f}",
        )
    report.findings.append(
        Finding(
            f"{_WORDS[many]}, over one at a time",
            AT_LEAST,
            8,
            ratio(seconds[single], seconds[many]),
        )
    )


def test_the_floor(benchmark: BenchmarkFixture, report: Report, one: Server) -> None:
    """What the server's own benchmark comes to, with this machine and without Python."""
    if benchmark.disabled:
        pytest.skip("measures times only")
    tool = shutil.which("valkey-benchmark") or shutil.which("redis-benchmark")
    if tool is None:
        report.notes.setdefault(f"{_TITLE}: no floor", []).append(
            "Neither `valkey-benchmark` nor `redis-benchmark` is installed."
        )
        pytest.skip("no benchmark of the server's own")
    name = Path(tool).name
    benchmark.group = "counters on a server"
    found: dict[str, list[float]] = {}

    def measure(_: None) -> None:
        for command in ("PING", "SET floor 0123456789abcdef EX 600"):
            for ahead in (1, 64):
                words = f"{name} `{command.partition(' ')[0]}`" + f", {ahead} ahead" * (ahead > 1)
                rate = _benchmark(tool, one.port, command.split(), ahead)
                found.setdefault(words, []).append(1 / rate)

    rounds(benchmark, measure, lambda: None, 3)
    for what, seconds in found.items():
        _note(report, what, seconds)


@pytest.mark.parametrize("way", ["step_many", "score_many"])
def test_two_processes(benchmark: BenchmarkFixture, report: Report, one: Server, way: Way) -> None:
    rates: dict[int, list[float]] = {1: [], 2: []}
    busy: dict[int, list[float]] = {1: [], 2: []}

    def turn(number: int) -> None:
        one.client().flushall()
        before = _processor_s(one)
        rate = at_once(number, way, one.url, _SHARE)
        rates[number].append(rate)
        # What the server's one thread was occupied, of the time that the processes took.
        busy[number].append((_processor_s(one) - before) / (number * _SHARE / rate))
        if way == "step_many":
            _no_call_is_lost(one, number)

    benchmark.group = "counters on a server"
    rounds(benchmark, lambda _: turn(2), lambda: turn(1), _TURNS)
    if benchmark.disabled:
        return
    for number, found in rates.items():
        words = f"{_WORDS[way]}, {number} process{'es' * (number > 1)}"
        _note(report, f"{words} (server {median(busy[number]):.0%} busy)", [1 / r for r in found])
    report.findings.append(
        Finding(
            f"two processes over one on {os.cpu_count()} cores, {_WORDS[way]}",
            AT_LEAST,
            1.7,
            ratio(rates[2], rates[1]),
        )
    )


def _no_call_is_lost(one: Server, processes: int) -> None:
    """Every call of every caller was counted, and counted once."""
    made = [Counting(seed).make(_SHARE) for seed in range(processes)]
    # Each process tries its first record before it says that it is ready.
    expected = Counter(
        step[1]
        for records in made
        for steps in (*records, records[0])
        for step in steps
        if step[0] is CALLS
    )
    last = max(step[2] for records in made for step in records[-1])
    figures = open_store(one.url).step_many([[(CALLS, who, last, 0, None)] for who in expected])
    assert dict(expected) == {
        who: found[0] for who, found in zip(expected, figures, strict=True) if found is not None
    }


_KINDS: Final[dict[str, tuple[Series, Callable[[int], Scalar | None]]]] = {
    "event_count": (CALLS, lambda _: None),
    "value_sum, value_avg": (TIME, lambda at: 1_000 * at),
    "value_count, up to 63": (CALLED, lambda at: f"+8613{at:09}"),
    "value_count, up to 1,023": (series("value_count", keep=1_024), lambda at: f"+8613{at:09}"),
    "temporal": (series("temporal"), lambda _: None),
    "temporal_ordered": (series("temporal_ordered"), lambda _: None),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_memory_of_a_group(report: Report, kind: str) -> None:
    """Groups with one event, and with one in each of 64 buckets."""
    counted, value_of = _KINDS[kind]
    sizes = []
    for events in (1, 64):
        with server() as own:
            store, control = open_store(own.url), own.client()
            store.reset(counted.key)
            before = control.info("memory")["used_memory"]
            groups = _GROUPS if events == 1 else _GROUPS // 10
            for start in range(0, groups, 100):
                records: list[list[CounterUpdate]] = [
                    [(counted, f"+8613{group:09}", 1_000 + at, 1, value_of(at))]
                    for at in range(events)
                    for group in range(start, min(groups, start + 100))
                ]
                store.step_many(records)
            assert groups == control.dbsize()
            sizes.append((control.info("memory")["used_memory"] - before) / groups)
    assert 0 < sizes[0] <= sizes[1] * 1.5
    if not SMOKE:
        title = f"Memory of one group on the server (bytes, its key included, {_allocator()})"
        lines = report.notes.setdefault(
            title, ["| | one event | an event in each of 64 buckets |", "|---|--:|--:|"]
        )
        lines.append(f"| {kind} | {sizes[0]:,.0f} | {sizes[1]:,.0f} |")


def _allocator() -> str:
    with server() as own:
        info = own.client().info()
        version = info.get("valkey_version") or info["redis_version"]
        return f"{info.get('server_name', 'redis')} {version}, {info['mem_allocator']}"


def _processor_s(one: Server) -> float:
    used = one.client().info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


def _benchmark(tool: str, port: int, command: list[str], ahead: int) -> float:
    """Commands a second over one connection, so many of them sent before an answer is awaited."""
    number = 10_000 if ahead == 1 else 100_000
    options = ["-p", str(port), "-c", "1", "-P", str(ahead), "-n", str(number), "--csv"]
    done = subprocess.run(
        [tool, *options, *command], check=True, capture_output=True, timeout=5 * PATIENCE_S
    )
    rate = done.stdout.splitlines()[-1].rsplit(b'","', 7)[-7]
    return float(rate.strip(b'"'))


def _note(
    report: Report, what: str, seconds: list[float], calls: str = "", server_us: str = ""
) -> None:
    lines = report.notes.setdefault(
        _TITLE,
        ["| | median | best | calls a record | server, µs a record |", "|---|--:|--:|--:|--:|"],
    )
    rates = f"{1 / median(seconds):,.0f} | {1 / min(seconds):,.0f}"
    lines.append(f"| {what} | {rates} | {calls} | {server_us} |")
