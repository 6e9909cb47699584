"""Why each rule matched a record or missed it, from the same columns that score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from callguard.counters import CounterStore, CounterUpdate, counted, figure_text, wanted
from callguard.engine.columns import Lists, build_columns, evaluate
from callguard.engine.correlate import AHEAD_S, CompiledCorrelation, fired
from callguard.engine.describe import literal_text, value_text
from callguard.engine.program import EventProgram, Program
from callguard.engine.slow_path import matching, shortened
from callguard.errors import CounterError
from callguard.records import derive, validate_lenient
from callguard.rules.model import CATEGORY_EVENT, Correlation, Rule
from callguard.rules.predicates import Clause, Literal


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    """One rule and one record.

    ``role`` is ``acts``, ``shadow`` (reports, never acts), ``off``, or ``counts`` (feeds
    correlations only). ``reasons`` are the tests that held if it matched; if it missed, the tests
    that failed in the alternative that came nearest.
    """

    rule: str
    matched: bool
    role: str
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values."""
        return {
            "rule": self.rule,
            "matched": self.matched,
            "role": self.role,
            "reasons": list(self.reasons),
        }


def explain(program: Program, record: Mapping[str, object]) -> list[RuleExplanation]:
    """Every rule of the program, in file order, with its reasons. Counts nothing.

    A value that its key cannot hold counts as absent, as in scoring. Raises RecordError if the
    record cannot be judged.
    """
    whole, _ = validate_lenient(record)
    checked = shortened(whole, [])
    fields: dict[str, Any] = {**checked, **derive(checked, program.plan)}
    event = str(checked["event"])
    compiled = program.events[event]
    mask = matching(compiled, fields)
    called_back = program.is_call_back(checked)
    explanations = []
    for index, rule in enumerate(program.ruleset.rules):
        role = program.role(index)
        reasons: tuple[str, ...]
        if not rule.on:
            matched, reasons = False, (f"its status is {rule.status}",)
        elif rule.name in program.budget.left_out:
            matched, reasons = False, ("it is off: reading texts costs too much with it",)
        elif fields["called.kind"] == "emergency":
            matched, reasons = False, ("calls to emergency numbers are judged by no rule",)
        elif called_back:
            matched, reasons = False, ("call-backs from public safety are judged by no rule",)
        elif isinstance(rule, Correlation):
            matched, reasons = _correlation(rule, program, compiled, mask, fields)
        else:
            matched = bool(mask & compiled.layout.rule_masks.get(rule.name, 0))
            reasons = _detection(rule, event, fields, compiled.lists)
        explanations.append(RuleExplanation(rule.name, matched, role, reasons))
    return explanations


def _detection(rule: Rule, event: str, fields: Mapping[str, Any], lists: Lists) -> tuple[str, ...]:
    wanted = CATEGORY_EVENT[rule.category]
    if event != wanted:
        return (f"it judges {wanted} events, this is {event}",)
    failing, nearest = min(
        ((_failing(clause, fields, lists), clause) for clause in rule.clauses),
        key=lambda pair: len(pair[0]),
    )
    if failing:
        return tuple(
            f"{_found(literal, fields)}; wanted: {literal_text(literal)}" for literal in failing
        )
    return tuple(f"{literal_text(literal)} ({_found(literal, fields)})" for literal in nearest)


def _failing(clause: Clause, fields: Mapping[str, Any], lists: Lists) -> list[Literal]:
    return [literal for literal in clause if not _holds(literal, fields, lists)]


def _holds(literal: Literal, fields: Mapping[str, Any], lists: Lists) -> bool:
    columns = build_columns({literal.field: [(0, literal)]}, 1)
    return all(evaluate(column, fields, lists) for column in columns)


def _found(literal: Literal, fields: Mapping[str, Any]) -> str:
    value = fields.get(literal.field)
    return f"{literal.field} absent" if value is None else f"{literal.field}={value_text(value)}"


def _correlation(
    rule: Correlation,
    program: Program,
    compiled: EventProgram,
    mask: int,
    fields: Mapping[str, Any],
) -> tuple[bool, tuple[str, ...]]:
    correlation = _compiled(rule, compiled.correlations)
    if correlation is None:
        return False, ("it neither counts nor judges such records",)
    values = [fields.get(name) for name in compiled.group_fields]
    step = correlation.step(mask, fields["at"], values)
    if step is None:
        return False, _uncounted(rule, correlation, mask, fields)
    if program.early(fields["at"]):
        return False, (f"at is more than {AHEAD_S:g} s ahead of the clock: not counted",)
    group = (
        ", ".join(f"{name}={value_text(fields[name])}" for name in rule.group_by) or "all records"
    )
    try:
        (figure,) = program.store.preview([step])
        behind = figure is None and late(program.store, step)
    except CounterError as error:
        return False, (f"not known for {group}: {error}",)
    if behind:
        ahead = f"the newest record counted for {group} is {rule.timespan} s or more ahead"
        return False, (f"{ahead}: this one is neither counted nor judged",)
    holds = bool(fired([correlation.trigger], [figure]))
    word = "holds" if holds else "does not hold"
    seen = figure_text(rule, correlation.series, figure)
    return holds, (f"{counted(rule)}: {seen}; wanted: {wanted(rule)}; {word} for {group}",)


def late(store: CounterStore, step: CounterUpdate) -> bool:
    """Whether a step came too late for its group's window, so that it is not judged.

    An event always finds itself in the window, unless it came too late. Raises CounterError.
    """
    series, group, bucket, _, _ = step
    return [*store.preview([(series, group, bucket, 1, 0)])] == [None]


def _uncounted(
    rule: Correlation, correlation: CompiledCorrelation, mask: int, fields: Mapping[str, Any]
) -> tuple[str, ...]:
    """Why the correlation does not count the record."""
    missing = [name for name in rule.group_by if fields.get(name) is None]
    if missing:
        return tuple(f"{name} absent; wanted for grouping" for name in missing)
    if not mask & correlation.counted:
        return (f"none of the rules it counts matched: {', '.join(rule.rules)}",)
    return (f"{rule.value_field} absent; wanted for {rule.type}",)


def _compiled(
    rule: Correlation, correlations: Sequence[CompiledCorrelation]
) -> CompiledCorrelation | None:
    return next((one for one in correlations if one.rule.name == rule.name), None)
