"""Write the scoring function of one event as straight-line Python.

The walk is the same for every record: emergency calls and call-backs first, then one look-up and
one ``&`` a column, cheap columns before expensive ones, then the counters, then the verdict. Which
columns there are is known at load, so nothing of that is decided per record. A value that is not
what the field holds raises; the caller then judges that record on the slow path
(:mod:`callguard.engine.slow_path`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callguard.counters import MemoryCounters
from callguard.engine.codegen_columns import ColumnWriter, LookUpOf
from callguard.engine.codegen_steps import (
    COUNTED,
    DEFERRED,
    FINISHED,
    write_local,
    write_steps,
)
from callguard.engine.columns import Column
from callguard.engine.correlate import CompiledCorrelation
from callguard.engine.field_reading import FieldReader, check_number, local_name
from callguard.engine.generated import run_source
from callguard.engine.layout import Layout
from callguard.engine.unsaid import NO_INGRESS, write_could_match

_START = (
    " get = record.get",
    " at = record['at']",
    " if at.__class__ is not float: at = read_time(at)",
    " elif not 0.0 <= at <= LATEST_AT: raise ValueError('at')",
    " call_id = get('call_id')",
    " if call_id is not None:",
    "  if call_id.__class__ is not str: raise TypeError('call_id')",
    "  if not call_id.isascii(): call_id.encode()  # no lone surrogates",
    " called_party_number = record['called_party_number']",
    " if called_party_number.__class__ is not str: raise TypeError('called_party_number')",
    " called_e164, called_class = classify(called_party_number)",
    " if called_class.kind == 'emergency':",
    "  return Verdict(call_id, at, 'allow', 0, [], [], None, None, True, digest, [])",
    " if called_e164 is None: check_number('called_party_number', called_party_number)",
)
# Where no desk is listed, only a record with a priority can be a call-back.
_WITH_PRIORITY = " if get('priority') is not None and is_call_back(record):"
_ANY = " if is_call_back(record):"
_CALLED_BACK = (
    "  return Verdict(call_id, at, 'allow', 0, [], [], None, None, False, digest, [], True)"
)
_JUDGED = (
    " mask = start_mask",
    " degraded = []",
)
_UNSAID = f" if ingress is None and could_match(record, mask): degraded.append({NO_INGRESS!r})"


def write_score(
    layout: Layout,
    columns: Sequence[Column],
    look_up_of: LookUpOf,
    correlations: Sequence[CompiledCorrelation],
    fields: Sequence[str],
    names: Mapping[str, Any],
    local: MemoryCounters | None = None,
) -> tuple[Callable[[Mapping[str, Any]], Any], Callable[[Mapping[str, Any]], Any]]:
    """Two functions of a record about the layout's event: ``score`` and ``begin``.

    ``score`` gives the verdict. ``begin`` gives a Pending where counters are wanted. ``look_up_of``
    makes the fast look-up of a column. ``fields`` are those whose values the ``correlations``
    want. ``names`` are the objects that the functions call: ``classify``, ``is_certain``,
    ``may_redirect``, ``is_call_back``, ``Verdict``, ``digest``, ``outcome``, ``finish``, and with
    correlations also ``correlate``, ``early``, ``clock`` and ``Pending``. ``local`` are the
    counters if they are in this process.
    """
    functions = {**names, "check_number": check_number}
    look_up_of = _made_once(look_up_of)
    functions["could_match"] = write_could_match(
        (*_START, *_JUDGED), layout, columns, look_up_of, functions
    )
    reader = FieldReader(layout.event, functions)
    writer = ColumnWriter(reader, layout.everything, columns, look_up_of, fields, functions)
    call_back = _ANY if names["is_call_back"].lists_desks else _WITH_PRIORITY
    until_counters = [*_START, call_back, _CALLED_BACK, *_JUDGED, *writer.lines()]
    if functions["could_match"]:
        until_counters.append(_UNSAID)
    until_counters += _group_values(reader, fields)
    values = [local_name(field) for field in fields]
    counted: list[str] = []
    deferred: list[str] = []
    if correlations:
        steps = write_steps(correlations, values, functions)
        counted, deferred = [*steps, *COUNTED], [*steps, *DEFERRED]
        if local is not None:
            counted = write_local(correlations, values, functions, local)
    source = "\n".join(
        [
            *("def score(record):", *until_counters, *counted, *FINISHED),
            *("", "def begin(record):", *until_counters, *deferred, *FINISHED),
        ]
    )
    run_source(source, f"scoring of {layout.event}", functions, ("score", "begin"))
    return functions["score"], functions["begin"]


def _made_once(look_up_of: LookUpOf) -> LookUpOf:
    """``look_up_of`` that makes the look-up of a column only once."""
    made: dict[int, Callable[..., int]] = {}

    def again(column: Column) -> Callable[..., int]:
        if id(column) not in made:
            made[id(column)] = look_up_of(column)
        return made[id(column)]

    return again


def _group_values(reader: FieldReader, fields: Sequence[str]) -> list[str]:
    """Lines that put the values that correlations want into the fields' locals."""
    expressions = {local_name(field): reader.of(field) for field in fields}
    return [f" {name} = {value}" for name, value in expressions.items() if name != value]
