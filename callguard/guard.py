"""The guard: rules and lists loaded once, then one verdict a record."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from callguard.alerts import TEMPLATES, render
from callguard.engine import examples
from callguard.engine import explain as explanations
from callguard.engine.careful import score_carefully
from callguard.engine.columns import Lists
from callguard.engine.correlate import CounterStore, definition_keys
from callguard.engine.counters import MemoryCounters
from callguard.engine.examples import ExampleResult
from callguard.engine.explain import RuleExplanation
from callguard.engine.lists import load_lists
from callguard.engine.program import Program, compile_rules
from callguard.engine.verdict import Thresholds, Verdict
from callguard.errors import Fault, RuleError
from callguard.numbering import Plan
from callguard.records import Record
from callguard.rules import load_rules, sound_rules
from callguard.rules.model import RuleSet


class Guard:
    """Scores signalling records against one rule file.

    One guard may be used by any number of threads. It starts none itself.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        plan: Plan,
        lists: Lists | None = None,
        *,
        state: CounterStore | None = None,
        thresholds: Thresholds | Mapping[str, int] | None = None,
        path: Path | None = None,
    ) -> None:
        self._plan = plan
        self._path = path
        self._state = MemoryCounters() if state is None else state
        self._thresholds = _thresholds(thresholds)
        self._reloading = Lock()
        lists = lists or Lists()
        self._use(self._compile(ruleset, lists), lists)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        home: str = "CN",
        state: CounterStore | None = None,
        thresholds: Thresholds | Mapping[str, int] | None = None,
        mobile_blocks: str | os.PathLike[str] | None = None,
    ) -> Guard:
        """A guard for the rule file at ``path`` and the ``lists/`` beside it.

        ``home`` is the home country (ISO 3166 alpha-2), ``state`` the counters of correlations
        (by default new ones in memory; guards that share them share the counts of a correlation
        that is defined alike in both), ``thresholds`` the scores from which a call is labelled
        or blocked (default ``{"label": 50, "block": 90}``), ``mobile_blocks`` a list of the
        mobile number blocks that are allocated in the home country.

        Raises RuleError with every fault of rules, lists and examples, NumberingError for an
        unknown home country.
        """
        plan = Plan(home, mobile_blocks)
        ruleset, lists = _read(path, plan)
        guard = cls(ruleset, plan, lists, state=state, thresholds=thresholds, path=Path(path))
        _refuse_failing(guard.run_examples())
        return guard

    @property
    def rules(self) -> RuleSet:
        """The rules in use."""
        return self._program.ruleset

    @property
    def plan(self) -> Plan:
        """The numbering plan of the home country."""
        return self._plan

    @property
    def digest(self) -> str:
        """The hex digest of the rules and lists in use, as it stands in each verdict."""
        return self._program.digest

    def score(self, record: Mapping[str, Any]) -> Verdict:
        """The verdict for one record. Never raises: what cannot be judged passes, ``degraded``."""
        program = self._program
        try:
            verdict = program.score_event[record["event"]](record)
        except Exception:  # noqa: BLE001  the careful way finds out what was wrong
            verdict = score_carefully(program, record)
        if record.__class__ is Record and record.faults:
            verdict.degraded += [f"record: {fault}" for fault in record.faults]
        return verdict

    def score_many(self, records: Iterable[Mapping[str, Any]]) -> Iterator[Verdict]:
        """The verdicts for many records, in their order, one at a time."""
        return map(self.score, records)

    def explain(self, record: Mapping[str, Any]) -> list[RuleExplanation]:
        """Why each rule matches the record or misses it. Counts nothing.

        Raises RecordError if the record cannot be judged.
        """
        program, lists = self._in_use
        return explanations.explain(program, record, lists)

    def run_examples(self) -> list[ExampleResult]:
        """The result of every example of every rule."""
        program, lists = self._in_use
        return examples.run_examples(program, lists)

    def reload(self) -> None:
        """Read rules and lists again and use them from the next record on.

        Counters of correlations that did not change are kept. Raises RuleError if the new rules
        cannot be used, and ValueError for a guard that was not loaded from a file; the old rules
        stay in use then.
        """
        if self._path is None:
            raise ValueError("this guard was not loaded from a file: make a new one")
        with self._reloading:
            ruleset, lists = _read(self._path, self._plan)
            program = self._compile(ruleset, lists)
            _refuse_failing(examples.run_examples(program, lists))
            self._use(program, lists)

    def _use(self, program: Program, lists: Lists) -> None:
        self._in_use = program, lists
        self._program = program
        keys = frozenset(definition_keys(program.ruleset.rules).values())
        with suppress(Exception):  # tidying; a store that is down must not stop calls or rules
            self._state.retain(self, keys)

    def _compile(self, ruleset: RuleSet, lists: Lists) -> Program:
        return compile_rules(
            ruleset,
            self._plan,
            lists,
            thresholds=self._thresholds,
            store=self._state,
            alerter=partial(render, plan=self._plan),
        )


def check(
    path: str | os.PathLike[str],
    home: str = "CN",
    mobile_blocks: str | os.PathLike[str] | None = None,
) -> tuple[Fault, ...]:
    """Every fault that would keep :meth:`Guard.load` from using the file, in file order.

    The examples of rules without a fault are tried even where other rules have some. Raises
    NumberingError for an unknown home country.
    """
    plan = Plan(home, mobile_blocks)
    ruleset, faults = sound_rules(path, home=plan.home, alert_templates=TEMPLATES)
    if ruleset is None:
        return faults
    try:
        lists = load_lists(ruleset, plan)
    except RuleError as error:
        return (*faults, *error.faults)
    failing = [found for found in Guard(ruleset, plan, lists).run_examples() if not found.ok]
    return tuple(sorted((*faults, *(found.fault() for found in failing))))


def run_examples(path: str | os.PathLike[str], home: str = "CN") -> list[ExampleResult]:
    """The result of every example in a rule file, the failing ones too.

    Raises RuleError if the file has other faults, NumberingError for an unknown home country.
    """
    return _untried(path, home).run_examples()


def explain(
    path: str | os.PathLike[str], record: Mapping[str, Any], home: str = "CN"
) -> list[RuleExplanation]:
    """:meth:`Guard.explain` for a rule file whose examples need not come out as said.

    Raises RuleError if the file has other faults, RecordError if the record cannot be judged.
    """
    return _untried(path, home).explain(record)


def _untried(path: str | os.PathLike[str], home: str) -> Guard:
    plan = Plan(home)
    ruleset, lists = _read(path, plan)
    return Guard(ruleset, plan, lists)


def _read(path: str | os.PathLike[str], plan: Plan) -> tuple[RuleSet, Lists]:
    ruleset = load_rules(path, home=plan.home, alert_templates=TEMPLATES)
    return ruleset, load_lists(ruleset, plan)


def _refuse_failing(results: Iterable[ExampleResult]) -> None:
    faults = [result.fault() for result in results if not result.ok]
    if faults:
        raise RuleError(faults)


def _thresholds(given: object) -> Thresholds:
    if given is None:
        return Thresholds()
    if isinstance(given, Thresholds):
        return given
    if not isinstance(given, Mapping) or not given.keys() <= {"label", "withhold", "block"}:
        raise ValueError(
            f"thresholds {given!r}: expected scores under the keys label, withhold and block"
        )
    return Thresholds(**given)
