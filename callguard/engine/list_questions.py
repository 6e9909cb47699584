"""Whether the result of an example is a matter of what stands on the lists.

A list belongs to the operator and changes from day to day; the examples of a rule do not. So an
example is judged once more under other contents of the lists that its rule asks: if one of them
gives the result that the example says, the lists alone decide, and neither rule nor example is
wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any, Final

from callguard.engine.columns import Lists
from callguard.engine.program import EventProgram, Program
from callguard.engine.slow_path import matching
from callguard.records import derive
from callguard.rules.model import Correlation, Rule
from callguard.rules.predicates import InList

# Records judged while looking for a content that gives the result; beyond that it is enough that
# the lists decide whether one of the records counts.
_WORK: Final = 20_000
_MOST_QUESTIONS: Final = 12

# Whether this value is on this list.
Question = tuple[str, object]


class Answers:
    """What stands on every list: exactly the ``listed`` values. Notes what it was asked."""

    def __init__(self, listed: frozenset[Question] = frozenset()) -> None:
        self._listed = listed
        self.asked: dict[Question, None] = {}

    def lists(self, names: Sequence[str]) -> Lists:
        """These lists, for columns to look values up in."""
        members = {name: _Members(name, self) for name in names}
        return Lists(members, members)

    def on(self, name: str, value: object) -> bool:
        """Whether the value is on the list; texts in any case, as on lists of texts."""
        question = (name, value.lower() if isinstance(value, str) else value)
        self.asked[question] = None
        return question in self._listed


class _Members:
    def __init__(self, name: str, answers: Answers) -> None:
        self._name = name
        self._answers = answers

    def __contains__(self, value: object) -> bool:
        return self._answers.on(self._name, value)


def lists_of(program: Program, rule: Rule | Correlation) -> tuple[str, ...]:
    """The names of the lists that the rule asks, or those that the rules which it counts ask."""
    names = set(rule.rules) if isinstance(rule, Correlation) else {rule.name}
    return tuple(
        sorted(
            {
                literal.test.name
                for one in program.ruleset.rules
                if isinstance(one, Rule) and one.name in names
                for clause in one.clauses
                for literal in clause
                if isinstance(literal.test, InList)
            }
        )
    )


def lists_decide(
    program: Program,
    rule: Rule | Correlation,
    records: Sequence[Mapping[str, object]],
    comes_out: Callable[[Lists], bool],
) -> tuple[str, ...]:
    """The lists whose content decides the result of an example; none if it fails whatever they say.

    ``comes_out`` says whether the example comes out as said with these lists.
    """
    names = lists_of(program, rule)
    if not names:
        return ()
    # The lists of other rules are asked as well, and make no difference.
    every = tuple(dict.fromkeys((*program.ruleset.lists, *names)))
    answers = Answers()
    as_asked = comes_out(answers.lists(every))
    questions = [question for question in answers.asked if question[0] in names]
    deciding = tuple(sorted({name for name, _ in questions}))
    if as_asked:
        return deciding
    if len(questions) > _MOST_QUESTIONS or len(records) << len(questions) > _WORK:
        return deciding if _any_counts(program, rule, records, every, names) else ()
    for listed in _contents(questions):
        if comes_out(Answers(listed).lists(every)):
            return deciding
    return ()


def _contents(questions: Sequence[Question]) -> list[frozenset[Question]]:
    """Every answer to these questions."""
    return [
        frozenset(question for question, yes in zip(questions, chosen, strict=True) if yes)
        for chosen in product((False, True), repeat=len(questions))
    ]


def _any_counts(
    program: Program,
    rule: Rule | Correlation,
    records: Sequence[Mapping[str, object]],
    every: Sequence[str],
    names: Sequence[str],
) -> bool:
    """Whether the lists decide for one record at least that a rule which is counted matches it."""
    counted = rule.rules if isinstance(rule, Correlation) else (rule.name,)
    for record in records:
        compiled = program.events[str(record["event"])]
        fields = {**record, **derive(record, program.plan)}
        wanted = sum(compiled.layout.rule_masks.get(name, 0) for name in dict.fromkeys(counted))
        answers = Answers()
        found = {_mask(compiled, fields, answers.lists(every)) & wanted}
        questions = [question for question in answers.asked if question[0] in names]
        found |= {
            _mask(compiled, fields, Answers(listed).lists(every)) & wanted
            for listed in _contents(questions[:_MOST_QUESTIONS])
        }
        if len(found) > 1:
            return True
    return False


def _mask(compiled: EventProgram, fields: Mapping[str, Any], lists: Lists) -> int:
    return matching(compiled, fields, lists=lists)
