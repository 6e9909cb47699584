"""Load the lists that a rule set names."""

from __future__ import annotations

from collections.abc import Iterable

from callguard.engine.columns import Lists
from callguard.errors import ListError
from callguard.faults import Fault, Faults
from callguard.numbering import NumberingPlan, NumberList, TextList
from callguard.numbering.listfile import BAD_LIST
from callguard.records import FIELDS, FieldType
from callguard.rules.model import PSAP_NUMBERS, Rule, RuleSet
from callguard.rules.predicates import InList, Literal


def read_lists(ruleset: RuleSet, plan: NumberingPlan, faults: Faults) -> Lists:
    """The members of every list, as numbers, as text or as both, as the rules use them.

    What is wrong with a list goes to ``faults``, each bad line with its own place; that list is
    missing from the result then. So does a warning about a compiled list that was not used.
    """
    numbers: dict[str, NumberList] = {}
    texts: dict[str, TextList] = {}
    wrong: dict[Fault, None] = {}
    for name, of_numbers in sorted(_used(ruleset)):
        path = ruleset.lists[name]
        try:
            if of_numbers:
                numbers[name] = NumberList.load(path, plan)
                if (warning := numbers[name].warning) is not None:
                    wrong[warning] = None
            else:
                texts[name] = TextList.load(path)
        except ListError as error:
            unknown = Fault(path, 1, 1, BAD_LIST, str(error), "fix the list")
            wrong |= dict.fromkeys(error.faults or [unknown])
    faults.extend(wrong)
    return Lists(numbers, texts)


def _used(ruleset: RuleSet) -> set[tuple[str, bool]]:
    """(list name, True if a number field is compared with it) for every use."""
    named = {
        (literal.test.name, FIELDS[literal.field] is FieldType.NUMBER_TEXT)
        for literal in _literals(ruleset)
        if isinstance(literal.test, InList)
    }
    return named | {(PSAP_NUMBERS, True)} if PSAP_NUMBERS in ruleset.lists else named


def _literals(ruleset: RuleSet) -> Iterable[Literal]:
    for rule in ruleset.rules:
        if isinstance(rule, Rule):
            for clause in rule.clauses:
                yield from clause
