"""Every rule on its own examples: the last check before a rule set may score calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from callguard.counters import MemoryCounters
from callguard.engine.columns import Lists
from callguard.engine.correlate import fired
from callguard.engine.explain import explain
from callguard.engine.list_questions import lists_decide
from callguard.engine.program import Program
from callguard.engine.slow_path import matching
from callguard.errors import RecordError
from callguard.faults import Fault, Severity
from callguard.records import Record, derive, validate
from callguard.rules.examples import HOME_KEY
from callguard.rules.model import Correlation, Location, Rule
from callguard.rules.report import one_of

MATCH_CODE = "CG601"
SPARE_CODE = "CG602"
RECORD_CODE = "CG603"
# A warning: what stands on a list decides the result, so neither rule nor example is wrong.
SET_ASIDE_CODE = "CG607"
_REMEDY: Final = "fix the example or the rule"
_LISTED: Final = "put the line back, or choose an example that the lists of today give"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """One example of one rule: ``kind`` is ``matches`` or ``spares``, ``index`` counts from 0.

    ``reasons`` say why it did not come out as said; empty if ``ok``. One whose result is a matter
    of what stands on a list has the code ``CG607`` and is ``set_aside``: its rule can be used.
    """

    rule: str
    kind: str
    index: int
    location: Location
    ok: bool
    code: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def set_aside(self) -> bool:
        """True if it did not come out as said because of what stands on a list today."""
        return self.code == SET_ASIDE_CODE

    def fault(self) -> Fault:
        """The fault that a failing example is, or the warning that one which is set aside is."""
        said = {
            MATCH_CODE: "should match, but did not",
            SPARE_CODE: "should be spared, but was not",
            RECORD_CODE: "is not a record",
            SET_ASIDE_CODE: "is set aside",
        }[self.code]
        return Fault(
            self.location.file,
            self.location.line,
            self.location.column,
            self.code,
            f"{self.rule}: example {self.index + 1} of {self.kind} {said}: "
            + "; ".join(self.reasons),
            _LISTED if self.set_aside else _REMEDY,
            Severity.WARNING if self.set_aside else Severity.FAULT,
        )


def run_examples(program: Program) -> list[ExampleResult]:
    """Each example of each rule that is on, in file order, counted apart from live traffic.

    Rules that are left out for their cost, and correlations that count such, have none.

    An example that names another home country than the program's is left out.
    """
    return list(chain.from_iterable(_run(program, rule) for rule in program.ruleset.rules))


def _run(program: Program, rule: Rule | Correlation) -> Iterator[ExampleResult]:
    names = {rule.name, *(rule.rules if isinstance(rule, Correlation) else ())}
    if not rule.on or not names.isdisjoint(program.budget.left_out):
        return
    locations = iter(rule.examples.locations)
    for kind, index, sequence in _sequences(rule):
        location = next(locations, rule.header.location)
        if sequence[0].get(HOME_KEY, program.plan.home) != program.plan.home:
            continue
        code, reasons = _judge(program, rule, sequence, kind)
        yield ExampleResult(rule.name, kind, index, location, not code, code, reasons)


def _sequences(
    rule: Rule | Correlation,
) -> Iterator[tuple[str, int, Sequence[Mapping[str, object]]]]:
    """(kind, index, records) of every example; a detection rule's is a sequence of one."""
    if isinstance(rule, Correlation):
        matches, spares = rule.examples.matches, rule.examples.spares
    else:
        matches = tuple((record,) for record in rule.examples.matches)
        spares = tuple((record,) for record in rule.examples.spares)
    for kind, sequences in (("matches", matches), ("spares", spares)):
        for index, sequence in enumerate(sequences):
            yield kind, index, sequence


def _judge(
    program: Program,
    rule: Rule | Correlation,
    sequence: Sequence[Mapping[str, object]],
    kind: str,
) -> tuple[str, tuple[str, ...]]:
    """("", ()) if the example comes out as said, otherwise a fault code and the reasons."""
    wanted = kind == "matches"
    try:
        records = [validate(record) for record in sequence]
    except RecordError as error:
        return RECORD_CODE, (error.reason,)
    matched = _matched(program, rule, records)
    if matched == wanted:
        return "", ()
    deciding = lists_decide(
        program, rule, records, lambda lists: _matched(program, rule, records, lists) == wanted
    )
    if deciding:
        return SET_ASIDE_CODE, (_decided(deciding, wanted),)
    return MATCH_CODE if kind == "matches" else SPARE_CODE, _reasons(
        program, rule, sequence[-1], matched
    )


def _decided(lists: Sequence[str], wanted: bool) -> str:
    named = one_of([f"lists/{name}.txt" for name in lists])
    said = "would match" if wanted else "would be spared"
    return f"it {said} with other lines in {named}"


def _matched(
    program: Program,
    rule: Rule | Correlation,
    records: Sequence[Record],
    lists: Lists | None = None,
) -> bool:
    """Whether the rule matches the last record, having seen the others."""
    counters = MemoryCounters()
    matched = False
    for record in records:
        compiled = program.events[str(record["event"])]
        fields: dict[str, Any] = {**record, **derive(record, program.plan)}
        matched = False
        if fields["called.kind"] == "emergency" or program.is_call_back(record):
            continue
        mask = matching(compiled, fields, lists=lists)
        if isinstance(rule, Rule):
            return bool(mask & compiled.layout.rule_masks.get(rule.name, 0))
        for correlation in compiled.correlations:
            if correlation.rule.name == rule.name:
                values = [fields.get(name) for name in compiled.group_fields]
                step = correlation.step(mask, fields["at"], values)
                figures = counters.step([step]) if step else []
                matched = bool(fired([correlation.trigger] * len(figures), figures))
    return matched


def _reasons(
    program: Program,
    rule: Rule | Correlation,
    last: Mapping[str, object],
    matched: bool,
) -> tuple[str, ...]:
    if isinstance(rule, Correlation):
        word = "holds" if matched else "does not hold"
        return (f"its condition {word} on the last record",)
    return next(one.reasons for one in explain(program, last) if one.rule == rule.name)
