"""The end of a scoring function: its counters, then the verdict.

Counters are asked in one of three ways: all steps in one call of the store; the same, left to the
caller; or, where the store is in this process, one written-out call a series, which spares the
building of steps and is twice as fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from callguard.counters import MemoryCounters, conversion, has_plain_figure
from callguard.engine.correlate import AHEAD_S, DEGRADED, EARLY, FAILED, CompiledCorrelation

_SYMBOLS: Final = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "=="}
_NO_NAME: Final = r"[^a-zA-Z0-9_]"
_VERDICT: Final = "Verdict(call_id, at, {}, None, False, digest, degraded)"

# The counters are asked at once.
COUNTED: Final = (
    " if steps:",
    "  fired = correlate(at, steps, triggers)",
    "  if fired:",
    "   if fired < 0: return finish(record, call_id, at, mask, [*degraded, DEGRADED[fired]])",
    "   mask |= fired",
)
# The caller asks the counters, for many records together.
DEFERRED: Final = (
    " if steps:",
    "  if not early(at):",
    "   return Pending(finish, record, call_id, at, mask, degraded, steps, triggers)",
    f"  return finish(record, call_id, at, mask, [*degraded, {DEGRADED[EARLY]!r}])",
)
FINISHED: Final = (
    " if not mask:",
    "  return " + _VERDICT.format("'allow', 0, [], [], None"),
    " result = outcome(mask)",
    " if result.template is not None or result.left_out:",
    "  return finish(record, call_id, at, mask, degraded)",
    " rules, shadow, basis = [*result.rules], [*result.shadow], result.basis",
    " action, points = result.action, result.score",
    " return " + _VERDICT.format("action, points, rules, shadow, basis"),
)


def write_local(
    correlations: Sequence[CompiledCorrelation],
    values: Sequence[str],
    names: dict[str, Any],
    store: MemoryCounters,
) -> list[str]:
    """Lines that count in ``store`` and put the bits of what fires into ``mask``.

    Records that are too early to count go the way of :data:`COUNTED`.
    """
    names.update({"lock": store.lock, "AHEAD_S": AHEAD_S})
    lines = []
    for label, correlation in _labelled(correlations):
        names[f"count_{label}"] = store.counter(correlation.series)
        condition, step = _step(label, correlation, values, names)
        fires = _fires(label, correlation)
        lines += [
            f"    if {condition}:",
            f"     figure = count_{label}({step})",
            f"     if figure is not None and {fires}: fired |= {correlation.trigger[0]}",
        ]
    failed = DEGRADED[FAILED]
    return [
        *_scaled_times(correlations),
        " if at > clock() + AHEAD_S:",
        *[f" {line}" for line in write_steps(correlations, values, names)],
        *[f" {line}" for line in COUNTED],
        " else:",
        "  fired = 0",
        "  try:",
        "   with lock:",
        *lines,
        f"  except Exception: return finish(record, call_id, at, mask, [*degraded, {failed!r}])",
        "  if fired: mask |= fired",
    ]


def _labelled(
    correlations: Sequence[CompiledCorrelation],
) -> Iterator[tuple[str, CompiledCorrelation]]:
    """Each correlation with what the names of its constants end in."""
    for index, correlation in enumerate(correlations):
        yield f"{index}_{re.sub(_NO_NAME, '_', correlation.rule.name)}", correlation


def _scaled_times(correlations: Sequence[CompiledCorrelation]) -> list[str]:
    """Lines that work out the time in parts of a second, once for all windows that share it."""
    every = dict.fromkeys(correlation.series.parts for correlation in correlations)
    return [f" at_{parts} = int(at * {parts})" for parts in every]


def _fires(label: str, correlation: CompiledCorrelation) -> str:
    """An expression for whether the ``figure`` makes the correlation fire."""
    rule = correlation.rule
    if has_plain_figure(correlation.series):
        tests = [
            f"figure {_SYMBOLS[op]} {number}"
            for op, number in rule.condition
            if isinstance(number, int)
        ]
        if tests and len(tests) == len(rule.condition):
            return " and ".join(tests)
    return f"trigger_{label}[1](figure)"


def write_steps(
    correlations: Sequence[CompiledCorrelation], values: Sequence[str], names: dict[str, Any]
) -> list[str]:
    """Lines that put this record's steps into ``steps`` and their triggers into ``triggers``.

    They say what :meth:`CompiledCorrelation.step` says. ``values`` are the names of the locals
    that hold the values wanted; the mask is in ``mask``, the time in ``at``.
    """
    names["DEGRADED"] = DEGRADED
    lines = [" steps = []", " triggers = []", *_scaled_times(correlations)]
    for label, correlation in _labelled(correlations):
        names.update(
            {
                f"series_{label}": correlation.series,
                f"trigger_{label}": correlation.trigger,
                f"counted_{label}": correlation.counted,
            }
        )
        condition, step = _step(label, correlation, values, names)
        lines += [
            f" if {condition}:",
            f"  steps.append((series_{label}, {step}))",
            f"  triggers.append(trigger_{label})",
        ]
    return lines


def _step(
    label: str, correlation: CompiledCorrelation, values: Sequence[str], names: dict[str, Any]
) -> tuple[str, str]:
    """(whether the record means anything to the correlation, what follows the step's series)."""
    group = [values[position] for position in correlation.group]
    value = values[correlation.value] if correlation.value is not None else None
    present = [f"{name} is not None" for name in dict.fromkeys([*group, *filter(None, [value])])]
    conditions = " and ".join(
        ([f"mask & counted_{label}"] if correlation.counted else []) + present
    )
    matched = _matched(label, correlation, names)
    if correlation.sample is not None:
        names[f"sample_{label}"] = correlation.sample
        matched = f"{matched} if sample_{label}({value}) else 0"
    counted = value
    convert = conversion(correlation.series)
    if convert is not None and value is not None:
        names[f"convert_{label}"] = convert
        counted = f"convert_{label}({value})"
    key = group[0] if len(group) == 1 else f"({''.join(f'{name}, ' for name in group)})"
    bucket = f"at_{correlation.series.parts} // {correlation.series.timespan}"
    return conditions or "True", f"{key}, {bucket}, {matched}, {counted}"


def _matched(label: str, correlation: CompiledCorrelation, names: dict[str, Any]) -> str:
    """An expression for the rules counted that the record matched, one bit each."""
    if not correlation.counted:
        return "0"
    if len(correlation.masks) == 1:
        return "1"
    parts = []
    for position, mask in enumerate(correlation.masks):
        if mask:
            names[f"counted_{label}_{position}"] = mask
            parts.append(f"({1 << position} if mask & counted_{label}_{position} else 0)")
    return " | ".join(parts)
