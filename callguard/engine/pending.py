"""A record that was judged but for its counters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callguard.counters import CounterUpdate, WindowFigure
from callguard.engine.correlate import DEGRADED, FAILED, Trigger, fired
from callguard.engine.verdict import Verdict

# (record, call_id, at, mask, degraded) -> the verdict.
Finisher = Callable[[Mapping[str, Any], Any, float, int, list[str]], Verdict]


@dataclass(slots=True)
class Pending:
    """What is known of a record whose ``steps`` are still to be counted.

    ``triggers`` go with ``steps``, ``mask`` has the clauses that matched, ``faults`` say what was
    wrong with the record before it came here.
    """

    finisher: Finisher
    record: Mapping[str, Any]
    call_id: Any
    at: float
    mask: int
    degraded: list[str]
    steps: list[CounterUpdate]
    triggers: list[Trigger]
    faults: list[str] = field(default_factory=list)

    def finish(self, figures: Sequence[WindowFigure] | None) -> Verdict:
        """The verdict, given what the steps came to; None if they could not be counted."""
        bits = FAILED if figures is None else fired(self.triggers, figures)
        degraded = [*self.degraded]
        if bits < 0:
            degraded.append(DEGRADED[bits])
            bits = 0
        verdict = self.finisher(self.record, self.call_id, self.at, self.mask | bits, degraded)
        verdict.degraded += self.faults
        return verdict
