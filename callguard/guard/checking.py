"""What is wrong with a rule file, and what its rules make of a record, before it is in use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from callguard.alerts import TEMPLATES
from callguard.counters import CounterStore
from callguard.engine.examples import ExampleResult
from callguard.engine.explain import RuleExplanation
from callguard.engine.lists import read_lists
from callguard.faults import Fault, Faults, Severity
from callguard.guard.costs import cost_faults
from callguard.guard.guard import Guard
from callguard.guard.reading import read_rules
from callguard.numbering import NumberingPlan


def check(
    path: str | os.PathLike[str],
    home: str = "CN",
    mobile_blocks: str | os.PathLike[str] | None = None,
    number_ranges: str | os.PathLike[str] | None = None,
) -> tuple[Fault, ...]:
    """Every fault of the file, in file order.

    Each would keep :meth:`Guard.load` from using it, but for CG321: a value that no call can have
    does no harm, and is a warning there.

    The examples of rules without a fault are tried even where other rules have some. Raises
    NumberingError for an unknown home country.
    """
    return review(path, home, mobile_blocks, number_ranges).faults


def review(
    path: str | os.PathLike[str],
    home: str = "CN",
    mobile_blocks: str | os.PathLike[str] | None = None,
    number_ranges: str | os.PathLike[str] | None = None,
    steps: dict[str, int] | None = None,
) -> Faults:
    """What :func:`check` finds, and the warnings and hints that it leaves out.

    An example that is set aside, because what stands on a list decides it, is a warning. ``steps``
    is given what reading texts can cost a record about each event, if there is no other fault.
    """
    from callguard.rules import read_rule_file  # wanted for files only

    plan = NumberingPlan(home, mobile_blocks, number_ranges)
    file = read_rule_file(path, home=plan.home, alert_templates=TEMPLATES)
    if file.sound_rules is None:
        return file.collected
    faults = Faults(limit=None)
    faults.extend((*file.faults, *file.warnings))
    of_rules = len(faults)
    lists = read_lists(file.sound_rules, plan, faults)
    if len(faults) == of_rules:
        guard = Guard(file.sound_rules, plan, lists)
        results = guard.run_examples()
        faults.extend(result.fault() for result in results if not result.ok)
        faults.extend(cost_faults(guard.budget, guard.rules.rules, Severity.FAULT))
        if steps is not None:
            steps.update(guard.budget.steps)
    return faults


def run_examples(
    path: str | os.PathLike[str],
    home: str = "CN",
    number_ranges: str | os.PathLike[str] | None = None,
) -> list[ExampleResult]:
    """The result of every example in a rule file, the failing ones too.

    Raises RuleError if the file has other faults, NumberingError for an unknown home country or
    ranges that cannot be used.
    """
    return untried(path, home, number_ranges=number_ranges).run_examples()


def explain(
    path: str | os.PathLike[str],
    record: Mapping[str, Any],
    home: str = "CN",
    state: CounterStore | None = None,
    number_ranges: str | os.PathLike[str] | None = None,
) -> list[RuleExplanation]:
    """:meth:`Guard.explain` for a rule file whose examples need not come out as said.

    ``state`` are the counters that correlations are looked up in, by default empty ones.
    Raises RuleError if the file has other faults, RecordError if the record cannot be judged.
    """
    return untried(path, home, state, number_ranges).explain(record)


def untried(
    path: str | os.PathLike[str],
    home: str = "CN",
    state: CounterStore | None = None,
    number_ranges: str | os.PathLike[str] | None = None,
) -> Guard:
    """A guard whose examples need not come out as said: to look at rules, not to score calls.

    Raises RuleError if the file has other faults, NumberingError for an unknown home country.
    """
    plan = NumberingPlan(home, number_ranges=number_ranges)
    read = read_rules(path, plan)
    return Guard(read.ruleset, plan, read.lists, state=state)
