"""The slow path: judging a record that is not as it should be, or that met a fault.

The call passes unless rules that could still be judged say otherwise; what could not be judged
is named in the verdict's ``degraded``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from callguard.engine.columns import LONGEST_TEXT, Column, Lists, evaluate
from callguard.engine.correlate import DEGRADED, EARLY
from callguard.engine.degraded import NUMBERING, record_fault
from callguard.engine.pending import Pending
from callguard.engine.program import EventProgram, Program
from callguard.engine.unsaid import INGRESS, NO_INGRESS, other_rules
from callguard.engine.verdict import Verdict
from callguard.errors import RecordError
from callguard.numbering import NumberingPlan
from callguard.records import Record, derive, validate_lenient
from callguard.records.fields import CHOICES, PARTIES, RAW_FIELDS
from callguard.records.names import folded_names
from callguard.records.values import TEXT_KEYS, clean_text
from callguard.times import parse_event_time


def score_on_slow_path(program: Program, record: object) -> Verdict:
    """The verdict for any object at all. Never raises."""
    begun = begin_on_slow_path(program, record)
    if isinstance(begun, Verdict):
        return begun
    try:
        figures = program.store.step(begun.steps)
    except Exception:  # noqa: BLE001  a call is never lost to its counters
        return begun.finish(None)
    return begun.finish(figures)


def begin_on_slow_path(program: Program, record: object) -> Verdict | Pending:
    """The verdict for any object at all, or what is known without counters. Never raises."""
    try:
        return _begin(program, record)
    except Exception as error:  # noqa: BLE001  a call is never lost, whatever it holds
        return _passed(program, {}, [record_fault(f"{type(error).__name__} while reading it")])


def _begin(program: Program, record: object) -> Verdict | Pending:
    if not isinstance(record, Mapping):
        kind = type(record).__name__
        return _passed(program, {}, [record_fault(f"found {kind}, expected a mapping")])
    given = dict(record)
    known = {key: given[key] for key in RAW_FIELDS if key in given}
    called = known.get("called_party_number")
    try:
        emergency = isinstance(called, str) and _is_emergency(called, program.plan)
    except Exception:  # noqa: BLE001  without numbering an emergency cannot be ruled out
        return _passed(program, known, [NUMBERING])
    try:
        checked, faults = validate_lenient(known)
    except RecordError as error:
        return _passed(program, known, [record_fault(error.reason)], emergency=emergency)
    # A Record's own faults are told by whoever gave it; here they count for the alert.
    own = record.faults if isinstance(record, Record) else ()
    degraded = [record_fault(fault) for fault in faults if fault not in own]
    checked.faults = tuple(dict.fromkeys((*faults, *own)))
    if emergency:
        return _passed(program, checked, degraded, emergency=True)
    if _is_call_back(program, checked):
        return _passed(program, checked, degraded, call_back=True)
    event = str(checked["event"])
    compiled = program.events[event]
    fields, lost = _fields(shortened(checked, degraded), program.plan)
    mask = matching(compiled, fields, lost, degraded)
    if given.get(INGRESS) is None and _could_match(compiled, fields, lost, mask):
        degraded.append(NO_INGRESS)
    call_id, at = checked.get("call_id"), fields["at"]
    values = [fields.get(name) for name in compiled.group_fields]
    wanted = [(one.step(mask, at, values), one.trigger) for one in compiled.correlations]
    steps = [step for step, _ in wanted if step is not None]
    if steps and program.early(at):
        degraded.append(DEGRADED[EARLY])
    elif steps:
        triggers = [trigger for step, trigger in wanted if step is not None]
        finisher = partial(program.finish, event)
        return Pending(finisher, checked, call_id, at, mask, degraded, steps, triggers)
    return program.finish(event, checked, call_id, at, mask, degraded)


def _could_match(
    compiled: EventProgram, fields: Mapping[str, Any], lost: frozenset[str], mask: int
) -> bool:
    could = 0
    for word in CHOICES[INGRESS]:
        could |= matching(compiled, {**fields, INGRESS: word}, lost)
    return other_rules(compiled.layout, could, mask)


def matching(
    compiled: EventProgram,
    fields: Mapping[str, Any],
    lost: frozenset[str] = frozenset(),
    degraded: list[str] | None = None,
    *,
    lists: Lists | None = None,
) -> int:
    """The clauses that these field values satisfy, column by column; ``lists`` in place of its own.

    A column that fails, or whose field is ``lost``, takes its clauses out, negated ones too, and
    is named in ``degraded``.
    """
    mask = compiled.layout.everything
    for column in compiled.columns:
        survivors = _mask(compiled, column, fields, lost, lists or compiled.lists)
        if survivors is None:
            mask &= ~column.involved
            if degraded is not None and column.name not in degraded:
                degraded.append(column.name)
        else:
            mask &= survivors
    return mask


def _mask(
    compiled: EventProgram,
    column: Column,
    fields: Mapping[str, Any],
    lost: frozenset[str],
    lists: Lists,
) -> int | None:
    if not lost.isdisjoint(column.fields):
        return None
    try:
        return evaluate(column, fields, lists, compiled.scanners)
    except Exception:  # noqa: BLE001  one broken list or pattern must not silence the others
        return None


def _fields(
    record: Mapping[str, object], plan: NumberingPlan
) -> tuple[dict[str, Any], frozenset[str]]:
    """All field values, and the derived fields that could not be worked out."""
    try:
        return {**record, **derive(record, plan)}, frozenset()
    except Exception:  # noqa: BLE001  the rules on raw fields can still be judged
        parts = ("e164", "prefix", "country", "kind", "valid", "certain", "repaired")
        lost = {f"{party}.{part}" for party in PARTIES for part in parts}
        known = {**record, **folded_names(record)}
        pairs = ("shared_prefix", "self_call", "redirected")
        return known, frozenset({*lost, *pairs, "display_name.e164"})


def shortened(record: Mapping[str, object], degraded: list[str]) -> dict[str, object]:
    """The record with text as far as it is read; what was cut off is named in ``degraded``."""
    short = dict(record)
    for key, value in record.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            short[key] = value[:LONGEST_TEXT]
            degraded.append(
                record_fault(f"{key}: only its first {LONGEST_TEXT} characters were read")
            )
    return short


def is_well_formed(record: object) -> bool:
    """Whether the record is as the record format says.

    Such a record is for the fast path, and nothing but a fault sends it here. Never raises.
    """
    try:
        assert isinstance(record, Mapping)
        given = {key: record[key] for key in RAW_FIELDS if key in record}
        checked, faults = validate_lenient(given)
        texts = [(key, given[key]) for key in TEXT_KEYS if given.get(key) is not None]
        return (
            not faults
            and given["event"] == checked["event"]
            and all(type(text) is str and text == checked[key] for key, text in texts)
            and all(len(text) <= LONGEST_TEXT for _, text in texts)
        )
    except Exception:  # noqa: BLE001  whatever cannot be read is not well formed
        return False


def _is_emergency(called: str, plan: NumberingPlan) -> bool:
    return plan.classify(called)[1].kind == "emergency"


def _is_call_back(program: Program, record: Mapping[str, object]) -> bool:
    try:
        return program.is_call_back(record)
    except Exception:  # noqa: BLE001  what fails here is named when the record is judged
        return False


def _passed(
    program: Program,
    record: Mapping[str, object],
    degraded: list[str],
    emergency: bool = False,
    call_back: bool = False,
) -> Verdict:
    """The verdict of a call that passes because it could not, or must not, be judged."""
    call_id, at = record.get("call_id"), record.get("at")
    return Verdict(
        call_id=clean_text(call_id),
        at=parse_event_time(at),
        action="allow",
        score=0,
        rules=[],
        shadow=[],
        basis=None,
        alert=None,
        emergency=emergency,
        ruleset=program.digest,
        degraded=degraded,
        call_back=call_back,
    )
