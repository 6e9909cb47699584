"""Expressions into clauses: disjunctive normal form, simplified, and never more than a cap."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from callguard.rules.contradictions import is_impossible
from callguard.rules.expressions import AnyOf, Expression, Not
from callguard.rules.predicates import Absent, Clause, Literal

CLAUSE_LIMIT = 64
# Clauses held while working: simplifying may bring a larger number below the cap.
_WORK_LIMIT = 4096


class TooManyClauses(Exception):  # noqa: N818 - not an error of its own; it becomes a fault
    """More clauses than the cap. ``count`` is how many there would be."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} clauses")
        self.count = count


def to_clauses(expression: Expression) -> tuple[Clause, ...]:
    """The clauses of an expression; none if it can never hold.

    A clause that contradicts itself is left out, and so is one that asks for more than another.
    Raises TooManyClauses if more than ``CLAUSE_LIMIT`` remain.
    """
    try:
        clauses = _expand(expression, negated=False)
    except TooManyClauses:
        raise TooManyClauses(_count(expression, negated=False)) from None
    if len(clauses) > CLAUSE_LIMIT:
        raise TooManyClauses(len(clauses))
    return tuple(clauses)


def _expand(expression: Expression, negated: bool) -> list[Clause]:
    if isinstance(expression, Literal):
        if negated:
            expression = Literal(expression.field, expression.test, not expression.negated)
        return [(expression,)]
    if isinstance(expression, Not):
        return _expand(expression.part, not negated)
    parts = [_expand(part, negated) for part in expression.parts]
    if isinstance(expression, AnyOf) is not negated:
        clauses = [clause for part in parts for clause in part]
    else:
        clauses = _product(parts)
    return _without_weaker(clauses)


def _product(parts: list[list[Clause]]) -> list[Clause]:
    # What is the same in every clause is put together once, not once a clause.
    shared = _tidy(literal for part in parts if len(part) == 1 for literal in part[0])
    if shared is None:
        return []
    clauses: list[Clause] = [shared]
    for part in parts:
        if len(part) == 1:
            continue
        if len(part) * len(clauses) > _WORK_LIMIT:
            raise TooManyClauses(0)
        joined = (_tidy((*left, *right)) for left in clauses for right in part)
        clauses = _without_weaker([clause for clause in joined if clause is not None])
    return clauses


def _tidy(literals: Iterable[Literal]) -> Clause | None:
    """One clause without repetitions; None if it can never hold."""
    clause = tuple(dict.fromkeys(literals))
    if len(clause) < 2:
        return clause
    by_field: dict[str, list[Literal]] = {}
    for literal in clause:
        by_field.setdefault(literal.field, []).append(literal)
    if len(by_field) == len(clause):
        return clause
    for group in by_field.values():
        if len(group) > 1 and is_impossible(group):
            return None
    return tuple(literal for literal in clause if not _is_implied(literal, by_field))


def _is_implied(literal: Literal, by_field: dict[str, list[Literal]]) -> bool:
    """True for "is present" beside a test that only a present field can pass."""
    if not (literal.negated and isinstance(literal.test, Absent)):
        return False
    return any(not other.negated for other in by_field[literal.field])


def _without_weaker(clauses: list[Clause]) -> list[Clause]:
    """Drop clauses that another clause implies, and repetitions; the order stays."""
    if len(clauses) < 2:
        return clauses
    if len(clauses) > _WORK_LIMIT:
        raise TooManyClauses(0)
    if len(clauses) > 4 * CLAUSE_LIMIT:
        distinct = {frozenset(clause): clause for clause in reversed(clauses)}
        return list(reversed(distinct.values()))
    kept: list[tuple[frozenset[Literal], Clause]] = []
    for literals, clause in sorted(
        ((frozenset(clause), clause) for clause in clauses), key=lambda pair: len(pair[0])
    ):
        if not any(smaller <= literals for smaller, _ in kept):
            kept.append((literals, clause))
    survivors = {literals for literals, _ in kept}
    ordered: list[Clause] = []
    for clause in clauses:
        if (literals := frozenset(clause)) in survivors:
            survivors.discard(literals)
            ordered.append(clause)
    return ordered


def _count(expression: Expression, negated: bool) -> int:
    """The number of clauses before any simplifying."""
    if isinstance(expression, Literal):
        return 1
    if isinstance(expression, Not):
        return _count(expression.part, not negated)
    counts = (_count(part, negated) for part in expression.parts)
    if isinstance(expression, AnyOf) is not negated:
        return sum(counts)
    return prod(counts)
