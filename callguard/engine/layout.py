"""Which clause owns which bit, and which literals each field's column has to answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from callguard.engine.columns import Use
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule
from callguard.rules.predicates import Literal


@dataclass(slots=True)
class Layout:
    """The bits of one event's program.

    Bits 0 to ``width`` - 1 belong to clauses, the bits above to correlations that may fire on
    this event. ``owners`` gives each bit's rule index, ``uses`` each field's literals.
    """

    event: str
    owners: list[int] = field(default_factory=list)
    clauses: list[tuple[Literal, ...]] = field(default_factory=list)
    uses: dict[str, list[Use]] = field(default_factory=dict)
    rule_masks: dict[str, int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        return len(self.clauses)

    @property
    def everything(self) -> int:
        return (1 << self.width) - 1


def lay_out(rules: Sequence[Rule | Correlation], event: str) -> Layout:
    """Give every clause of the detection rules about ``event`` a bit, in file order."""
    layout = Layout(event)
    for index, rule in enumerate(rules):
        if isinstance(rule, Correlation) or not rule.on:
            continue
        if CATEGORY_EVENT[rule.category] != event:
            continue
        for clause in rule.clauses:
            bit = layout.width
            layout.clauses.append(clause)
            layout.owners.append(index)
            layout.rule_masks[rule.name] = layout.rule_masks.get(rule.name, 0) | 1 << bit
            for literal in clause:
                layout.uses.setdefault(literal.field, []).append((bit, literal))
    return layout
