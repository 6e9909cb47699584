"""Records, rules whose counts show a record counted twice, and workers to score them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgpack

from callguard.counters import (
    CounterStore,
    MemoryCounters,
    Policy,
    WindowFigure,
    bucket_of,
    open_counters,
)
from callguard.guard import Guard, Scored
from callguard.integrations.redis_stream import Backlog, Control, Settings, Stream, Tally, Worker
from callguard.observe.metrics import Metrics

START = 1_760_000_000.0
INPUT, OUTPUT, DEAD = "callguard:records", "callguard:verdicts", "callguard:records:dead"
GROUP = "callguard"


class DoneError(Exception):
    """Ends a worker from its progress call, without the steps of an orderly stop."""


def _rule(name: str, number: int, body: str) -> str:
    return f"""\
title: Rule {name} of a test
id: 7d2f6b0c-6a1e-4c59-9f0b-{number:012d}
name: {name}
status: experimental
description: Written by a test.
level: low
{body}
"""


def _counting(kind: str, rule: str, condition: str) -> str:
    return f"""\
correlation:
  type: {kind}
  rules: [{rule}]
  group-by: [calling.e164]
  timespan: 1d
  condition: {{{condition}}}
callguard: {{score: 10}}"""


def _detecting(category: str) -> str:
    return f"""\
logsource: {{product: telecom, category: {category}}}
detection: {{home: {{called_party_number|startswith: '1'}}, condition: home}}"""


RULES = "---\n".join(
    (
        _rule("started", 1, _detecting("call_setup")),
        _rule("ended", 2, _detecting("call_release")),
        _rule("calls", 3, _counting("event_count", "started", "gt: 30")),
        _rule("people", 4, _counting("value_count", "started", "gt: 30, field: called.e164")),
        _rule("seconds", 5, _counting("value_sum", "ended", "gt: 100, field: duration_s")),
        _rule("mean", 6, _counting("value_avg", "ended", "gt: 10, field: duration_s")),
    )
)


def write_rules(folder: Path, text: str = RULES) -> Path:
    path = folder / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def caller(index: int) -> str:
    return f"+8613800138{index:03d}"


def calls(number: int, seed: int = 1, callers: int = 8) -> list[dict[str, Any]]:
    """Setups and releases by turns, in one minute, by a few callers to many people."""
    draw = Random(seed)
    records = []
    for index in range(number):
        record = {
            "event": "release" if index % 2 else "setup",
            "at": START + 60 * index / number,
            "call_id": f"c{index}",
            "calling_party_number": caller(draw.randrange(callers)),
            "called_party_number": f"139{draw.randrange(10**4):08d}",
        }
        if index % 2:
            record["duration_s"] = draw.randrange(1, 10_000) / 100
        records.append(record)
    return records


def feed(client: Any, records: Iterable[Mapping[str, Any] | bytes], key: str = INPUT) -> list[str]:
    """Put the records (or bytes that are not records) on the stream. The ids of their entries."""
    pipeline = client.pipeline(transaction=False)
    for record in records:
        data = record if isinstance(record, bytes) else msgpack.packb(record)
        pipeline.xadd(key, {"record": data})
    return [name.decode() for name in pipeline.execute()]


def verdicts(client: Any, key: str = OUTPUT) -> list[tuple[str, dict[str, Any]]]:
    """(record_id, verdict) in the order of writing; an error is ``{"error": text}``."""
    answers = []
    for _, fields in client.xrange(key):
        name = fields[b"record_id"].decode()
        if b"error" in fields:
            answers.append((name, {"error": fields[b"error"].decode()}))
        else:
            answers.append((name, msgpack.unpackb(fields[b"verdict"])))
    return answers


def unfinished(client: Any) -> int:
    """How many entries are given to workers and not acknowledged."""
    pending: int = client.xpending(INPUT, GROUP)["pending"]
    return pending


def figures(
    guard: Guard, store: CounterStore, callers: int = 8
) -> dict[tuple[str, str], WindowFigure]:
    """What every correlation has counted for every caller."""
    counted = {}
    for name, series in guard.series.items():
        bucket = bucket_of(START + 60, series.timespan, series.parts)
        for index in range(callers):
            step = (series, caller(index), bucket, 0, None)
            (counted[name, caller(index)],) = store.preview([step])
    return counted


def in_one_process(
    rules: Path, records: Sequence[Mapping[str, Any]], callers: int = 8
) -> dict[tuple[str, str], WindowFigure]:
    """What it comes to if each record is counted once, in memory."""
    store = MemoryCounters()
    guard = Guard.load(rules, state=store)
    for record in records:
        guard.score(record)
    return figures(guard, store, callers)


def counters_at(url: str) -> CounterStore:
    """Counters that a slow machine does not take for broken ones."""
    return open_counters(url, policy=Policy(slow_s=5.0), timeout_s=5.0, connect_timeout_s=5.0)


def on_server(url: str, rules: Path, callers: int = 8) -> dict[tuple[str, str], WindowFigure]:
    """What the counters on a server come to."""
    store = counters_at(url)
    return figures(Guard.load(rules, state=store), store, callers)


class Events(list[tuple[str, dict[str, Any]]]):
    """A log that keeps its events."""

    def _add(self, event: str, **fields: Any) -> None:
        self.append((event, fields))

    info = warning = error = _add

    @property
    def names(self) -> list[str]:
        return [event for event, _ in self]


class HookedGuard(Guard):
    """A guard that calls functions of the test before and after it scores a batch, once each."""

    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None

    def score_batch(
        self, records: Sequence[Mapping[str, Any]], ids: Sequence[str] | None = None
    ) -> Scored:
        before, self.before = self.before, None
        if before is not None:
            before()
        scored = super().score_batch(records, ids)
        after, self.after = self.after, None
        if after is not None:
            after()
        return scored


class LocalWorker:
    """A worker in this process, and what it was given."""

    def __init__(
        self,
        url: str,
        rules: Path,
        *,
        counters: CounterStore | None = None,
        on_progress: Callable[[Tally, Backlog | None], None] | None = None,
        **settings: Any,
    ) -> None:
        self.control = Control()
        self.log = Events()
        if counters is None:
            counters = counters_at(url)
        self.counters = counters
        guard = HookedGuard.load(rules, state=counters)
        assert isinstance(guard, HookedGuard)
        self.guard: HookedGuard = guard
        self.metrics = Metrics(counters)
        settings = {"settle_s": 0.0, **settings}
        self.stream = Stream.from_url(url, Settings(**settings))
        self.worker = Worker(
            self.guard,
            self.stream,
            metrics=self.metrics,
            log=self.log,
            control=self.control,
            on_progress=on_progress,
        )

    def once(self) -> Tally:
        return self.worker.run(once=True)

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(f"callguard_{name}", labels)
