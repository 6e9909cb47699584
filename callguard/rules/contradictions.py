"""Finding tests on one field that no value can pass together.

Only what is certain counts: a wrong "never" would lose matches, a missed one costs a clause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from callguard.records.fields import CHOICES, FIELDS, FieldType
from callguard.rules.evaluate import Value, passes
from callguard.rules.predicates import (
    Absent,
    Compare,
    Contains,
    EndsWith,
    Equals,
    InNetwork,
    Literal,
    Matches,
    StartsWith,
    Wildcard,
)

# Comparisons spent on one field of one clause; long lists of values are taken as they are.
_WORK_LIMIT = 50_000
_OPPOSITE = {"lt": "gte", "lte": "gt", "gt": "lte", "gte": "lt"}


def is_impossible(literals: Sequence[Literal]) -> bool:
    """True if the literals, all on one field, can never hold together."""
    if any(not literal.negated and isinstance(literal.test, Absent) for literal in literals):
        return any(_wants_presence(literal) for literal in literals)
    if not any(_wants_presence(literal) for literal in literals):
        return False
    return (
        _denied(literals)
        or _range_is_empty(literals)
        or _affixes_differ(literals)
        or _no_value_left(literals)
    )


def _wants_presence(literal: Literal) -> bool:
    """True if the literal cannot hold on an absent field."""
    return literal.negated is isinstance(literal.test, Absent)


def _denied(literals: Sequence[Literal]) -> bool:
    asked = {literal.test for literal in literals if not literal.negated}
    return any(literal.negated and literal.test in asked for literal in literals)


def _range_is_empty(literals: Sequence[Literal]) -> bool:
    # The field is present, so a negated comparison is the opposite comparison.
    low, low_open, high, high_open = -inf, False, inf, False
    for literal in literals:
        if not isinstance(literal.test, Compare):
            continue
        op, bound = literal.test.op, literal.test.number
        op = _OPPOSITE[op] if literal.negated else op  # type: ignore[assignment]
        if op in ("gt", "gte") and (bound > low or (bound == low and op == "gt")):
            low, low_open = bound, op == "gt"
        if op in ("lt", "lte") and (bound < high or (bound == high and op == "lt")):
            high, high_open = bound, op == "lt"
    return low > high or (low == high and (low_open or high_open))


def _affixes_differ(literals: Sequence[Literal]) -> bool:
    for kind in (StartsWith, EndsWith):
        tests: list[StartsWith | EndsWith] = [
            one.test for one in literals if isinstance(one.test, kind) and not one.negated
        ]
        for index, first in enumerate(tests):
            for second in tests[index + 1 :]:
                cased = first.cased and second.cased
                if len(first.values) * len(second.values) > _WORK_LIMIT:
                    continue
                if not _compatible(kind, first.values, second.values, cased):
                    return True
    return False


def _compatible(
    kind: type[StartsWith | EndsWith], first: Iterable[str], second: Iterable[str], cased: bool
) -> bool:
    def reads(text: str) -> str:
        forward = text if cased else text.lower()
        return forward if kind is StartsWith else forward[::-1]

    others = [reads(text) for text in second]
    return any(
        one.startswith(other) or other.startswith(one)
        for one in map(reads, first)
        for other in others
    )


def _no_value_left(literals: Sequence[Literal]) -> bool:
    """True if the few values that the field may have are each refused by some literal."""
    values, exact = _candidates(literals)
    work = sum(_size(literal) for literal in literals)
    if values is None or len(values) * work > _WORK_LIMIT:
        return False
    return all(any(_refuses(one, value, exact) for one in literals) for value in values)


def _size(literal: Literal) -> int:
    test = literal.test
    if isinstance(test, Equals | StartsWith | EndsWith | Contains | Wildcard | Matches):
        return len(test.values)
    return len(test.networks) if isinstance(test, InNetwork) else 1


def _candidates(literals: Sequence[Literal]) -> tuple[Sequence[Value] | None, bool]:
    """The values that remain possible, and whether they are spelt exactly so."""
    field = literals[0].field
    if FIELDS.get(field) is FieldType.BOOLEAN:
        return (True, False), True
    if field in CHOICES:
        return CHOICES[field], True
    for literal in literals:
        if isinstance(literal.test, Equals) and not literal.negated:
            return literal.test.values, literal.test.cased
    return None, False


def _refuses(literal: Literal, value: Value, exact: bool) -> bool:
    test = literal.test
    case_matters = isinstance(test, Matches) or getattr(test, "cased", False)
    if isinstance(value, str) and case_matters and not exact:
        # "value" means every spelling of itself; a cased test may take one of them.
        if literal.negated or not isinstance(test, Equals):
            return False
        test = Equals(test.values)
    return passes(test, value) is literal.negated
