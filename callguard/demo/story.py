"""Scoring labelled traffic, and counting what the rules did to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from time import perf_counter
from typing import Final

from callguard.demo.causes import CAUSES, UNKNOWN
from callguard.demo.records import LabelledRecord
from callguard.demo.result import Actions, DemoResult, Example, FalsePositives, Kind, RuleHits
from callguard.engine.verdict import DEFAULT_THRESHOLDS, Verdict
from callguard.guard import Guard
from callguard.rules.model import RuleSet

__all__ = ["DemoResult", "run_demo"]

# Set-ups and messages are decided on; answers and releases are history by the time they arrive.
_DECIDED: Final = frozenset(("setup", "sms"))
_MOST_EXAMPLES: Final = 8


def run_demo(guard: Guard, labelled: Iterable[LabelledRecord]) -> DemoResult:
    """Score the records in their order and count the verdicts against the labels.

    The guard's counters see the whole stream, so use a fresh guard for figures that can be
    compared. Only scoring is timed.
    """
    tally = _Tally(guard.rules)
    score, seconds = guard.score, 0.0
    for one in labelled:
        started = perf_counter()
        verdict = score(one.record)
        seconds += perf_counter() - started
        tally.add(one, verdict)
    return tally.result(guard.digest, seconds)


class _Tally:
    def __init__(self, rules: RuleSet) -> None:
        self._informing = {
            rule.name for rule in rules.rules if rule.header.level == "informational"
        }
        self._accusing = {
            rule.name
            for rule in rules.rules
            if rule.consequence.verdict and rule.name not in self._informing
        }
        self._records = 0
        self._events: Counter[object] = Counter()
        self._actions: Counter[tuple[str, bool, str]] = Counter()
        self._hits: Counter[tuple[str, bool, bool]] = Counter()
        self._touching: dict[str, Counter[str]] = {}
        self._call_backs = 0
        self._emergency_calls = self._emergency_allowed = self._degraded = 0
        self._examples: dict[tuple[str, str | None], Example] = {}

    def add(self, one: LabelledRecord, verdict: Verdict) -> None:
        self._records += 1
        self._degraded += bool(verdict.degraded)
        event = one.record["event"]
        if event not in _DECIDED:
            return
        self._events[event] += 1
        action = "inform" if self._only_informs(verdict) else verdict.action
        self._actions[one.label, one.fraud, action] += 1
        self._hits.update((name, False, one.fraud) for name in verdict.rules)
        self._hits.update((name, True, one.fraud) for name in verdict.shadow)
        if not one.fraud and action in ("label", "withhold", "block"):
            self._touching.setdefault(one.label, Counter()).update(verdict.rules)
        self._call_backs += verdict.call_back
        if verdict.emergency:
            self._emergency_calls += 1
            self._emergency_allowed += verdict.action == "allow"
        self._keep(one, verdict)

    def _only_informs(self, verdict: Verdict) -> bool:
        """True if the label comes from informational rules and not from the score (by default)."""
        named = set(verdict.rules)
        return (
            verdict.action == "label"
            and bool(named & self._informing)
            and not named & self._accusing
            and DEFAULT_THRESHOLDS.reached(verdict.score) == "allow"
        )

    def _keep(self, one: LabelledRecord, verdict: Verdict) -> None:
        """The first verdict of each action with each warning is worth showing."""
        template = verdict.alert.template if verdict.alert else None
        kind = (verdict.action, template)
        if verdict.action == "allow" or kind in self._examples:
            return
        if len(self._examples) < _MOST_EXAMPLES:
            self._examples[kind] = Example(one.label, one.fraud, one.record, verdict.to_dict())

    def result(self, ruleset: str, seconds: float) -> DemoResult:
        return DemoResult(
            records=self._records,
            calls=self._events["setup"],
            messages=self._events["sms"],
            fraud=self._sum(fraud=True),
            legitimate=self._sum(fraud=False),
            campaigns=self._kinds(fraud=True),
            kinds=self._kinds(fraud=False),
            rules=self._rules(),
            false_positives=self._false_positives(),
            call_backs=self._call_backs,
            emergency_calls=self._emergency_calls,
            emergency_allowed=self._emergency_allowed,
            degraded=self._degraded,
            examples=tuple(self._examples.values()),
            ruleset=ruleset,
            seconds=seconds,
        )

    def _sum(self, fraud: bool, label: str | None = None) -> Actions:
        counted: Counter[str] = Counter()
        for (name, is_fraud, action), number in self._actions.items():
            if is_fraud is fraud and label in (None, name):
                counted[action] += number
        return Actions(**counted)

    def _kinds(self, fraud: bool) -> tuple[Kind, ...]:
        labels = {name for name, is_fraud, _ in self._actions if is_fraud is fraud}
        kinds = (Kind(label, self._sum(fraud, label)) for label in labels)
        return tuple(sorted(kinds, key=lambda kind: (-kind.actions.total, kind.label)))

    def _false_positives(self) -> tuple[FalsePositives, ...]:
        found = []
        for kind in self._kinds(fraud=False):
            if kind.actions.touched:
                cause = CAUSES.get(kind.label, UNKNOWN)
                rules = tuple(name for name, _ in self._touching[kind.label].most_common())
                did = kind.actions
                found.append(
                    FalsePositives(kind.label, cause, did.block, did.withhold, did.label, rules)
                )
        return tuple(sorted(found, key=lambda one: -(one.block + one.withhold + one.label)))

    def _rules(self) -> tuple[RuleHits, ...]:
        names = {(name, shadow) for name, shadow, _ in self._hits}
        hits = (
            RuleHits(name, shadow, self._hits[name, shadow, True], self._hits[name, shadow, False])
            for name, shadow in names
        )
        return tuple(sorted(hits, key=lambda hit: (-(hit.fraud + hit.legitimate), hit.rule)))
