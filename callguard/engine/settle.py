"""From the rules that matched to the action, its score, its basis and its alert."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from callguard.engine.verdict import Thresholds
from callguard.rules.model import ACTIONS, Action, Basis, Correlation, Rule

_RANK = {action: rank for rank, action in enumerate(ACTIONS)}
# Combinations of rules repeat from call to call, yet callers choose the values behind them: the
# memo is bounded.
_OUTCOMES = 4096


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of matched rules leads to, whatever the record was."""

    action: Action
    score: int
    rules: tuple[str, ...]
    shadow: tuple[str, ...]
    basis: Basis | None
    template: str | None


def settle(matched: Sequence[Rule | Correlation], thresholds: Thresholds) -> Outcome:
    """The outcome of the rules that matched and report, in file order.

    The score is the sum over acting rules, at most 100; the action the strongest of their own
    verdicts and of what the score reaches. The alert is that of the first acting rule with one.
    """
    acting = [rule for rule in matched if rule.acts]
    score = min(100, sum(rule.score for rule in acting))
    action = max(
        (thresholds.reached(score), *(rule.verdict or "allow" for rule in acting)),
        key=_RANK.__getitem__,
    )
    basis: Basis | None = None
    template = None
    if action != "allow":
        basis = "analytic"
        if any(
            rule.basis == "deterministic" and _RANK[_alone(rule, thresholds)] >= _RANK[action]
            for rule in acting
        ):
            basis = "deterministic"
        template = next((rule.alert for rule in acting if rule.alert), None)
    return Outcome(
        action,
        score,
        tuple(rule.name for rule in acting),
        tuple(rule.name for rule in matched if not rule.acts),
        basis,
        template,
    )


def _alone(rule: Rule | Correlation, thresholds: Thresholds) -> Action:
    """The action that this rule would lead to if it were the only one to match."""
    return max(rule.verdict or "allow", thresholds.reached(rule.score), key=_RANK.__getitem__)


def outcomes_by_mask(
    rules: Sequence[Rule | Correlation],
    owners: Sequence[int],
    silent: frozenset[int],
    thresholds: Thresholds,
) -> Callable[[int], Outcome]:
    """A function from the mask of matching clauses to the outcome, with a bounded memo.

    ``owners`` gives for each bit the index in ``rules`` of the rule that owns it; ``silent`` are
    the indexes of rules that only feed correlations.
    """
    known: dict[tuple[int, ...], Outcome] = {}

    def outcome(mask: int) -> Outcome:
        bits = tuple(bits_of(mask))
        found = known.get(bits)
        if found is None:
            indexes = {owners[bit] for bit in bits} - silent
            found = settle([rules[index] for index in sorted(indexes)], thresholds)
            if len(known) >= _OUTCOMES:
                known.clear()
            known[bits] = found
        return found

    return outcome


def bits_of(mask: int) -> list[int]:
    """The positions of the bits that are set, highest first."""
    found = []
    while mask:
        highest = mask.bit_length() - 1
        found.append(highest)
        mask ^= 1 << highest
    return found
