"""A scoring function that writes down each step of its walk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callguard.engine.codegen import write_score
from callguard.engine.column import Use
from callguard.engine.columns import Lists, build_columns
from callguard.engine.settle import Outcome
from callguard.engine.verdict import Verdict
from callguard.numbering import NumberClass
from callguard.rules.model import Literal
from tests.guarding import plan

QUIET = Outcome("allow", 0, (), (), None, None)


class Walk:
    """A scoring function over the clauses given, one literal each, and what it did."""

    def __init__(
        self,
        *literals: Literal,
        group_fields: Sequence[str] = (),
        listed: Any = frozenset(),
        fired: int = 0,
        outcome: Outcome = QUIET,
    ) -> None:
        uses: dict[str, list[Use]] = {}
        for bit, literal in enumerate(literals):
            uses.setdefault(literal.field, []).append((bit, literal))
        everything = (1 << len(literals)) - 1
        self.columns = build_columns(uses, everything, Lists({"few": listed}, {"few": listed}))
        self.classified: list[tuple[str, str | None]] = []
        self.groups: list[tuple[Any, ...]] = []
        self.masks: list[int] = []
        self.finished: list[tuple[int, list[str]]] = []
        self.fired, self.settled = fired, outcome
        names: dict[str, Any] = {
            "classify": self.classify,
            "Verdict": Verdict,
            "digest": "d",
            "outcome": self.outcome,
            "finish": self.finish,
        }
        if group_fields:
            names["correlate"] = self.correlate
        self.score = write_score("setup", everything, self.columns, group_fields, names)

    def classify(self, raw: str, nature: str | None = None) -> tuple[str | None, NumberClass]:
        self.classified.append((raw, nature))
        return plan().classify(raw, nature)

    def outcome(self, mask: int) -> Outcome:
        self.masks.append(mask)
        return self.settled

    def correlate(self, mask: int, at: float, values: tuple[Any, ...]) -> int:
        self.masks.append(mask)
        self.groups.append((at, *values))
        return self.fired

    def finish(self, *given: Any) -> str:
        _record, _call_id, _at, mask, degraded = given
        self.finished.append((mask, degraded))
        return "finished"
