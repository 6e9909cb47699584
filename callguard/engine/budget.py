"""What reading texts costs a record at most, and which rules are left out where that is too much.

Counted in steps of an automaton (:mod:`callguard.engine.columns.expressions.costs`), so that a
rule file is taken or not alike on every machine. Rules that only report count like others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from callguard.engine.columns import LONGEST_TEXT
from callguard.engine.columns.expressions import costs, costs_of, deepest, plan
from callguard.engine.columns.field_columns import is_e164, is_scan
from callguard.engine.columns.scans import expressions_of
from callguard.engine.layout import ordered_rules
from callguard.records.fields import EVENTS, FIELDS, FieldType
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import Absent, Clause, Contains, Literal, Test

_LONGEST_WORD: Final = 32  # a number that callguard wrote, or a word that a field may hold
_FREE: Final = (FieldType.TEXT, FieldType.NUMBER_TEXT, FieldType.ADDRESS)
# Tests of one field, and the rules (by index) that have each.
_Tests = dict[Test, list[int]]


@dataclass(frozen=True, slots=True)
class Budget:
    """What reading texts costs a record about each event at most, in steps.

    ``left_out`` are the rules that cost too much, by name, with the steps of the costliest part
    of each; ``steps`` is without them.
    """

    steps: Mapping[str, int]
    left_out: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Item:
    steps: int
    rules: frozenset[int]


def budget_of(rules: Sequence[Rule | Correlation], most: int = costs.MOST_STEPS) -> Budget:
    """The budget of rules; those are left out first that cost most each, of equals the last."""
    steps: dict[str, int] = {}
    left_out: dict[str, int] = {}
    for event in EVENTS:
        out: dict[int, int] = {}
        while True:
            items = list(_items(rules, event, out))
            total = steps[event] = sum(item.steps for item in items)
            if total <= most:
                break
            _leave_out(items, total - most, out)
        left_out.update((rules[index].name, cost) for index, cost in sorted(out.items()))
    return Budget(steps, left_out)


def _leave_out(items: list[_Item], excess: int, out: dict[int, int]) -> None:
    """Add to ``out`` the rules of the costliest items until the excess is gone."""
    last = max(len(item.rules) for item in items)
    items.sort(key=lambda item: (-item.steps / len(item.rules), -max(item.rules)))
    for item in items:
        if excess <= 0:
            return
        if len(item.rules) == last > 1 and item is not items[0]:
            continue  # what all of them share goes with the last of them
        for index in item.rules:
            out[index] = max(out.get(index, 0), item.steps)
        excess -= item.steps


def _items(
    rules: Sequence[Rule | Correlation], event: str, out: Mapping[int, int]
) -> Iterator[_Item]:
    by_field: dict[str, _Tests] = {}
    for index, rule in ordered_rules(rules, event):
        if index in out:
            continue
        for literal in {literal: None for clause in rule.clauses for literal in clause}:
            if reads_text(literal):
                tests = by_field.setdefault(literal.field, {})
                tests.setdefault(literal.test, []).append(index)
    for name, tests in by_field.items():
        free = FIELDS[name] in _FREE and not is_e164(name)
        yield from _field_items(name, tests, LONGEST_TEXT if free else _LONGEST_WORD)


def reads_text(literal: Literal) -> bool:
    """Whether the whole text has to be read for the answer."""
    return is_scan(literal.test)


def _field_items(name: str, tests: _Tests, characters: int) -> Iterator[_Item]:
    for folded in (False, True):
        users: dict[str, set[int]] = {}
        words: dict[str, set[int]] = {}
        for test, indexes in tests.items():
            if is_folded(name, test) is not folded:
                continue
            if isinstance(test, Contains):
                for word in test.values:
                    words.setdefault(word.lower() if folded else word, set()).update(indexes)
            else:
                for expression in expressions_of(test, folded):
                    users.setdefault(expression, set()).update(indexes)
        for steps, expressions in costs_of(plan(tuple(users)), characters):
            yield _Item(steps, frozenset().union(*(users[one] for one in expressions)))
        if words:
            depth, deep = deepest(list(words))
            yield _Item(characters * costs.TEXT_CHAR, frozenset().union(*words.values()))
            yield _Item(characters * costs.HIT * depth, frozenset(words[deep]))


def is_folded(name: str, test: Test) -> bool:
    """Whether the test reads the value of that field in lower case."""
    return not is_e164(name) and not getattr(test, "cased", True)


def without_texts(clauses: Sequence[Clause]) -> tuple[Clause, ...]:
    """The clauses as far as they can be judged without reading texts.

    A record that fits one might have matched.
    """
    return tuple(
        tuple(
            Literal(literal.field, Absent(), negated=True) if reads_text(literal) else literal
            for literal in clause
            if not (reads_text(literal) and literal.negated)
        )
        for clause in clauses
    )
