"""A rule set compiled: one scoring function an event, and the slow path for odd records."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from callguard.counters import CounterStore, MemoryCounters, Series, series_of
from callguard.engine.budget import Budget, budget_of, without_texts
from callguard.engine.call_backs import CallBacks
from callguard.engine.codegen import write_score
from callguard.engine.columns import (
    Column,
    Lists,
    Scanners,
    build_columns,
    join_short_lists,
    look_up_of,
)
from callguard.engine.correlate import (
    CompiledCorrelation,
    compile_correlations,
    correlator,
    definition_keys,
    too_early,
)
from callguard.engine.degraded import ALERT, cost_of
from callguard.engine.layout import Layout, lay_out
from callguard.engine.outcomes import Outcome, outcomes_by_mask
from callguard.engine.pending import Pending
from callguard.engine.verdict import DEFAULT_THRESHOLDS, Alert, Thresholds, Verdict
from callguard.numbering import NumberingPlan
from callguard.records.fields import EVENTS
from callguard.rules.model import PSAP_NUMBERS, Correlation, Rule, RuleSet

# (template name, record) -> the finished warning.
Alerter = Callable[[str, Mapping[str, Any]], Alert]


@dataclass(frozen=True, slots=True)
class EventProgram:
    """What is compiled for the records about one event.

    ``columns`` in the order of their fields' first use, ``scanners`` the compiled form of those
    that read whole texts, ``correlations`` those concerned, ``group_fields`` the fields whose
    values they want, ``outcome`` from a mask to what follows.
    """

    layout: Layout
    columns: list[Column]
    lists: Lists
    scanners: Scanners
    correlations: list[CompiledCorrelation]
    group_fields: tuple[str, ...]
    outcome: Callable[[int], Outcome]


@dataclass(frozen=True, slots=True)
class Program:
    """A rule set ready to score. Immutable but for its memos and the counters in ``store``.

    ``score_event`` maps an event to the function that scores its records, ``begin_event`` to the
    one that leaves the counters to somebody else; such a function raises on a record that is not
    as the record format says. ``series`` has what each correlation counts, by its name, and
    ``early`` says whether a time is too far ahead to be counted, ``is_call_back`` whether a record
    is about a call-back from public safety.
    """

    ruleset: RuleSet
    plan: NumberingPlan
    digest: str
    thresholds: Thresholds
    store: CounterStore
    alerter: Alerter | None
    silent: frozenset[int]
    budget: Budget
    events: Mapping[str, EventProgram]
    score_event: Mapping[str, Callable[[Mapping[str, Any]], Verdict]]
    begin_event: Mapping[str, Callable[[Mapping[str, Any]], Verdict | Pending]]
    series: Mapping[str, Series]
    early: Callable[[float], bool]
    is_call_back: CallBacks

    def role(self, index: int) -> str:
        """``acts``, ``shadow``, ``off`` or ``counts`` for the rule with this index in the file."""
        rule = self.ruleset.rules[index]
        if not rule.on:
            return "off"
        if rule.name in self.budget.left_out:
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
        degraded = [*degraded, *map(cost_of, outcome.left_out)]
        alert = None
        if outcome.template is not None and self.alerter is not None:
            try:
                alert = self.alerter(outcome.template, record)
            except Exception:  # noqa: BLE001  a verdict is never lost to its wording
                degraded = [*degraded, ALERT]
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
    plan: NumberingPlan,
    lists: Lists | None = None,
    *,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    store: CounterStore | None = None,
    alerter: Alerter | None = None,
    clock: Callable[[], float] = lambda: math.inf,
) -> Program:
    """The program for a checked rule set.

    ``lists`` holds the members of every list that the rules name, ``store`` the counters (by
    default a new one in memory), ``alerter`` makes the warning that a rule's ``alert`` names.
    Records far ahead of ``clock`` (seconds since 1970) are not counted; by default none is.
    """
    lists = lists or Lists()
    counters = MemoryCounters() if store is None else store
    silent = _silent(ruleset)
    budget = budget_of(ruleset.rules)
    instead = {
        rule.name: without_texts(rule.clauses)
        for rule in ruleset.rules
        if isinstance(rule, Rule) and rule.name in budget.left_out
    }
    left_out = frozenset(
        index for index, rule in enumerate(ruleset.rules) if rule.name in budget.left_out
    )
    keys = definition_keys(ruleset.rules)
    events: dict[str, EventProgram] = {}
    score: dict[str, Callable[[Mapping[str, Any]], Verdict]] = {}
    begin: dict[str, Callable[[Mapping[str, Any]], Verdict | Pending]] = {}
    program = Program(
        ruleset=ruleset,
        plan=plan,
        digest=_digest(ruleset, lists),
        thresholds=thresholds,
        store=counters,
        alerter=alerter,
        silent=silent,
        budget=budget,
        events=events,
        score_event=score,
        begin_event=begin,
        series={
            rule.name: series_of(rule, keys[rule.name])
            for rule in ruleset.rules
            if isinstance(rule, Correlation)
        },
        early=too_early(clock),
        is_call_back=CallBacks(plan, lists.numbers.get(PSAP_NUMBERS)),
    )
    correlate = correlator(counters, program.early)
    for event in EVENTS:
        layout = lay_out(ruleset.rules, event, instead)
        correlations, group_fields = compile_correlations(ruleset.rules, layout, keys)
        columns = build_columns(layout.uses, layout.everything)
        scanners = Scanners(columns)
        compiled = events[event] = EventProgram(
            layout=layout,
            columns=columns,
            lists=lists,
            scanners=scanners,
            correlations=correlations,
            group_fields=group_fields,
            outcome=outcomes_by_mask(ruleset.rules, layout.owners, silent, thresholds, left_out),
        )
        names = {
            "classify": plan.classify,
            "is_certain": plan.is_certain,
            "may_redirect": plan.may_redirect,
            "is_call_back": program.is_call_back,
            "Verdict": Verdict,
            "Pending": Pending,
            "digest": program.digest,
            "outcome": compiled.outcome,
            "finish": partial(program.finish, event),
            "correlate": correlate,
            "early": program.early,
            "clock": clock,
        }
        score[event], begin[event] = write_score(
            layout,
            join_short_lists(columns, lists, layout.everything),
            partial(look_up_of, lists=lists, scanners=scanners),
            correlations,
            group_fields,
            names,
            counters if isinstance(counters, MemoryCounters) else None,
        )
    return program


def _silent(ruleset: RuleSet) -> frozenset[int]:
    """The indexes of rules that only feed correlations and do not report themselves."""
    fed: set[str] = set()
    reporting: set[str] = set()
    for rule in ruleset.rules:
        if isinstance(rule, Correlation):
            (reporting if rule.counting.generate else fed).update(rule.rules)
    return frozenset(
        index
        for index, rule in enumerate(ruleset.rules)
        if rule.name in fed - reporting
        and not rule.consequence.score
        and rule.consequence.verdict is None
    )


def _digest(ruleset: RuleSet, lists: Lists) -> str:
    digest = hashlib.sha256(ruleset.source_digest.encode())
    for name in sorted({*lists.numbers, *lists.texts}):
        members = lists.numbers[name] if name in lists.numbers else lists.texts[name]
        digest.update(f"\0{name}\0{getattr(members, 'digest', '')}".encode())
    return digest.hexdigest()
