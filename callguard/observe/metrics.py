"""What Prometheus is shown of verdicts and rules."""

from __future__ import annotations

from collections import Counter as Tallies
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from callguard.engine.degraded import ALERT, COST, COUNTERS, EARLY, NO, NUMBERING, RECORD, word_of
from callguard.engine.verdict import Verdict
from callguard.guard import Guard
from callguard.rules.model import ACTIONS

# From a batch of one on an idle machine to records that waited for a server to come back.
LATENCY_BUCKETS: Final = (
    *(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
# The words of ``degraded`` that have a reason of their own, and its name; the others are parts of
# the rules that failed.
REASONS: Final = {
    **{word: word for word in (COUNTERS, EARLY, RECORD, ALERT, NUMBERING, COST)},
    NO: "ingress",
}
OTHER_REASON: Final = "rules"


class Metrics:
    """The metrics of one process that gives verdicts, in a registry of their own.

    ``counters`` are those of the guard: their breakers are shown, if they have any.
    """

    def __init__(self, counters: object = None) -> None:
        self.registry = CollectorRegistry()
        self._records = self.counter("records", "Records scored.")
        self._verdicts = self.counter("verdicts", "Verdicts by action.", "action")
        self._matches = self.counter(
            "rule_matches", "Records that a rule matched; role is acting or shadow.", "rule", "role"
        )
        self._degraded = self.counter(
            "degraded", "Verdicts that were made on less than they should have been.", "reason"
        )
        self._call_backs = self.counter(
            "call_backs", "Call-backs from public safety, judged by no rule."
        )
        self._unreadable = self.counter("unreadable_records", "Data that holds no record.")
        self._reloads = self.counter("rule_reloads", "Reloads of the rules.", "result")
        self._latency = Histogram(
            "callguard_latency_seconds",
            "Seconds from reading a record to handing its verdict on.",
            buckets=LATENCY_BUCKETS,
            registry=self.registry,
        )
        self._ruleset = Info(
            "callguard_ruleset", "The rules and lists in use.", registry=self.registry
        )
        self._warnings = Gauge(
            "callguard_rule_warnings",
            "What works but is not as meant in the rules and lists in use, by code.",
            ["code"],
            registry=self.registry,
        )
        self._slow_path = _SlowPath()
        self.registry.register(self._slow_path)
        self._labels: set[tuple[str, str]] = set()
        for action in ACTIONS:
            self._verdicts.labels(action)
        for reason in (*REASONS.values(), OTHER_REASON):
            self._degraded.labels(reason)
        for result in ("used", "refused"):
            self._reloads.labels(result)
        if getattr(counters, "circuits", None) is not None:
            self.registry.register(_Breakers(counters))

    def counter(self, name: str, text: str, *labels: str) -> Counter:
        """A new ``callguard_NAME_total``, for what only one integration counts."""
        return Counter(f"callguard_{name}", text, labels, registry=self.registry)

    def gauge(self, name: str, text: str) -> Gauge:
        """A new ``callguard_NAME``, for what only one integration shows."""
        return Gauge(f"callguard_{name}", text, registry=self.registry)

    def scored(self, verdicts: Sequence[Verdict], seconds: float) -> None:
        """These verdicts were delivered, so long after their records were read."""
        self._records.inc(len(verdicts))
        for action, number in Tallies(verdict.action for verdict in verdicts).items():
            self._verdicts.labels(action).inc(number)
        matches: Tallies[tuple[str, str]] = Tallies()
        for verdict in verdicts:
            if verdict.rules:
                matches.update((name, "acting") for name in verdict.rules)
            if verdict.shadow:
                matches.update((name, "shadow") for name in verdict.shadow)
            if verdict.call_back:
                self._call_backs.inc()
            if verdict.degraded:
                for reason in {_reason(text) for text in verdict.degraded}:
                    self._degraded.labels(reason).inc()
            self._latency.observe(seconds)
        for labels, number in matches.items():
            self._matches.labels(*labels).inc(number)
            self._labels.add(labels)

    def unreadable(self, number: int) -> None:
        """So many that came as records held none."""
        self._unreadable.inc(number)

    def rules_refused(self) -> None:
        """The rules were read again and cannot be used."""
        self._reloads.labels("refused").inc()

    def rules_reloaded(self, guard: Guard) -> None:
        """The rules were read again and are in use."""
        self._reloads.labels("used").inc()
        self.rules_loaded(guard)

    def rules_loaded(self, guard: Guard) -> None:
        """This guard is in use with these rules; the labels of rules that are gone go too."""
        self._slow_path.guard = guard
        self._ruleset.info({"digest": guard.digest})
        self._warnings.clear()
        for code, number in Tallies(warning.code for warning in guard.warnings).items():
            self._warnings.labels(code).set(number)
        kept = {
            (rule.name, "shadow" if rule.status == "experimental" else "acting")
            for rule in guard.rules.rules
        }
        for labels in self._labels - kept:
            self._matches.remove(*labels)
        self._labels &= kept


class _SlowPath(Collector):
    """How many records the guard judged on the slow path: the guard itself counts them."""

    guard: Guard | None = None

    def collect(self) -> Iterator[Metric]:
        records = CounterMetricFamily(
            "callguard_slow_path", "Records judged on the slow path.", labels=["reason"]
        )
        if self.guard is not None:
            for reason, number in self.guard.slow_path_total.items():
                records.add_metric([reason], number)
        yield records


class _Breakers(Collector):
    """Which counters are left alone because they failed: the label ``place`` is their server."""

    def __init__(self, counters: Any) -> None:
        self._counters = counters

    def collect(self) -> Iterator[Metric]:
        circuits: Mapping[str, Any] = self._counters.circuits
        breakers = GaugeMetricFamily(
            "callguard_counters_breaker_open",
            "1 while the counters on a server are left alone because it failed.",
            labels=["place"],
        )
        for name, circuit in list(circuits.items()):
            breakers.add_metric([name], circuit.state != "closed")
        yield breakers


def _reason(entry: str) -> str:
    return REASONS.get(word_of(entry), OTHER_REASON)
