"""From the rules that matched to the action, its score, its basis and its alert."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from callguard.engine.verdict import Thresholds
from callguard.rules.model import ACTIONS, Action, Basis, Correlation, Rule

_RANK = {action: rank for rank, action in enumerate(ACTIONS)}
# Combinations of rules repeat from call to call, yet callers choose the values behind them: the
# memo is bounded.
_OUTCOMES = 4096


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of matched rules leads to, whatever the record was.

    ``left_out`` are rules that are not judged for their cost, and that might have matched.
    """

    action: Action
    score: int
    rules: tuple[str, ...]
    shadow: tuple[str, ...]
    basis: Basis | None
    template: str | None
    left_out: tuple[str, ...] = ()


class Weight(NamedTuple):
    """What one rule brings to an outcome, worked out at load.

    ``rank`` is that of the rule's own verdict, ``certain`` the rank of what it would lead to alone
    if it is deterministic, otherwise -1.
    """

    name: str
    acts: bool
    score: int
    rank: int
    certain: int
    template: str | None


def weigh(rule: Rule | Correlation, thresholds: Thresholds) -> Weight:
    """The weight of a rule."""
    led_to = rule.consequence
    own = _RANK[led_to.verdict or "allow"]
    alone = max(own, _RANK[thresholds.reached(led_to.score)])
    certain = alone if led_to.basis == "deterministic" else -1
    return Weight(rule.name, rule.acts, led_to.score, own, certain, led_to.alert)


def outcome_of(matched: Iterable[Weight], thresholds: Thresholds) -> Outcome:
    """The outcome of the rules that matched and report, in file order.

    The score is the sum over acting rules, at most 100; the action the strongest of their own
    verdicts and of what the score reaches. The alert is that of the first acting rule with one.
    """
    score = rank = 0
    certain = -1
    template: str | None = None
    names: list[str] = []
    shadow: list[str] = []
    for weight in matched:
        if not weight.acts:
            shadow.append(weight.name)
            continue
        names.append(weight.name)
        score += weight.score
        rank = max(rank, weight.rank)
        certain = max(certain, weight.certain)
        template = template or weight.template
    score = min(score, 100)
    rank = max(rank, _RANK[thresholds.reached(score)])
    if not rank:
        return Outcome("allow", score, tuple(names), tuple(shadow), None, None)
    basis: Basis = "deterministic" if certain >= rank else "analytic"
    return Outcome(ACTIONS[rank], score, tuple(names), tuple(shadow), basis, template)


def outcomes_by_mask(
    rules: Sequence[Rule | Correlation],
    owners: Sequence[int],
    silent: frozenset[int],
    thresholds: Thresholds,
    left_out: frozenset[int] = frozenset(),
) -> Callable[[int], Outcome]:
    """A function from the mask of matching clauses to the outcome, with a bounded memo.

    ``owners`` gives for each bit the index in ``rules`` of the rule that owns it; ``silent`` are
    the indexes of rules that only feed correlations, ``left_out`` those of rules that are not
    judged for their cost.
    """
    weights = [weigh(rule, thresholds) for rule in rules]
    known: dict[tuple[int, ...], Outcome] = {}

    def outcome(mask: int) -> Outcome:
        bits = tuple(bits_of(mask))
        result = known.get(bits)
        if result is None:
            every = {owners[bit] for bit in bits}
            indexes = every - silent - left_out
            result = outcome_of([weights[index] for index in sorted(indexes)], thresholds)
            if not every.isdisjoint(left_out):
                names = tuple(rules[index].name for index in sorted(every & left_out))
                result = replace(result, left_out=names)
            if len(known) >= _OUTCOMES:
                known.clear()
            known[bits] = result
        return result

    return outcome


def bits_of(mask: int) -> list[int]:
    """The positions of the bits that are set, highest first."""
    positions = []
    while mask:
        highest = mask.bit_length() - 1
        positions.append(highest)
        mask ^= 1 << highest
    return positions
