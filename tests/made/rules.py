"""Rules, records and programs for one test each, with all that does not matter filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callguard.engine.columns import Lists, Use
from callguard.engine.columns.atoms import Atoms
from callguard.engine.program import Program, compile_rules
from callguard.rules.model import Correlation, Rule, RuleSet
from callguard.rules.predicates import Absent, Equals, Literal, Test
from tests.made.guards import lists, plan
from tests.made.parts import changed, correlation, rule
from tests.oracles.clauses import literal_holds, test_holds
from tests.strategies.rules import rule_set

# A literal that holds on every record, and one that holds on none.
ALWAYS = Literal("called_party_number", Absent(), negated=True)
NEVER = Literal("called_party_number", Absent())


def call(**more: Any) -> dict[str, Any]:
    """A setup from a Beijing mobile to a Beijing fixed line; a key given as None is left out."""
    record = {
        "event": "setup",
        "at": 1000.0,
        "call_id": "c1",
        "calling_party_number": "13800138000",
        "called_party_number": "01069445566",
        **more,
    }
    return {key: value for key, value in record.items() if value is not None}


def detection(name: str, *literals: Literal, **changes: Any) -> Rule:
    """A rule of one clause about setups that acts; without literals it matches every record."""
    return changed(rule(name, ((literals or (ALWAYS,)),)), **changes)


def counting(name: str, *rules: str, **changes: Any) -> Correlation:
    """A correlation over all records of a minute, fulfilled by two events or more."""
    return changed(correlation(name, rules), **changes)


def program_of(
    *rules: Rule | Correlation, given_lists: Lists | None = None, **options: Any
) -> Program:
    return compiled(rule_set(rules), given_lists, **options)


def compiled(ruleset: RuleSet, given_lists: Lists | None = None, **options: Any) -> Program:
    return compile_rules(ruleset, plan(), given_lists or lists(), **options)


def equals(field: str, *values: Any, negated: bool = False) -> Literal:
    return Literal(field, Equals(values), negated)


# One use of a test by a clause: the clause's bit, the test, and whether it is negated.
Need = tuple[int, Test, bool]
CLAUSES = 4
EVERYTHING = (1 << CLAUSES) - 1


def atoms_of(needs: Iterable[Need]) -> Atoms:
    atoms = Atoms(EVERYTHING)
    for bit, test, negated in needs:
        atoms.need(bit, test, negated)
    return atoms


def plain_mask(needs: Iterable[Need], value: object) -> int:
    """The clauses that the value does not refute, one test after another."""
    mask = EVERYTHING
    for bit, test, negated in needs:
        if test_holds(test, value) is negated:
            mask &= ~(1 << bit)
    return mask


def plain_column_mask(
    uses: Iterable[Use], fields: Mapping[str, object], members: Mapping[str, Any]
) -> int:
    """The clauses of which no literal fails on the fields, one literal after another."""
    mask = EVERYTHING
    for bit, literal in uses:
        if not literal_holds(literal, fields, members):
            mask &= ~(1 << bit)
    return mask


def refuse(*_: object) -> Any:
    """Stands where nothing may look."""
    raise AssertionError("must not be asked")
