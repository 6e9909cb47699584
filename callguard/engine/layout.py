"""Which clause owns which bit, and which literals each field's column has to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from callguard.engine.columns import Use
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule
from callguard.rules.predicates import Clause, Literal


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


def ordered_rules(rules: Sequence[Rule | Correlation], event: str) -> Iterator[tuple[int, Rule]]:
    """The detection rules about ``event`` that are on, each with its index, in file order."""
    for index, rule in enumerate(rules):
        if isinstance(rule, Rule) and rule.on and CATEGORY_EVENT[rule.category] == event:
            yield index, rule


def lay_out(
    rules: Sequence[Rule | Correlation],
    event: str,
    instead: Mapping[str, Sequence[Clause]] = MappingProxyType({}),
) -> Layout:
    """Give every clause of the detection rules about ``event`` a bit, in file order.

    Rules that have clauses ``instead`` of their own, by name, are in no ``rule_masks``: nothing
    counts them.
    """
    layout = Layout(event)
    for index, rule in ordered_rules(rules, event):
        for clause in instead.get(rule.name, rule.clauses):
            bit = layout.width
            layout.clauses.append(clause)
            layout.owners.append(index)
            if rule.name not in instead:
                layout.rule_masks[rule.name] = layout.rule_masks.get(rule.name, 0) | 1 << bit
            for literal in clause:
                layout.uses.setdefault(literal.field, []).append((bit, literal))
    return layout
