"""Rules for the speed comparison, in a form that no engine owns.

Every rule is written from a case, as an analyst would: a record is drawn, and two to four things
that are true of it become the conditions, so every rule can match. A rule that would match too
often for the size of the rule set is thrown away; a record matches none to about three rules at
every size. The conditions of a rule stand in the order that is best for an engine that tests them
one after another: cheap and selective ones first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_
from random import Random
from typing import Literal

from bench.conditions import Condition, Fields, Scalar
from bench.drawing import draw_from
from bench.ready import Ready
from bench.recordgen import Record, RecordMaker

Family = Literal["plain", "regex"]
FAMILIES: tuple[Family, ...] = ("plain", "regex")

_CASES = 3_000  # records that rules are written from
_PROBES = 2_000  # records that a rule's selectivity is estimated on
_ALL = (1 << _PROBES) - 1
_REGEX_SHARE = 0.2
# What one test costs straight-line Python, in nanoseconds, roughly; only the order matters.
_COST = {"is": 20, "in": 30, "range": 35, "contains": 35, "prefix": 60, "re": 250}


@dataclass(frozen=True, slots=True)
class BenchRule:
    """Matches when all conditions hold. ``case`` is a record that it was written from."""

    number: int
    conditions: tuple[Condition, ...]
    case: Mapping[str, object]
    spare: Mapping[str, object]

    @property
    def name(self) -> str:
        return f"bench-{self.number}"

    def holds(self, fields: Fields) -> bool:
        """The plain answer, one condition after another."""
        return all(condition.holds(fields) for condition in self.conditions)


def make_rules(count: int, family: Family, ready: Ready, seed: int | str = 1) -> list[BenchRule]:
    """``count`` rules; in the ``regex`` family a fifth of them has a regular expression."""
    return _RuleMaker(count, family, ready, seed).make()


def campaign(
    rules: Sequence[BenchRule], maker: RecordMaker, count: int, draw: Random
) -> list[Record]:
    """Warm records of which one in ten is bent to fit the case behind some rule."""
    records = maker.make(count)
    for record in records:
        if draw.random() < 0.1:
            _bend(record, draw.choice(rules), maker)
    return records


def _bend(record: Record, rule: BenchRule, maker: RecordMaker) -> None:
    for condition in rule.conditions:
        for key in condition.raw_keys:
            value = rule.case[key]
            if key.endswith("_number"):
                assert isinstance(value, str)
                value = maker.number_like(value)
            record[key] = value


class _RuleMaker:
    def __init__(self, count: int, family: Family, ready: Ready, seed: int | str) -> None:
        self._count = count
        self._family = family
        self._draw = Random(f"rules {seed} {count} {family}")
        maker = RecordMaker(f"cases {seed}")
        self._cases = [(record, ready.fields(record)) for record in maker.make(_CASES)]
        self._probes = maker.make(_PROBES)
        self._columns = _columns([ready.fields(record) for record in self._probes])
        # Texts in order, so that those with one prefix stand side by side.
        self._sorted = {name: sorted(map(str, column)) for name, column in self._columns.items()}
        self._mask = lru_cache(maxsize=50_000)(self._probe_mask)
        self._matches_left = 0.0

    def make(self) -> list[BenchRule]:
        rules: list[BenchRule] = []
        seen: set[tuple[Condition, ...]] = set()
        while len(rules) < self._count:
            rule = self._rule(len(rules))
            if rule is not None and rule.conditions not in seen:
                seen.add(rule.conditions)
                rules.append(rule)
        return rules

    def _rule(self, number: int) -> BenchRule | None:
        case, fields = self._draw.choice(self._cases)
        drawn = draw_from(fields, self._draw, self._with_regex())
        masks = [self._mask(condition) for condition in drawn]
        matched = reduce(and_, masks, _ALL)
        hits = matched.bit_count()
        if hits * self._count > 2 * _PROBES or hits > self._budget(number):
            return None
        self._matches_left -= hits
        order = sorted(range(len(drawn)), key=lambda i: _rank(drawn[i], masks[i]))
        missed = self._draw.choice([i for i in range(_PROBES) if not matched >> i & 1])
        return BenchRule(number, tuple(drawn[i] for i in order), case, self._probes[missed])

    def _budget(self, number: int) -> float:
        """How many probe records this rule may match: 0.8 matches a record over all rules."""
        allowed = 0.8 * _PROBES
        return max(2.0, allowed * (number + 1) / self._count) + self._matches_left

    def _with_regex(self) -> bool:
        return self._family == "regex" and self._draw.random() < _REGEX_SHARE

    def _probe_mask(self, condition: Condition) -> int:
        """The probe records on which the condition holds, one bit each."""
        column = self._columns[condition.field]
        if condition.op != "prefix":
            return _either(m for v, m in column.items() if condition.holds({condition.field: v}))
        order = self._sorted[condition.field]
        matched = _either(
            column[value]
            for prefix in condition.values
            for value in order[bisect_left(order, prefix) : bisect_left(order, f"{prefix}\x7f")]
        )
        return _ALL ^ matched if condition.negated else matched


def _either(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)


def _columns(probes: Sequence[Fields]) -> dict[str, dict[Scalar, int]]:
    """For each field, the value -> the probe records that hold it, one bit each."""
    columns: dict[str, dict[Scalar, int]] = {name: {} for name in probes[0]}
    for i, fields in enumerate(probes):
        for name, value in fields.items():
            columns[name][value] = columns[name].get(value, 0) | 1 << i
    return columns


def _rank(condition: Condition, mask: int) -> float:
    """Cost of a test over the share of records that it ends: tests in rising rank cost least."""
    ended = 1 - mask.bit_count() / _PROBES
    cost: float = _COST[condition.op] * len(condition.values) ** 0.3
    return cost / max(ended, 1e-6)
