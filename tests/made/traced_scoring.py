"""A scoring function that writes down each step of its walk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import inf
from typing import Any

from callguard.counters import CounterUpdate, Series
from callguard.engine.call_backs import CallBacks
from callguard.engine.codegen import write_score
from callguard.engine.columns import Lists, Scanners, Use, build_columns, look_up_of
from callguard.engine.correlate import CompiledCorrelation, Trigger
from callguard.engine.layout import Layout
from callguard.engine.outcomes import Outcome
from callguard.engine.pending import Pending
from callguard.engine.verdict import Verdict
from callguard.numbering import NumberClass
from callguard.rules.predicates import Literal
from tests.made.guards import plan
from tests.made.rules import counting

QUIET = Outcome("allow", 0, (), (), None, None)


class Walk:
    """A scoring function over the clauses given, one literal each, and what it did."""

    def __init__(
        self,
        *literals: Literal,
        group_fields: Sequence[str] = (),
        listed: Any = frozenset(),
        fired: int = 0,
        latest: float = inf,
        outcome: Outcome = QUIET,
    ) -> None:
        layout = Layout("setup", clauses=[(literal,) for literal in literals])
        uses: dict[str, list[Use]] = {}
        for bit, literal in enumerate(literals):
            uses.setdefault(literal.field, []).append((bit, literal))
        self.columns = build_columns(uses, layout.everything)
        self.lists = Lists({"few": listed}, {"few": listed})
        look_up = partial(look_up_of, lists=self.lists, scanners=Scanners(self.columns))
        self.classified: list[tuple[str, str | None]] = []
        self.groups: list[tuple[Any, ...]] = []
        self.masks: list[int] = []
        self.finished: list[tuple[int, list[str]]] = []
        self.fired, self.settled, self.latest = fired, outcome, latest
        names: dict[str, Any] = {
            "classify": self.classify,
            "is_certain": plan().is_certain,
            "may_redirect": plan().may_redirect,
            "is_call_back": CallBacks(plan(), None),
            "Verdict": Verdict,
            "digest": "d",
            "outcome": self.outcome,
            "finish": self.finish,
        }
        names |= {"correlate": self.correlate, "early": self.early, "Pending": Pending}
        self.fields = group_fields
        # One correlation a field, which counts nothing and so is asked about every record.
        correlations = [
            CompiledCorrelation(
                rule=counting(name, "x", group_by=(name,)),
                series=Series(name, "event_count", 1, 64, 1, 0),
                trigger=(0, bool),
                masks=(0,),
                group=(place,),
                value=None,
                sample=None,
            )
            for place, name in enumerate(group_fields)
        ]
        self.score, self.begin = write_score(
            layout, self.columns, look_up, correlations, group_fields, names
        )

    def classify(self, raw: str, nature: str | None = None) -> tuple[str | None, NumberClass]:
        self.classified.append((raw, nature))
        return plan().classify(raw, nature)

    def outcome(self, mask: int) -> Outcome:
        self.masks.append(mask)
        return self.settled

    def correlate(
        self, at: float, steps: Sequence[CounterUpdate], triggers: Sequence[Trigger]
    ) -> int:
        assert len(steps) == len(triggers)
        values = {series.key: group for series, group, *_ in steps}
        self.groups.append((at, *(values.get(name) for name in self.fields)))
        return self.fired

    def early(self, at: float) -> bool:
        return at > self.latest

    def finish(self, *given: Any) -> str:
        _record, _call_id, _at, mask, degraded = given
        self.finished.append((mask, degraded))
        return "finished"
