"""Load the lists that a rule set names."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from callguard.engine.columns import Lists
from callguard.errors import Fault, ListError, RuleError
from callguard.numbering import NumberingPlan, NumberList, TextList
from callguard.records import FIELDS, FieldType
from callguard.rules.model import InList, Literal, Rule, RuleSet

LIST_CODE = "CG604"
_LOG = logging.getLogger(__name__)


def load_lists(ruleset: RuleSet, plan: NumberingPlan) -> Lists:
    """The members of every list, as numbers, as text or as both, as the rules use them.

    Raises RuleError with one fault for each bad line, at its own place.
    """
    numbers: dict[str, NumberList] = {}
    texts: dict[str, TextList] = {}
    faults: dict[Fault, None] = {}
    for name, of_numbers in sorted(_used(ruleset)):
        path = ruleset.lists[name]
        try:
            if of_numbers:
                numbers[name] = NumberList.load(path, plan)
                if numbers[name].warning:
                    _LOG.warning("%s: %s", path, numbers[name].warning)
            else:
                texts[name] = TextList.load(path)
        except (ListError, OSError) as error:
            faults |= dict.fromkeys(_faults(path, str(error)))
    if faults:
        raise RuleError(list(faults))
    return Lists(numbers, texts)


def _faults(path: str, message: str) -> Iterable[Fault]:
    """One fault a line of a list's error, which begins with ``PATH:LINE:`` or ``PATH:``."""
    for text in message.splitlines():
        rest = text.removeprefix(f"{path}:").lstrip()
        number, colon, said = rest.partition(":")
        if colon and number.isdecimal():
            yield Fault(path, int(number), 1, LIST_CODE, said.strip(), "mend the line")
        else:
            yield Fault(path, 1, 1, LIST_CODE, rest, "mend the list")


def _used(ruleset: RuleSet) -> set[tuple[str, bool]]:
    """(list name, True if a number field is compared with it) for every use."""
    return {
        (literal.test.name, FIELDS[literal.field] is FieldType.NUMBER_TEXT)
        for literal in _literals(ruleset)
        if isinstance(literal.test, InList)
    }


def _literals(ruleset: RuleSet) -> Iterable[Literal]:
    for rule in ruleset.rules:
        if isinstance(rule, Rule):
            for clause in rule.clauses:
                yield from clause
