"""A rule set compiled: one scoring function an event, and the careful way for odd records."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from callguard.engine.codegen import write_score
from callguard.engine.column import Column
from callguard.engine.columns import Lists, build_columns
from callguard.engine.correlate import CounterStore, Watch, correlator, definition_keys, watches
from callguard.engine.counters import MemoryCounters
from callguard.engine.layout import Layout, lay_out
from callguard.engine.settle import Outcome, outcomes_by_mask
from callguard.engine.verdict import DEFAULT_THRESHOLDS, Alert, Thresholds, Verdict
from callguard.numbering import Plan
from callguard.records.fields import EVENTS
from callguard.rules.model import Correlation, RuleSet

# (template name, record) -> the finished warning.
Alerter = Callable[[str, Mapping[str, Any]], Alert]


@dataclass(frozen=True, slots=True)
class EventProgram:
    """What is compiled for the records about one event.

    ``columns`` in the order of their fields' first use, ``watches`` the correlations concerned,
    ``group_fields`` the fields whose values they want, ``outcome`` from a mask to what follows.
    """

    layout: Layout
    columns: list[Column]
    watches: list[Watch]
    group_fields: tuple[str, ...]
    outcome: Callable[[int], Outcome]
    correlate: Callable[[int, float, Any], int]


@dataclass(frozen=True, slots=True)
class Program:
    """A rule set ready to score. Immutable but for its memos and the counters in ``store``.

    ``score_event`` maps an event to the function that scores its records; such a function raises
    on a record that is not as the record format says.
    """

    ruleset: RuleSet
    plan: Plan
    digest: str
    thresholds: Thresholds
    store: CounterStore
    alerter: Alerter | None
    silent: frozenset[int]
    events: Mapping[str, EventProgram]
    score_event: Mapping[str, Callable[[Mapping[str, Any]], Verdict]]

    def role(self, index: int) -> str:
        """``acts``, ``shadow``, ``off`` or ``counts`` for the rule at this place in the file."""
        rule = self.ruleset.rules[index]
        if not rule.on:
            return "off"
        if index in self.silent:
            return "counts"
        return "acts" if rule.acts else "shadow"

    def finish(
        self,
        event: str,
        record: Mapping[str, Any],
        call_id: Any,
        at: float,
        mask: int,
        degraded: list[str],
    ) -> Verdict:
        """The verdict for the clauses and correlations in ``mask``, its alert included."""
        outcome = self.events[event].outcome(mask)
        alert = None
        if outcome.template is not None and self.alerter is not None:
            try:
                alert = self.alerter(outcome.template, record)
            except Exception:  # noqa: BLE001  a verdict is never lost to its wording
                degraded = [*degraded, "alert"]
        return Verdict(
            call_id=call_id,
            at=at,
            action=outcome.action,
            score=outcome.score,
            rules=[*outcome.rules],
            shadow=[*outcome.shadow],
            basis=outcome.basis,
            alert=alert,
            emergency=False,
            ruleset=self.digest,
            degraded=degraded,
        )


def compile_rules(
    ruleset: RuleSet,
    plan: Plan,
    lists: Lists | None = None,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    store: CounterStore | None = None,
    alerter: Alerter | None = None,
) -> Program:
    """The program for a checked rule set.

    ``lists`` holds the members of every list that the rules name, ``store`` the counters (by
    default a new one in memory), ``alerter`` makes the warning that a rule's ``alert`` names.
    """
    lists = lists or Lists()
    counters = MemoryCounters() if store is None else store
    silent = _silent(ruleset)
    keys = definition_keys(ruleset.rules)
    events: dict[str, EventProgram] = {}
    functions: dict[str, Callable[[Mapping[str, Any]], Verdict]] = {}
    program = Program(
        ruleset=ruleset,
        plan=plan,
        digest=_digest(ruleset, lists),
        thresholds=thresholds,
        store=counters,
        alerter=alerter,
        silent=silent,
        events=events,
        score_event=functions,
    )
    for event in EVENTS:
        layout = lay_out(ruleset.rules, event)
        found, group_fields = watches(ruleset.rules, layout, keys)
        compiled = events[event] = EventProgram(
            layout,
            build_columns(layout.uses, layout.everything, lists),
            found,
            group_fields,
            outcomes_by_mask(ruleset.rules, layout.owners, silent, thresholds),
            correlator(found, counters),
        )
        functions[event] = _function(program, event, compiled)
    return program


def _function(
    program: Program, event: str, compiled: EventProgram
) -> Callable[[Mapping[str, Any]], Verdict]:
    names: dict[str, Any] = {
        "classify": program.plan.classify,
        "Verdict": Verdict,
        "digest": program.digest,
        "outcome": compiled.outcome,
        "finish": lambda *rest: program.finish(event, *rest),
    }
    if compiled.watches:
        names["correlate"] = compiled.correlate
    return write_score(
        event, compiled.layout.everything, compiled.columns, compiled.group_fields, names
    )


def _silent(ruleset: RuleSet) -> frozenset[int]:
    """The indexes of rules that only feed correlations and do not report themselves."""
    fed: set[str] = set()
    reporting: set[str] = set()
    for rule in ruleset.rules:
        if isinstance(rule, Correlation):
            (reporting if rule.generate else fed).update(rule.rules)
    return frozenset(
        index
        for index, rule in enumerate(ruleset.rules)
        if rule.name in fed - reporting and not rule.score and rule.verdict is None
    )


def _digest(ruleset: RuleSet, lists: Lists) -> str:
    digest = hashlib.sha256(ruleset.source_digest.encode())
    for name in sorted({*lists.numbers, *lists.texts}):
        members = lists.numbers[name] if name in lists.numbers else lists.texts[name]
        digest.update(f"\0{name}\0{getattr(members, 'digest', '')}".encode())
    return digest.hexdigest()
