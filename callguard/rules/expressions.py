"""What a condition or a selection says, before it becomes clauses."""

from __future__ import annotations

from dataclasses import dataclass

from callguard.rules.predicates import Literal


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression


Expression = AllOf | AnyOf | Not | Literal
