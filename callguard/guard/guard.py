"""Rules and lists loaded once, then one verdict a record."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from callguard.alerts import render
from callguard.counters import CounterStore, MemoryCounters, Series, WindowFigure
from callguard.engine import examples
from callguard.engine import explain as explanations
from callguard.engine.budget import Budget
from callguard.engine.columns import Lists
from callguard.engine.degraded import record_fault
from callguard.engine.examples import ExampleResult
from callguard.engine.explain import RuleExplanation
from callguard.engine.pending import Pending
from callguard.engine.program import Program, compile_rules
from callguard.engine.slow_path import begin_on_slow_path, score_on_slow_path
from callguard.engine.verdict import Thresholds, Verdict
from callguard.faults import Fault
from callguard.guard.costs import too_costly
from callguard.guard.reading import read_rules, refuse_failing
from callguard.guard.slow_path_counts import SlowPathCounts
from callguard.numbering import NumberingPlan, RangeText
from callguard.records import Record
from callguard.rules.model import RuleSet


class Scored(NamedTuple):
    """The verdicts of a batch; ``forget()`` says that its records will not come again."""

    verdicts: list[Verdict]
    forget: Callable[[], None]


class Guard:
    """Scores signalling records against one rule file.

    One guard may be used by any number of threads. It starts none itself.
    """

    def __init__(
        self,
        ruleset: RuleSet,
        plan: NumberingPlan,
        lists: Lists | None = None,
        *,
        state: CounterStore | None = None,
        thresholds: Thresholds | Mapping[str, int] | None = None,
        path: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._plan = plan
        self._path = path
        self._clock = clock
        self._state = MemoryCounters() if state is None else state
        self._thresholds = _thresholds(thresholds)
        self._reloading = Lock()
        self._slow_path = SlowPathCounts()
        self._warnings: tuple[Fault, ...] = ()
        lists = lists or Lists()
        self._use(self._compile(ruleset, lists))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        home: str = "CN",
        state: CounterStore | None = None,
        thresholds: Thresholds | Mapping[str, int] | None = None,
        mobile_blocks: str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.time,
        number_ranges: str | os.PathLike[str] | RangeText | None = None,
    ) -> Guard:
        """A guard for the rule file at ``path`` and the ``lists/`` beside it.

        ``home`` is the home country (ISO 3166 alpha-2), ``state`` the counters of correlations
        (by default new ones in memory; guards that share them share the counts of a correlation
        that is defined alike in both), ``thresholds`` the scores from which a call is labelled
        or blocked (default ``{"label": 50, "block": 90}``), ``mobile_blocks`` a list of the
        mobile number blocks that are allocated in China. ``clock`` gives the present
        in seconds since 1970: records far ahead of it are not counted. ``number_ranges`` is a
        file of number ranges that the numbering table lacks.

        Raises RuleError with every fault of rules, lists and examples, NumberingError for an
        unknown home country, or for blocks or ranges that cannot be used.
        """
        plan = NumberingPlan(home, mobile_blocks, number_ranges)
        read = read_rules(path, plan)
        guard = cls(
            read.ruleset,
            plan,
            read.lists,
            state=state,
            thresholds=thresholds,
            path=Path(path),
            clock=clock,
        )
        guard._warnings = read.warnings + refuse_failing(guard.run_examples())
        guard._warnings += too_costly(guard._program)
        return guard

    @property
    def rules(self) -> RuleSet:
        """The rules in use."""
        return self._program.ruleset

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What works but is not as meant in the rules in use: each was logged when it was found.

        Lists that were not read as they should be, examples that were set aside because of what
        stands on a list, values that no call can have, rules that are off for their cost. Empty
        for a guard that no file was read for.
        """
        return self._warnings

    @property
    def plan(self) -> NumberingPlan:
        """The numbering plan of the home country."""
        return self._plan

    @property
    def series(self) -> Mapping[str, Series]:
        """What each correlation counts, by its name: how to find its counts in a store."""
        return self._program.series

    @property
    def digest(self) -> str:
        """The hex digest of the rules and lists in use, as each verdict has it."""
        return self._program.digest

    @property
    def budget(self) -> Budget:
        """What reading texts can cost a record, and the rules that are off for it."""
        return self._program.budget

    @property
    def slow_path_total(self) -> Mapping[str, int]:
        """How many records took the slow path since the guard was made, by reason.

        ``record``: the record was not as the record format says. ``fault``: something failed for
        a record that was (a list, the numbering plan, or the compiled rules); the first such
        fault of a rule set is logged with its traceback.
        """
        return self._slow_path.total()

    def score(self, record: Mapping[str, Any]) -> Verdict:
        """The verdict for one record. Never raises: what cannot be judged passes, ``degraded``."""
        program = self._program
        try:
            verdict = program.score_event[record["event"]](record)
        except Exception as error:  # noqa: BLE001  the slow path finds out what was wrong
            verdict = score_on_slow_path(program, record)
            self._slow_path.took(record, error, program.digest, verdict.degraded)
        if record.__class__ is Record and record.faults:
            verdict.degraded += [record_fault(fault) for fault in record.faults]
        return verdict

    def begin(self, record: Mapping[str, Any]) -> Verdict | Pending:
        """The verdict for one record or, if counters are wanted, what is known without them.

        The caller counts ``pending.steps`` in a store and gives the figures to
        :meth:`Pending.finish`. Never raises.
        """
        program = self._program
        try:
            begun = program.begin_event[record["event"]](record)
        except Exception as error:  # noqa: BLE001  the slow path finds out what was wrong
            begun = begin_on_slow_path(program, record)
            self._slow_path.took(record, error, program.digest, begun.degraded)
        if record.__class__ is Record and record.faults:
            faults = [record_fault(fault) for fault in record.faults]
            if isinstance(begun, Pending):
                begun.faults = faults
            else:
                begun.degraded += faults
        return begun

    def score_many(self, records: Iterable[Mapping[str, Any]]) -> Iterator[Verdict]:
        """The verdicts for many records, in their order.

        One record at a time, unless the counters are expensive to ask: then ``state.batch`` records
        are read ahead and counted in one go.
        """
        if self._state.batch <= 1:
            return map(self.score, records)
        return self._score_batches(iter(records), self._state.batch)

    def _score_batches(self, records: Iterator[Mapping[str, Any]], size: int) -> Iterator[Verdict]:
        while batch := list(islice(records, size)):
            yield from self.score_batch(batch).verdicts

    def score_batch(
        self, records: Sequence[Mapping[str, Any]], ids: Sequence[str] | None = None
    ) -> Scored:
        """The verdicts for these records, in their order, with one call of the counters.

        With ``ids``, one a record, a record whose id was counted before is judged but not counted
        again, until ``forget()`` of the result is called. Never raises.
        """
        begun = [self.begin(record) for record in records]
        pending = [index for index, one in enumerate(begun) if isinstance(one, Pending)]
        steps = [one.steps for one in begun if isinstance(one, Pending)]
        wanted = None if ids is None else [ids[index] for index in pending]
        figures: Sequence[Sequence[WindowFigure] | None] = [None] * len(steps)
        if steps:
            with suppress(Exception):  # a call is never lost to its counters
                figures = self._state.step_many(steps, wanted)
        answers = iter(figures)
        verdicts = [
            one.finish(next(answers, None)) if isinstance(one, Pending) else one for one in begun
        ]

        def forget() -> None:
            if wanted:
                with suppress(Exception):  # tidying; ids expire by themselves
                    self._state.forget_ids(steps, wanted)

        return Scored(verdicts, forget)

    def explain(self, record: Mapping[str, Any]) -> list[RuleExplanation]:
        """Why each rule matches the record or misses it. Counts nothing.

        Raises RecordError if the record cannot be judged.
        """
        return explanations.explain(self._program, record)

    def run_examples(self) -> list[ExampleResult]:
        """The result of every example of every rule."""
        return examples.run_examples(self._program)

    def reload(self) -> None:
        """Read rules and lists again and use them from the next record on.

        Counters of correlations that did not change are kept. Raises RuleError if the new rules
        cannot be used, and ValueError for a guard that was not loaded from a file; the old rules
        stay in use then.
        """
        if self._path is None:
            raise ValueError("this guard was not loaded from a file: make a new one")
        with self._reloading:
            read = read_rules(self._path, self._plan)
            program = self._compile(read.ruleset, read.lists)
            warnings = read.warnings + refuse_failing(examples.run_examples(program))
            warnings += too_costly(program)
            self._use(program)
            self._warnings = warnings

    def _use(self, program: Program) -> None:
        self._program = program
        keys = frozenset(series.key for series in program.series.values())
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
            clock=self._clock,
        )


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
